import type { MappingLevel } from '@pagewright/core';
import { folioOf } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Entry } from '../machine/entries.js';
import type { Machine } from '../machine/machine.js';
import type { Model } from '../model.js';
import { type Column, Frame } from '../state/columns.js';
import { EntryFacts } from './entry-facts.js';
import type { Violation } from './violation.js';

/** Frames that no process owns: shared zeropages, those of the huge zero folio, of page tables. */
export const OF_KERNEL = { zeropage: 1, hugeZero: 2, table: 3 } as const;

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
  /** By number of level: its entries have a special mark. */
  readonly hasSpecial: readonly boolean[];
  /** Starts and ends of runs of frames that are looked at: not those of tables, nor tails of huge zeros. */
  readonly segments: readonly number[];
  /** Fields of those frames as they are, read once. */
  readonly refcount: Float64Array;
  readonly mapcount: Float64Array;
  readonly flags: Float64Array;
  readonly type: Float64Array;
  readonly head: Float64Array;
  readonly order: Float64Array;
  readonly owner: Float64Array;
  readonly ownerId: Float64Array;
  readonly index: Float64Array;
  /** Some frame has `Frame.heldRefs`, or is of a device. */
  anyHeld = false;
  anyDevice = false;
  /** The kernel marks pages that are exclusive. */
  marksExclusive = false;
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
  /** By frame: `OF_KERNEL` for those that are the kernel's own. */
  readonly ofKernel: Uint8Array;
  private found: Violation[] | undefined;
  private readonly perFrame: Int32Array;
  private readonly perRun: readonly Int32Array[];

  constructor(machine: Machine) {
    const { count } = machine.memory;
    const { capacities } = machine.layout;
    const words = (): Float64Array => new Float64Array(count);
    this.facts = machine.levels.map(({ level }) =>
      level === 'pte' || level === 'pmd' || level === 'pud'
        ? new EntryFacts(machine, machine.space(level))
        : undefined,
    );
    this.hasSpecial = machine.levels.map(({ level }) =>
      level === 'pte' || level === 'pmd' || level === 'pud'
        ? machine.kernel.hasSpecial(level)
        : false,
    );
    this.perFrame = new Int32Array(count * 9);
    let next = 0;
    const part = (): Int32Array => this.perFrame.subarray(count * next, count * ++next);
    this.pteMaps = part();
    this.folioMaps = part();
    this.wholeMaps = part();
    this.entryRefs = part();
    this.otherRefs = part();
    this.pins = part();
    this.moving = part();
    this.cached = part();
    this.rawLeaves = part();
    this.touched = new Int32Array(count);
    this.refcount = words();
    this.mapcount = words();
    this.flags = words();
    this.type = words();
    this.head = words();
    this.order = words();
    this.owner = words();
    this.ownerId = words();
    this.index = words();
    this.ofKernel = new Uint8Array(count);
    for (const frame of machine.zeroFrames) this.ofKernel[frame] = OF_KERNEL.zeropage;
    for (const frame of machine.memory.framesOf('huge-zero')) {
      this.ofKernel[frame] = OF_KERNEL.hugeZero;
    }
    for (const frame of machine.memory.framesOf('tables')) this.ofKernel[frame] = OF_KERNEL.table;
    this.segments = runsOf(count, (frame) => {
      const hugeZero = this.ofKernel[frame] === OF_KERNEL.hugeZero;
      return (
        this.ofKernel[frame] !== OF_KERNEL.table && (!hugeZero || frame === machine.hugeZeroFrame)
      );
    });
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
    this.marksExclusive = model.has('anon-exclusive');
    this.perFrame.fill(0);
    const { state } = model;
    for (let i = 0; i < this.segments.length; i += 2) {
      const start = this.segments[i] as number;
      const end = this.segments[i + 1] as number;
      state.read(Frame.refcount, this.refcount, start, end);
      state.read(Frame.mapcount, this.mapcount, start, end);
      state.read(Frame.flags, this.flags, start, end);
      state.read(Frame.type, this.type, start, end);
      state.read(Frame.head, this.head, start, end);
      state.read(Frame.order, this.order, start, end);
      state.read(Frame.owner, this.owner, start, end);
      state.read(Frame.ownerId, this.ownerId, start, end);
      state.read(Frame.index, this.index, start, end);
    }
    const { frame } = state.layout.capacities;
    this.anyHeld = state.next(Frame.heldRefs, 0, frame) >= 0;
    this.anyDevice = state.next(Frame.pgmap, 0, frame) >= 0;
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

  /** folio_of() a frame. */
  folioOf(frame: number): number {
    if (this.ofKernel[frame] !== 0) return folioOf(this.model, frame);
    const head = this.head[frame] as number;
    return head === 0 ? frame : head - 1;
  }

  /** Pages of a folio's kind more in an address space (mm_counter()). */
  countPages(mm: number, folio: number, pages: number, anon: boolean): void {
    if (anon) this.count(mm, MM_COUNT.anon, pages);
    else {
      const shmem = (this.flags[folio] as number) & PAGE_FLAG.swapbacked;
      this.count(mm, shmem !== 0 ? MM_COUNT.shmem : MM_COUNT.file, pages);
    }
  }
}

/** Runs of numbers below a limit that pass a test: start, end, start, end and so on. */
function runsOf(limit: number, passes: (frame: number) => boolean): number[] {
  const runs: number[] = [];
  for (let i = 0; i < limit; i++) {
    if (!passes(i)) continue;
    if (runs.at(-1) === i) runs[runs.length - 1] = i + 1;
    else runs.push(i, i + 1);
  }
  return runs;
}

const NOTHING_WRONG: readonly Violation[] = [];

/** An entry where the census finds it; the one object is filled for each anew. */
export interface SeenEntry {
  mm: number;
  /** VMA that the address lies in or before, -1 for none; and what is asked of it for each entry. */
  vma: number;
  vmaStart: number;
  vmaEnd: number;
  /** Page offset of address 0, as it were: linear_page_index() less the address. */
  vmaShift: number;
  hasFile: boolean;
  /** The anon_vma, as a stored reference, that was last found linked to the VMA; 0 for none yet. */
  anonVma: number;
  /** CoW, and of raw frames. */
  cowPfnmap: boolean;
  /** Neither of a file nor CoW of raw frames, in a kernel whose PTEs have a special mark. */
  plainMemory: boolean;
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
