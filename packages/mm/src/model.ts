import type { ChangeId, Kernel, KernelConfig, MappingLevel } from '@pagewright/core';
import { KernelBug, type ModelEvent } from './events.js';
import type { Entry, EntrySpace } from './machine/entries.js';
import type { Machine } from './machine/machine.js';
import { bootState } from './state/boot.js';
import { Global } from './state/columns.js';
import type { State } from './state/state.js';

/**
 * A machine in a state: what every operation works on. Operations change `state` and add to
 * `events`; they answer what the kernel's function answers.
 */
export class Model {
  state: State;
  events: ModelEvent[] = [];
  /** Number of the level that `deepestSlot` came to last. */
  reached = 0;
  readonly kernel: Kernel;
  readonly config: KernelConfig;
  readonly pte: EntrySpace;

  constructor(
    readonly machine: Machine,
    state?: State,
  ) {
    this.state = state ?? bootState(machine);
    this.kernel = machine.kernel;
    this.config = machine.kernel.config;
    this.pte = machine.space('pte');
  }

  /** The kernel contains the change. */
  has(change: ChangeId): boolean {
    return this.kernel.has(change);
  }

  /** Entries of huge PMDs. */
  get pmd(): EntrySpace {
    return this.machine.space('pmd');
  }

  /** Entries of huge PUDs. */
  get pud(): EntrySpace {
    return this.machine.space('pud');
  }

  /** WARN_ON(): always printed. Ids are those of the recorded decisions where they have one. */
  warn(id: string): void {
    this.events.push({ kind: 'warn', id });
  }

  /** VM_WARN_ON(): printed with DEBUG_VM. Repetitions are noted too; `_ONCE` latches are not modelled. */
  vmWarn(id: string): void {
    if (this.config.DEBUG_VM) this.events.push({ kind: 'vm-warn', id });
  }

  /** BUG(): nothing more happens. */
  bug(id: string): never {
    this.events.push({ kind: 'bug', id });
    throw new KernelBug(id);
  }

  /** VM_BUG_ON(): stops a DEBUG_VM kernel, and goes unnoticed by others. */
  vmBug(id: string): void {
    if (this.config.DEBUG_VM) this.bug(id);
  }

  /** Something that happened and left no trace in the state. */
  note(id: string): void {
    this.events.push({ kind: 'note', id });
  }

  /** print_bad_pte(), print_bad_page_map(): a report, and the taint (SPEC 16). */
  badPageMap(level: MappingLevel, vma: number, vpn: number, entry: Entry, frame = -1): void {
    this.state.set(Global.tainted, 0, 1);
    this.events.push({ kind: 'bad-page-map', level, vma, vpn, entry, frame });
  }
}

/** What an operation answered, or the BUG that it ended in. */
export type Outcome<T> =
  | { readonly value: T; readonly bug?: undefined; readonly events: readonly ModelEvent[] }
  | { readonly bug: string; readonly events: readonly ModelEvent[] };

/** Runs an operation, with what the kernel said meanwhile. Errors of our own pass through. */
export function run<T>(model: Model, operation: () => T): Outcome<T> {
  model.events = [];
  try {
    const value = operation();
    return { value, events: model.events };
  } catch (error) {
    if (error instanceof KernelBug) return { bug: error.id, events: model.events };
    throw error;
  }
}
