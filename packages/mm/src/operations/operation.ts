import type { AbsentKind } from '@pagewright/core';
import { FAULT_FLAG } from '../fault/flags.js';
import { FOLL } from '../gup/flags.js';
import { PFN_FLAG } from '../insert/pfn-flags.js';
import type { Model } from '../model.js';
import type { Departure, SequenceReads } from '../race/kinds.js';
import { isMemoryLocked } from '../race/locks.js';
import type { CLEAR_REFS } from '../walk/clear-refs.js';

/** A place in an address space: page number, and the VMA that the operation is about. */
export interface Place {
  readonly mm: number;
  readonly vma: number;
  readonly vpn: number;
}

/** What arguments of each kind are handed over as; all numbers but where a list says otherwise. */
export interface ArgumentTypes {
  /** A page of a VMA. */
  readonly address: Place;
  /** A whole VMA, by its first page. */
  readonly vma: Place;
  /** An address space. */
  readonly process: number;
  /** A frame. */
  readonly page: number;
  readonly pages: readonly number[];
  /** A page-frame number, which need not have a struct page. */
  readonly pfn: number;
  readonly file: number;
  /** A reference that GUP handed out. */
  readonly reference: number;
  /** Somebody who changes a file and may sleep meanwhile. */
  readonly task: number;
  /** An operation in progress. */
  readonly inFlight: number;
  readonly count: number;
  readonly switch: boolean;
  /** VM_READ, VM_WRITE and VM_EXEC. */
  readonly protection: bigint;
  /** A word, as the form stores it. */
  readonly word: bigint;
  readonly level: 'pte' | 'pmd' | 'pud';
  /** mmap_lock as the caller has it. */
  readonly lock: 'none' | 'read' | 'write';
  /** What an entry that is not present stands for. */
  readonly absent: AbsentKind;
  /** What is to be forgotten of the pages of a process. */
  readonly clearRefs: keyof typeof CLEAR_REFS;
  /** How an unmapping departs from what kernels do. */
  readonly departure: Departure;
  /** When GUP-fast reads write_protect_seq. */
  readonly sequence: SequenceReads;
  readonly foll: number;
  readonly fault: number;
  readonly pfnFlags: number;
}
/** Kind of an argument. */
export type ArgumentKind = keyof ArgumentTypes;

/** Bits that arguments of a kind are made of, by name. */
export const ARGUMENT_BITS = {
  foll: FOLL,
  fault: FAULT_FLAG,
  pfnFlags: PFN_FLAG,
} as const satisfies Readonly<Partial<Record<ArgumentKind, Readonly<Record<string, number>>>>>;

/** A parameter of an operation. */
export interface Parameter<K extends ArgumentKind = ArgumentKind> {
  readonly kind: K;
  /** What it is when nobody says; a parameter without it must be given. */
  readonly default?: ArgumentTypes[K];
}

/**
 * What a number that an operation answers is. `done`: nothing; `error`: 0 or a negative errno;
 * `count`: how many, or a negative errno; `number`: any number; `fault`: VM_FAULT bits; `process`,
 * `page`, `reference`, `inFlight`: a record, or a negative errno (a page: -1 for none); `truth`: 0 or
 * 1; `progress`: what a step of an operation in progress came to.
 */
export type AnswerKind =
  | 'done'
  | 'error'
  | 'count'
  | 'number'
  | 'fault'
  | 'process'
  | 'page'
  | 'reference'
  | 'task'
  | 'truth'
  | 'inFlight'
  | 'progress';

/** An answer with more numbers beside it, by name. */
export interface FullAnswer {
  readonly value: number;
  readonly more: Readonly<Record<string, number>>;
}

/** An operation by its name in the kernel, as scenarios and other callers by name run it. */
export interface Operation {
  readonly name: string;
  /** One line that says what it does. */
  readonly about: string;
  /** Parameters by name; the first may be all that is written. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly answers: AnswerKind;
  readonly run: (model: Model, args: never) => number | FullAnswer;
  /**
   * Among operations in progress, it must wait for something that one of them holds or does. Without
   * this, for page tables and for mmap_lock.
   */
  readonly waits?: (model: Model, args: never) => boolean;
}

type Arguments<P extends Readonly<Record<string, Parameter>>> = {
  readonly [N in keyof P]: P[N] extends Parameter<infer K> ? ArgumentTypes[K] : never;
};

/** Declares an operation: the compiler holds its function to its parameters. */
export function operation<const P extends Readonly<Record<string, Parameter>>>(
  name: string,
  about: string,
  answers: AnswerKind,
  parameters: P,
  run: (model: Model, args: Arguments<P>) => number | FullAnswer,
  waits?: (model: Model, args: Arguments<P>) => boolean,
): Operation {
  const whole = { name, about, answers, parameters, run };
  return waits === undefined ? whole : { ...whole, waits };
}

/** Of operations that need no lock. */
export const NEVER_WAITS = (): boolean => false;

/** The operation cannot run now, among those that are in progress. */
export const mustWait = (model: Model, { waits }: Operation, args: unknown): boolean =>
  waits === undefined ? isMemoryLocked(model) : waits(model, args as never);

/** Parameters that many operations have. */
export const AT = { kind: 'address' } as const;
export const VMA = { kind: 'vma' } as const;
export const PAGE = { kind: 'page' } as const;
export const PAGES = { kind: 'pages' } as const;
export const PFN = { kind: 'pfn' } as const;
export const COUNT = { kind: 'count' } as const;
export const FILE = { kind: 'file' } as const;
export const PROCESS = { kind: 'process' } as const;
export const TASK = { kind: 'task' } as const;
/** Off unless asked for. */
export const SWITCH = { kind: 'switch', default: false } as const;
