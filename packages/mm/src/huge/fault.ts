import { VM_FAULT } from '../errno.js';
import type { Model } from '../model.js';
import type { SlotAt } from '../tables/tables.js';

/** create_huge_pud(), create_huge_pmd(): VM_FAULT_* bits, FALLBACK when PTEs are to serve (SPEC 6.1, 10.2). */
export function createHuge(_model: Model, _vma: number, _vpn: number, _flags: number): number {
  return VM_FAULT.FALLBACK;
}

/** A fault on a huge entry that is there: wp_huge_pmd(), do_huge_pmd_numa_page() and so on (SPEC 6.1, 10.3). */
export function hugeLeafFault(
  _model: Model,
  _vma: number,
  _vpn: number,
  _slot: SlotAt,
  _flags: number,
): number {
  throw new Error('faults on huge entries are not modelled yet');
}
