import {
  type DecodedEntry,
  type EntryForm,
  type Hex,
  hex,
  type Level,
  type Problem,
  type Walk,
  type WalkStep,
} from '@pagewright/core';
import { type AbsentData, absentData } from '../decode/entry-data.js';
import { flagNames } from './flag-names.js';

/** What one entry is, in the words and spellings of the JSON outputs. */
export type WalkedEntryData = {
  readonly level: Level;
  readonly raw: Hex;
  readonly kind: DecodedEntry['kind'];
  /** Names of what is set beside frame, next table or swap value. */
  readonly flags: readonly string[];
  /** Frame of a leaf. */
  readonly pfn: Hex | null;
  /** First byte of that frame. */
  readonly physical: Hex | null;
  /** Table that comes next. */
  readonly next: Hex | null;
  readonly absent: AbsentData | null;
  /** Why an entry means nothing. */
  readonly reason: string | null;
};

/** One table that a walk looked into. */
export type StepData = WalkedEntryData & {
  readonly table: Hex;
  readonly index: number;
  /** Physical address of the entry. */
  readonly address: Hex;
};

/** How the walk of one address ended. */
export type EndData =
  | {
      readonly kind: 'mapped';
      readonly level: Level;
      /** Page and byte of the address itself, inside of what the entry maps. */
      readonly pfn: Hex;
      readonly physical: Hex;
    }
  | { readonly kind: 'not-mapped'; readonly level: Level }
  /** A table that is not in the dump. */
  | { readonly kind: 'unreadable'; readonly problem: ProblemData };

/** A problem without its evidence, whose numbers the sentence has as well. */
export type ProblemData = {
  readonly code: string;
  readonly message: string;
};

/** A problem as data. */
export const problemData = ({ code, message }: Problem): ProblemData => ({ code, message });

/** An entry as data. */
export function walkedEntryData(
  form: EntryForm,
  { level, raw, decoded }: Pick<WalkStep, 'level' | 'raw' | 'decoded'>,
): WalkedEntryData {
  return {
    level,
    raw: hex(raw),
    kind: decoded.kind,
    flags: flagNames(form, level, decoded),
    pfn: decoded.kind === 'leaf' ? hex(decoded.pfn) : null,
    physical: decoded.kind === 'leaf' ? hex(decoded.physical) : null,
    next: decoded.kind === 'table' ? hex(decoded.next) : null,
    absent: decoded.kind === 'absent' ? absentData(decoded) : null,
    reason: decoded.kind === 'invalid' ? decoded.reason : null,
  };
}

/** A step as data. */
export const stepData = (form: EntryForm, step: WalkStep): StepData => ({
  ...walkedEntryData(form, step),
  table: hex(step.table),
  index: step.index,
  address: hex(step.entryAddress),
});

/** The end of a walk as data. */
export function endData({ end }: Walk): EndData {
  if (end.kind === 'unreadable') return { kind: end.kind, problem: problemData(end.problem) };
  if (end.kind === 'not-mapped') return { kind: end.kind, level: end.level };
  return { kind: end.kind, level: end.level, pfn: hex(end.pfn), physical: hex(end.physical) };
}
