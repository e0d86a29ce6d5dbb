import type { Prot } from '../machine/entries.js';
import type { Model } from '../model.js';
import type { SlotAt } from '../tables/tables.js';

/** change_huge_pmd(): 1 when the leaf changed (SPEC 8.5). */
export function changeHugePmd(
  _model: Model,
  _vma: number,
  _vpn: number,
  _slot: SlotAt,
  _prot: Prot,
  _flags: number,
): number {
  throw new Error('protections of huge entries are not modelled yet');
}

/** change_huge_pud(): 1 when the leaf changed (SPEC 8.5). */
export function changeHugePud(
  _model: Model,
  _vma: number,
  _vpn: number,
  _slot: SlotAt,
  _prot: Prot,
  _flags: number,
): number {
  throw new Error('protections of huge entries are not modelled yet');
}
