import type { MappingLevel } from '@pagewright/core';
import { isAnon } from '../frames/folio.js';
import type { Entry } from '../machine/entries.js';
import type { Machine } from '../machine/machine.js';
import type { Model } from '../model.js';
import type { Column } from '../state/columns.js';
import { EntryFacts } from './entry-facts.js';
import type { Violation } from './violation.js';

/** Counts of one address space: what its entries add up to. */
const MM_FIELDS = 8;
/** Fields of an address space's counts. */
export const MM_COUNT = {
  file: 0,
  anon: 1,
  shmem: 2,
  swap: 3,
  pteTables: 4,
  deposits: 5,
} as const;

/**
 * What all entries, references and caches of a state add up to, counted anew for every check. The
 * arrays are those of the machine, so that nothing is allocated while nothing is wrong.
 */
export class Census {
  model!: Model;
  readonly facts: readonly (EntryFacts | undefined)[];
  /** By frame: PTEs that map it as a normal page. */
  readonly pteMaps: Int32Array;
  /** By folio: mappings by PTEs, and by PMDs and PUDs. */
  readonly folioMaps: Int32Array;
  readonly wholeMaps: Int32Array;
  /** By folio: references of entries, and of caches, batches and GUP. */
  readonly entryRefs: Int32Array;
  readonly otherRefs: Int32Array;
  readonly pins: Int32Array;
  /** By frame: migration entries, file offsets, DAX entries that refer to it. */
  readonly moving: Int32Array;
  readonly cached: Int32Array;
  /** By folio: special leaves of PMDs and PUDs. */
  readonly rawLeaves: Int32Array;
  readonly mms: Int32Array;
  readonly pmdLeavesOfTable: Int32Array;
  /** Frames that some PTE maps, in no order, and how many. */
  readonly touched: Int32Array;
  touchedCount = 0;
  /** By anon_vma: linked avcs, own VMAs, children, the one address space that uses it. */
  readonly linked: Int32Array;
  readonly users: Int32Array;
  readonly children: Int32Array;
  readonly userMm: Int32Array;
  private found: Violation[] | undefined;
  private readonly perFrame: readonly Int32Array[];
  private readonly perRun: readonly Int32Array[];

  constructor(machine: Machine) {
    const { count } = machine.memory;
    const { capacities } = machine.layout;
    const frames = (): Int32Array => new Int32Array(count);
    this.facts = machine.levels.map(({ level }) =>
      level === 'pte' || level === 'pmd' || level === 'pud'
        ? new EntryFacts(machine, machine.space(level))
        : undefined,
    );
    this.pteMaps = frames();
    this.folioMaps = frames();
    this.wholeMaps = frames();
    this.entryRefs = frames();
    this.otherRefs = frames();
    this.pins = frames();
    this.moving = frames();
    this.cached = frames();
    this.rawLeaves = frames();
    this.perFrame = [
      this.pteMaps,
      this.folioMaps,
      this.wholeMaps,
      this.entryRefs,
      this.otherRefs,
      this.pins,
      this.moving,
      this.cached,
      this.rawLeaves,
    ];
    this.touched = frames();
    this.mms = new Int32Array(capacities.mm * MM_FIELDS);
    this.pmdLeavesOfTable = new Int32Array(capacities.table);
    this.linked = new Int32Array(capacities.anonVma);
    this.users = new Int32Array(capacities.anonVma);
    this.children = new Int32Array(capacities.anonVma);
    this.userMm = new Int32Array(capacities.anonVma);
    this.perRun = [
      this.mms,
      this.pmdLeavesOfTable,
      this.linked,
      this.users,
      this.children,
      this.userMm,
    ];
  }

  /** Forgets the last state. */
  start(model: Model): void {
    this.model = model;
    for (const counts of this.perFrame) counts.fill(0);
    for (const counts of this.perRun) counts.fill(0);
    this.touchedCount = 0;
    this.found = undefined;
  }

  /** What was found wrong. */
  result(): readonly Violation[] {
    return this.found ?? NOTHING_WRONG;
  }

  /** Notes a violation. */
  wrong(id: string, what: string, evidence: Readonly<Record<string, number>>): void {
    this.found ??= [];
    this.found.push({ id, what, evidence });
  }

  /** Notes a violation unless a word of the state is as it must be. */
  expect(id: string, what: string, field: Column, record: number, expected: number): void {
    const found = this.model.state.get(field, record);
    if (found !== expected) this.wrong(id, what, { record, found, expected });
  }

  /** A PTE maps a page as a normal one. */
  mapByPte(frame: number, folio: number): void {
    if (this.pteMaps[frame] === 0) this.touched[this.touchedCount++] = frame;
    (this.pteMaps[frame] as number)++;
    (this.folioMaps[folio] as number)++;
    (this.entryRefs[folio] as number)++;
  }

  /** A PMD or PUD maps a folio as a normal one. */
  mapWhole(folio: number): void {
    (this.wholeMaps[folio] as number)++;
    (this.folioMaps[folio] as number)++;
    (this.entryRefs[folio] as number)++;
  }

  /** Adds to a count of an address space. */
  count(mm: number, field: number, by: number): void {
    (this.mms[mm * MM_FIELDS + field] as number) += by;
  }

  /** A count of an address space. */
  counted(mm: number, field: number): number {
    return this.mms[mm * MM_FIELDS + field] as number;
  }

  /** Pages of a folio's kind more in an address space (mm_counter()). */
  countPages(mm: number, folio: number, pages: number, swapbacked: boolean): void {
    const file = swapbacked ? MM_COUNT.shmem : MM_COUNT.file;
    this.count(mm, isAnon(this.model, folio) ? MM_COUNT.anon : file, pages);
  }
}

const NOTHING_WRONG: readonly Violation[] = [];

/** An entry where the census finds it; the one object is filled for each anew. */
export interface SeenEntry {
  mm: number;
  /** VMA that contains the address, -1 for none. */
  vma: number;
  vpn: number;
  /** Number of the level, and its name. */
  number: number;
  level: MappingLevel;
  table: number;
  entry: Entry;
  says: number;
  /** Frame that the entry holds, -1 for none. */
  frame: number;
}
