import type { Model } from '../model.js';
import type { SlotAt } from '../tables/tables.js';
import type { ZapDetails } from '../zap/details.js';

/** zap_huge_pmd() (SPEC 10.6, SPEC-7.2 10.10). */
export function zapHugePmd(
  _model: Model,
  _vma: number,
  _vpn: number,
  _slot: SlotAt,
  _details: ZapDetails,
): void {
  throw new Error('zapping huge entries is not modelled yet');
}

/** zap_huge_pud() (SPEC 10.7). */
export function zapHugePud(_model: Model, _vma: number, _vpn: number, _slot: SlotAt): void {
  throw new Error('zapping huge entries is not modelled yet');
}
