import { ERRNO } from '../errno.js';
import { copyEntries } from '../fork/copy-page-range.js';
import { copyPresentPage, shareEntries, sharePages } from '../fork/copy-present-pte.js';
import { dupMemory, dupWithoutEntries, getsEntries } from '../fork/fork.js';
import { turnWriteProtectSeq } from '../fork/write-protect-seq.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { InFlight, Vma } from '../state/columns.js';
import { entryIn, slotMade } from '../tables/tables.js';
import { newMm } from '../vma/address-space.js';
import { exitMm } from '../vma/exit.js';
import { hasVmFlag, mmOf, vmasOf } from '../vma/vma.js';
import { begin } from './begin.js';
import { IN_FLIGHT, IN_FLIGHT_MARK } from './kinds.js';
import { entrySlot, isMarked, mark, unmark, waitsForTable } from './locks.js';
import type { Progress } from './progress.js';
import type { RaceKind } from './race-step.js';

/**
 * dup_mmap(), which copies the entry at one address in steps and all others at once: what `forkMm`
 * does. mmap_lock is held throughout. The record; -ENOMEM; -EINVAL for an address whose entry fork
 * does not copy (kernel/fork.c, mm/memory.c; SPEC 5.7, 7).
 */
export function beginFork(model: Model, vma: number, vpn: number): number {
  if (vma < 0 || hasVmFlag(model, vma, 'VM_DONTCOPY')) return ERRNO.EINVAL;
  const parent = mmOf(model, vma);
  const child = newMm(model);
  for (const each of vmasOf(model, parent)) {
    if (each === vma) break;
    if (hasVmFlag(model, each, 'VM_DONTCOPY')) continue;
    if (dupMemory(model, child, each) === 0) continue;
    exitMm(model, child);
    return ERRNO.ENOMEM;
  }
  const copy = dupWithoutEntries(model, child, vma);
  if (!getsEntries(model, copy, vma)) {
    exitMm(model, child);
    return ERRNO.EINVAL;
  }
  const operation = begin(model, { kind: IN_FLIGHT.fork, mm: parent, vma, vpn });
  model.state.setRef(InFlight.child, operation, copy);
  return operation;
}

const vmaOf = ({ state }: Model, operation: number): number => state.ref(InFlight.vma, operation);
const vpnOf = ({ state }: Model, operation: number): number => state.get(InFlight.vpn, operation);

/** The child's VMA, whose address space is the child. */
export const childVma = ({ state }: Model, operation: number): number =>
  state.ref(InFlight.child, operation);

/** F1: write_protect_seq is odd from here on. */
function openSection(model: Model, operation: number): Progress {
  const vma = vmaOf(model, operation);
  turnWriteProtectSeq(model, vma);
  const start = model.state.get(Vma.start, vma);
  return copyPart(model, operation, start, vpnOf(model, operation), 'makes the sequence odd');
}

/** F2: under the lock of the leaf table, the page becomes the child's too unless it may be pinned. */
function sharePage(model: Model, operation: number): Progress {
  mark(model, operation, IN_FLIGHT_MARK.tableLocked);
  const slot = entrySlot(model, operation);
  const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
  if (entry === NONE || !model.pte.is.present(entry)) return 'nothing to share';
  const vma = vmaOf(model, operation);
  const frame = vmNormalPage(model, 'pte', vma, vpnOf(model, operation), entry);
  if (frame < 0) return 'nothing to share';
  model.state.set(InFlight.entry, operation, entry);
  model.state.setRef(InFlight.frame, operation, frame);
  if (!sharePages(model, childVma(model, operation), vma, frame, 1)) return 'must copy the page';
  mark(model, operation, IN_FLIGHT_MARK.shared);
  return 'shares the page';
}

/** F3: both entries are written. */
function writeEntries(model: Model, operation: number): Progress {
  const { state } = model;
  const [vma, child] = [vmaOf(model, operation), childVma(model, operation)];
  const vpn = vpnOf(model, operation);
  const frame = state.ref(InFlight.frame, operation);
  unmark(model, operation, IN_FLIGHT_MARK.tableLocked);
  if (frame < 0) return copyPart(model, operation, vpn, vpn + 1, 'copies what is left');
  const entry = state.get(InFlight.entry, operation) as Entry;
  const to = slotMade(model, mmOf(model, child), vpn, 'pte');
  if (to < 0) return 'out of memory';
  if (isMarked(model, operation, IN_FLIGHT_MARK.shared)) {
    shareEntries(model, child, vma, entrySlot(model, operation), to, entry, 1);
    return 'write-protects, maps it in the child';
  }
  const copied = copyPresentPage(model, child, vpn, to, entry, frame);
  return copied < 0 ? 'out of memory' : 'maps a copy in the child';
}

/** F4: what is left of the VMA, and the VMAs behind it; the sequence is even again. */
function closeSection(model: Model, operation: number): Progress {
  const { state } = model;
  const vma = vmaOf(model, operation);
  const child = state.ref(Vma.mm, childVma(model, operation));
  const from = vpnOf(model, operation) + 1;
  const end = state.get(Vma.end, vma);
  const copied = copyPart(model, operation, from, end, 'makes the sequence even');
  if (copied === 'out of memory') return copied;
  turnWriteProtectSeq(model, vma);
  for (let each = state.ref(Vma.next, vma); each >= 0; each = state.ref(Vma.next, each)) {
    if (hasVmFlag(model, each, 'VM_DONTCOPY')) continue;
    if (dupMemory(model, child, each) !== 0) return 'out of memory';
  }
  return copied;
}

function copyPart(
  model: Model,
  operation: number,
  start: number,
  end: number,
  done: Progress,
): Progress {
  const failed = copyEntries(
    model,
    childVma(model, operation),
    vmaOf(model, operation),
    start,
    end,
  );
  return failed === 0 ? done : 'out of memory';
}

/** A fork that failed leaves no child, and the sequence even. */
function end(model: Model, operation: number, came: Progress): void {
  if (came !== 'out of memory') return;
  const { state } = model;
  const vma = vmaOf(model, operation);
  const child = state.ref(Vma.mm, childVma(model, operation));
  turnWriteProtectSeq(model, vma);
  exitMm(model, child);
}

/** fork in steps. */
export const FORK: RaceKind = {
  steps: () => STEPS,
  ends: new Set<Progress>(['out of memory']),
  end,
};

const STEPS = [
  { run: openSection, waits: waitsForTable },
  { run: sharePage, waits: waitsForTable },
  { run: writeEntries },
  { run: closeSection, waits: waitsForTable },
];
