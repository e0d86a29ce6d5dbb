import type { EntryForm, Kernel } from '@pagewright/core';
import type { Capacities } from '../state/state.js';
import type { VmOps } from '../vm-ops.js';
import { Machine } from './machine.js';
import type { MemoryRange } from './memory-map.js';

/** What a machine of common use differs in. */
export interface StandardMachine {
  readonly form: EntryForm;
  readonly kernel: Kernel;
  /** Frames that can be allocated; 64 unless told otherwise. */
  readonly ramFrames?: number;
  /** More memory: device memory, device registers, RAM in other zones. */
  readonly memory?: readonly MemoryRange[];
  readonly vmOps?: readonly VmOps[];
  readonly capacities?: Partial<MachineRoom>;
  /** Shared zeropages: more than one where the cache has colours. */
  readonly zeropages?: number;
}

/** Records that a machine has room for; frames and slots follow from its memory and tables. */
export type MachineRoom = Omit<Capacities, 'global' | 'frame' | 'slot'>;

/** Room that machines have unless told otherwise. */
export const ROOM: MachineRoom = {
  mm: 8,
  vma: 64,
  anonVma: 64,
  avc: 256,
  mapping: 8,
  cacheSlot: 256,
  swapSlot: 64,
  reference: 64,
  pgmap: 4,
  waiter: 4,
  table: 64,
  inFlight: 8,
  kept: 0,
};

/** First pfn of the memory that a standard machine hands out. */
export const RAM_PFN = 0x1000;

/**
 * A machine with ordinary memory, zeropages, the frames of a huge zero folio and of page tables, each
 * aligned to what a PMD maps, and whatever else is named.
 */
export function standardMachine(parts: StandardMachine): Machine {
  const { form, kernel, ramFrames = 64, memory = [], vmOps = [], zeropages = 1 } = parts;
  const capacities = { ...ROOM, ...parts.capacities };
  const hugePages = pagesOfPmd(form);
  const aligned = (pfn: number): number => Math.ceil(pfn / hugePages) * hugePages;
  const zeroPfn = aligned(aligned(RAM_PFN) + ramFrames);
  const hugeZeroPfn = aligned(zeroPfn + zeropages);
  const tablePfn = hugeZeroPfn + hugePages;
  const own: MemoryRange[] = [
    { name: 'RAM', purpose: 'general', firstPfn: aligned(RAM_PFN), frames: ramFrames },
    { name: 'zeropage', purpose: 'own', firstPfn: zeroPfn, frames: zeropages },
    { name: 'huge-zero', purpose: 'own', firstPfn: hugeZeroPfn, frames: hugePages },
    { name: 'tables', purpose: 'own', firstPfn: tablePfn, frames: capacities.table },
  ];
  return new Machine({ form, kernel, memory: [...own, ...memory], vmOps, capacities });
}

function pagesOfPmd(form: EntryForm): number {
  const pmd = form.geometry('pmd');
  return pmd === undefined || pmd.folded ? 1 : 2 ** (pmd.shift - form.definition.pageShift);
}
