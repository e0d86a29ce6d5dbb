import type { MappingLevel } from '@pagewright/core';
import { folioOf } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Entry } from '../machine/entries.js';
import type { Machine } from '../machine/machine.js';
import type { Model } from '../model.js';
import { type Column, Frame, Table } from '../state/columns.js';
import { EntryFacts } from './entry-facts.js';
import { FrameWords } from './frame-words.js';
import type { Violation } from './violation.js';

/** Frames that no process owns: shared zeropages, those of the huge zero folio, of page tables. */
export const OF_KERNEL = { zeropage: 1, hugeZero: 2, table: 3 } as const;

/** Counts of one frame. */
const FRAME_FIELDS = 9;
/** What is counted of a frame, or of a folio by its first one. */
export const FRAME_COUNT = {
  /** PTEs that map the frame as a normal page. */
  pteMaps: 0,
  /** Mappings of the folio by PTEs, PMDs and PUDs, and those by PMDs and PUDs. */
  folioMaps: 1,
  wholeMaps: 2,
  /** References to the folio: those of entries, and those of caches, batches and GUP. */
  entryRefs: 3,
  otherRefs: 4,
  pins: 5,
  /** Migration entries, file offsets, DAX entries that refer to the frame. */
  moving: 6,
  cached: 7,
  /** Special leaves of PMDs and PUDs. */
  rawLeaves: 8,
} as const;

/** Counts of one address space: what its entries add up to. */
const MM_FIELDS = 8;
/** What is counted of an address space. */
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
  /** Fields of those frames. */
  readonly frames: FrameWords;
  /** Some frame has `Frame.heldRefs`, or is of a device; some table has deposits. */
  anyHeld = false;
  anyDevice = false;
  anyDeposit = false;
  /** The kernel marks pages that are exclusive. */
  readonly marksExclusive: boolean;
  /** The kernel counts VMAs and children of an anon_vma apart. */
  readonly countersApart: boolean;
  readonly pmdLeavesOfTable: Int32Array;
  anyPmdLeaf = false;
  /** By anon_vma: whether some avc links it, own VMAs, children, the one address space that uses it. */
  readonly linked: Int32Array;
  readonly users: Int32Array;
  readonly children: Int32Array;
  readonly userMm: Int32Array;
  /** By frame: `OF_KERNEL` for those that are the kernel's own. */
  readonly ofKernel: Uint8Array;
  private found: Violation[] | undefined;
  /** `FRAME_COUNT` of each frame; and whether something was counted of one that is not looked at. */
  private readonly perFrame: Int32Array;
  private countedOthers = false;
  private readonly mms: Int32Array;
  /** All that is counted by records other than frames. */
  private readonly perRecord: Int32Array;

  constructor(machine: Machine) {
    const { memory, layout, kernel } = machine;
    const { capacities } = layout;
    this.marksExclusive = kernel.has('anon-exclusive');
    this.countersApart = kernel.has('anon-vma-counters');
    this.facts = machine.levels.map(({ level }) =>
      level === 'pte' || level === 'pmd' || level === 'pud'
        ? new EntryFacts(machine, machine.space(level))
        : undefined,
    );
    this.hasSpecial = machine.levels.map(({ level }) =>
      level === 'pte' || level === 'pmd' || level === 'pud' ? kernel.hasSpecial(level) : false,
    );
    this.ofKernel = new Uint8Array(memory.count);
    for (const frame of machine.zeroFrames) this.ofKernel[frame] = OF_KERNEL.zeropage;
    for (const frame of memory.framesOf('huge-zero')) this.ofKernel[frame] = OF_KERNEL.hugeZero;
    for (const frame of memory.framesOf('tables')) this.ofKernel[frame] = OF_KERNEL.table;
    const frames = Array.from({ length: memory.count }, (_, frame) => frame).filter((frame) => {
      const of = this.ofKernel[frame];
      return (
        of !== OF_KERNEL.table && (of !== OF_KERNEL.hugeZero || frame === machine.hugeZeroFrame)
      );
    });
    this.segments = runsOf(frames);
    this.frames = new FrameWords(machine, this.segments);
    this.perFrame = new Int32Array(memory.count * FRAME_FIELDS);
    const { mm, table, anonVma } = capacities;
    this.perRecord = new Int32Array(mm * MM_FIELDS + table + 4 * anonVma);
    let next = 0;
    const part = (count: number): Int32Array => {
      next += count;
      return this.perRecord.subarray(next - count, next);
    };
    this.mms = part(mm * MM_FIELDS);
    this.pmdLeavesOfTable = part(table);
    this.linked = part(anonVma);
    this.users = part(anonVma);
    this.children = part(anonVma);
    this.userMm = part(anonVma);
  }

  /** Forgets the last state. */
  start(model: Model): void {
    this.model = model;
    const { state } = model;
    this.clearFrames();
    this.perRecord.fill(0);
    this.anyPmdLeaf = false;
    this.frames.follow(state);
    const { frame, table } = state.layout.capacities;
    this.anyHeld = state.next(Frame.heldRefs, 0, frame) >= 0;
    this.anyDevice = state.next(Frame.pgmap, 0, frame) >= 0;
    this.anyDeposit = state.next(Table.deposits, 0, table) >= 0;
    this.found = undefined;
  }

  private clearFrames(): void {
    const { perFrame, segments } = this;
    if (this.countedOthers) perFrame.fill(0);
    else {
      for (let i = 0; i < segments.length; i += 2) {
        const [start, end] = [segments[i] as number, segments[i + 1] as number];
        perFrame.fill(0, start * FRAME_FIELDS, end * FRAME_FIELDS);
      }
    }
    this.countedOthers = false;
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

  /** Adds to a count of a frame. */
  countFrame(frame: number, field: number, by: number): void {
    if ((this.ofKernel[frame] as number) > OF_KERNEL.zeropage) this.countedOthers = true;
    (this.perFrame[frame * FRAME_FIELDS + field] as number) += by;
  }

  /** A count of a frame. */
  countedFrame(frame: number, field: number): number {
    return this.perFrame[frame * FRAME_FIELDS + field] as number;
  }

  /** A PTE maps a page as a normal one. */
  mapByPte(frame: number, folio: number): void {
    this.countFrame(frame, FRAME_COUNT.pteMaps, 1);
    this.countFrame(folio, FRAME_COUNT.folioMaps, 1);
    this.countFrame(folio, FRAME_COUNT.entryRefs, 1);
  }

  /** A PMD or PUD maps a folio as a normal one. */
  mapWhole(folio: number): void {
    this.countFrame(folio, FRAME_COUNT.wholeMaps, 1);
    this.countFrame(folio, FRAME_COUNT.folioMaps, 1);
    this.countFrame(folio, FRAME_COUNT.entryRefs, 1);
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
    const head = this.frames.head[frame] as number;
    return head === 0 ? frame : head - 1;
  }

  /** Pages of a folio's kind more in an address space (mm_counter()). */
  countPages(mm: number, folio: number, pages: number, anon: boolean): void {
    if (anon) this.count(mm, MM_COUNT.anon, pages);
    else {
      const shmem = (this.frames.flags[folio] as number) & PAGE_FLAG.swapbacked;
      this.count(mm, shmem !== 0 ? MM_COUNT.shmem : MM_COUNT.file, pages);
    }
  }
}

/** Runs of numbers in order: start, end, start, end and so on. */
function runsOf(numbers: readonly number[]): number[] {
  const runs: number[] = [];
  for (const number of numbers) {
    if (runs.at(-1) === number) runs[runs.length - 1] = number + 1;
    else runs.push(number, number + 1);
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
