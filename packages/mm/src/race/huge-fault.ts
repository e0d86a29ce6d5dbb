import { ERRNO, VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { handlePteFault } from '../fault/handle-pte-fault.js';
import { isFaultError, newFault } from '../fault/vmf.js';
import { emptySlot } from '../huge/fault.js';
import { hasHugePages } from '../huge/suitable.js';
import { hugeLeafAt } from '../insert/locked-pte.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { InFlight } from '../state/columns.js';
import { slotAt } from '../tables/tables.js';
import { mmOf, opsOf } from '../vma/vma.js';
import { begin } from './begin.js';
import { IN_FLIGHT } from './kinds.js';
import { isLockedForFaults } from './locks.js';
import type { Progress } from './progress.js';
import type { RaceKind } from './race-step.js';

/**
 * handle_mm_fault() of a VMA whose driver maps by PMDs: it looks at the PMD without its lock, and lets
 * the driver map one where it is empty. Faults hold mmap_lock for reading, so that others of the process
 * come in between. The record; -EINVAL for other VMAs (mm/memory.c __handle_mm_fault(), create_huge_pmd();
 * SPEC 6.1, 15.8).
 */
export function beginHugeFault(model: Model, vma: number, vpn: number, write: boolean): number {
  const isByDriver = opsOf(model, vma)?.hugeFault !== undefined && hasHugePages(model, vma);
  if (!isByDriver) return ERRNO.EINVAL;
  const flags = FAULT_FLAG.USER | (write ? FAULT_FLAG.WRITE : 0);
  return begin(model, { kind: IN_FLIGHT.hugeFault, mm: mmOf(model, vma), vma, vpn, flags });
}

/** What an operation in progress is about. */
const faultOf = ({ state }: Model, operation: number) => ({
  mm: state.ref(InFlight.mm, operation),
  vma: state.ref(InFlight.vma, operation),
  vpn: state.get(InFlight.vpn, operation),
  flags: state.get(InFlight.flags, operation),
});

/** pmd_none(), asked before anything is locked. */
function look(model: Model, operation: number): Progress {
  const { vma, vpn } = faultOf(model, operation);
  return emptySlot(model, 'pmd', vma, vpn) < 0 ? 'finds the PMD in use' : 'finds the PMD empty';
}

/** The driver's huge_fault(), whatever happened to the PMD since. */
function mapPmd(model: Model, operation: number): Progress {
  const { mm, vma, vpn, flags } = faultOf(model, operation);
  const isInUse = hugeLeafAt(model, mm, vpn);
  const fault = newFault(vma, vpn, flags, NONE);
  const answer = opsOf(model, vma)?.hugeFault?.(model, fault, 'pmd') ?? VM_FAULT.FALLBACK;
  if ((answer & VM_FAULT.FALLBACK) !== 0) {
    return isInUse ? 'falls back where a PMD maps it by now' : 'falls back to pages';
  }
  if (isFaultError(answer)) return 'cannot be served';
  if (answer === 0 || (answer & VM_FAULT.RETRY) !== 0) return 'must fault again';
  return isInUse ? 'is content with the PMD that is there' : 'maps a PMD';
}

/** handle_pte_fault(): where a PMD maps the address by now, the access is repeated. */
function mapPage(model: Model, operation: number): Progress {
  const { mm, vma, vpn, flags } = faultOf(model, operation);
  if (hugeLeafAt(model, mm, vpn)) return 'must fault again';
  const answer = handlePteFault(model, vma, vpn, flags, slotAt(model, mm, vpn, 'pte'));
  return isFaultError(answer) ? 'cannot be served' : 'maps a page';
}

const STEPS = [look, mapPmd, mapPage].map((run) => ({ run, waits: isLockedForFaults }));

/** A fault that may map a PMD, in steps. */
export const HUGE_FAULT: RaceKind = {
  steps: () => STEPS,
  ends: new Set<Progress>([
    'finds the PMD in use',
    'maps a PMD',
    'is content with the PMD that is there',
    'must fault again',
    'cannot be served',
  ]),
};
