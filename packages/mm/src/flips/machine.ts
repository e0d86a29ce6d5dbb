import { type EntryForm, type Kernel, VM_MAYWRITE, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { FAULT_FLAG } from '../fault/flags.js';
import { handleMmFault } from '../fault/handle-mm-fault.js';
import { allocFolio } from '../frames/allocate.js';
import { remapPfnRange } from '../insert/remap-pfn-range.js';
import { type Entry, NONE } from '../machine/entries.js';
import { Machine } from '../machine/machine.js';
import type { MemoryRange } from '../machine/memory-map.js';
import { ROOM } from '../machine/standard.js';
import { Model } from '../model.js';
import { Mm, SwapSlot } from '../state/columns.js';
import { entryAt, setEntry, slotMade } from '../tables/tables.js';
import { newMm, newVma } from '../vma/address-space.js';
import { pageProtOf } from '../vma/vma.js';
import { exampleFrames, highestPfn, type MemoryLayout, PAGES, placeOf } from './layout.js';

/** The entries that are flipped. */
export const FLIPPED = ['normal', 'special', 'zero', 'swap'] as const;
/** Kind of an entry that is flipped. */
export type FlippedKind = (typeof FLIPPED)[number];

/** Where an entry is mapped: each in a process of its own. */
export interface FlippedAt {
  readonly mm: number;
  readonly vma: number;
  readonly entry: Entry;
  /** Frame that it maps; -1 for the swap entry. */
  readonly frame: number;
}

/** A model in which one entry of each kind is mapped at `VPN`. */
export interface FlipModel {
  readonly model: Model;
  readonly at: Readonly<Record<FlippedKind, FlippedAt>>;
}

/** Slots of the swap space. */
export const SWAP_SLOTS = 4096;
/** Page that every process maps its entry at. */
export const VPN = 0x1000;
/** Swap slot of the swap entry: a number with set and clear bits. */
const SLOT = 0x2b5;
/** Readable and writable, private. */
export const RIGHTS = 0x1n | VM_WRITE | 0x10n | VM_MAYWRITE;
/** The same, shared. */
export const SHARED_RIGHTS = RIGHTS | VM_SHARED;

/** Frames of page tables. */
const TABLES = 32;
/** The raw frame lies behind the normal page, where no single bit leads from one to the other. */
const RAW_BEHIND = 3;

/**
 * A machine with memory as laid out, of which the frames that matter have records: those of the
 * entries, their tables, and `hit`, where flips lead.
 */
export function flipMachine(
  form: EntryForm,
  kernel: Kernel,
  layout: MemoryLayout,
  hit: readonly number[],
): Machine {
  const { pageShift } = form.definition;
  const at = exampleFrames(layout, pageShift);
  const own: MemoryRange[] = [
    { name: 'RAM', purpose: 'general', firstPfn: at.pages, frames: PAGES },
    { name: 'zeropage', purpose: 'own', firstPfn: at.zero, frames: 1 },
    { name: 'tables', purpose: 'own', firstPfn: at.tables, frames: TABLES },
  ];
  const memory = memoryWith(own, hit, layout, pageShift);
  const capacities = { ...ROOM, swapSlot: SWAP_SLOTS, table: TABLES };
  return new Machine({ form, kernel, memory, vmOps: [], capacities });
}

/** Memory of a machine's own, and a frame for each that flips hit; the last of the layout too. */
export function memoryWith(
  own: readonly MemoryRange[],
  hit: readonly number[],
  layout: MemoryLayout,
  pageShift: number,
): readonly MemoryRange[] {
  const free = [...new Set([...hit, highestPfn(layout, pageShift)])].filter(
    (pfn) =>
      ['memory', 'device'].includes(placeOf(layout, pageShift, pfn)) &&
      !own.some(({ firstPfn, frames }) => pfn >= firstPfn && pfn < firstPfn + frames),
  );
  const single = (pfn: number): MemoryRange => ({
    name: `hit ${pfn}`,
    purpose: 'own',
    zone: placeOf(layout, pageShift, pfn) === 'device' ? 'device' : 'normal',
    firstPfn: pfn,
    frames: 1,
  });
  return [...own, ...free.map(single)];
}

/**
 * Maps one entry of each kind as the kernel does: an anonymous page that was written, a frame that a
 * driver mapped into a shared VM_PFNMAP VMA, the zeropage that anonymous memory reads, a swap entry.
 */
export function mapEntries(machine: Machine): FlipModel {
  const model = new Model(machine);
  const { state } = model;
  const mapped = (flags: bigint, map: (mm: number, vma: number) => void): FlippedAt => {
    const mm = newMm(model);
    const vma = newVma(model, mm, { start: VPN, end: VPN + 1, flags });
    map(mm, vma);
    const entry = entryAt(model, mm, VPN, 'pte');
    const frame = model.pte.is.present(entry) ? machine.memory.frame(model.pte.pfn(entry)) : -1;
    return { mm, vma, entry, frame };
  };
  const normal = mapped(RIGHTS, (_, vma) => handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE));
  const special = mapped(SHARED_RIGHTS, (_, vma) => {
    const raw = machine.memory.pfn(normal.frame) + RAW_BEHIND;
    allocFolio(model, 0, machine.memory.frame(raw));
    remapPfnRange(model, vma, VPN, raw, 1, pageProtOf(model, vma));
  });
  const zero = mapped(RIGHTS, (_, vma) => handleMmFault(model, vma, VPN, 0));
  const swap = mapped(RIGHTS, (mm) => {
    const entry = model.pte.makeAbsent('swap', SLOT + 1) ?? NONE;
    setEntry(model, slotMade(model, mm, VPN, 'pte'), model.pte.to.swp_mkexclusive(entry));
    state.set(SwapSlot.count, SLOT, 1);
    state.add(Mm.swapEntries, mm, 1);
  });
  return { model, at: { normal, special, zero, swap } };
}
