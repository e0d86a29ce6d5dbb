import type { Test } from '../expr/word.js';
import type { VirtAddr } from '../units.js';
import type { EntryForm } from './form.js';
import type { KernelFacts, KernelLayout } from './kernel-layout.js';
import type { Level } from './level.js';

/** A named part of a kernel's address space. */
export interface KernelRegion {
  /** Name for people: `vmalloc`, `modules`. */
  readonly name: string;
  readonly start: VirtAddr;
  /** One past the last address; may be 2^64. */
  readonly end: bigint;
}

/**
 * What an entry lets the kernel itself do, as tests of the word. A pointer to a table lets through
 * what all below it can have at most.
 */
export interface KernelRights {
  readonly read: Test;
  readonly write: Test;
  /** Absent where the format cannot forbid execution. */
  readonly execute?: Test;
}

/** What is to be known of an architecture to show a kernel's own address space. */
export interface KernelSpaceRules {
  /**
   * The regions beside those of the layout's runs, in any order, only those whose ends are known.
   * They may overlap: the smallest one that has an address names it.
   */
  regions(facts: KernelFacts, layout: KernelLayout): readonly KernelRegion[];
  /**
   * The form by which the kernel's own tables are walked, where it is not the one of processes: a
   * pointer that is bad in the tables of a process may be none here.
   */
  tablesForm?(form: EntryForm): EntryForm;
  /** Places that are writable and executable for a reason; the name says which. */
  readonly knownWritableExecutable?: readonly KernelRegion[];
  /** Rights of a leaf in a table of a level. */
  leafRights(form: EntryForm, level: Level): KernelRights;
  /** Rights of a pointer in a table of a level. */
  tableRights(form: EntryForm, level: Level): KernelRights;
}
