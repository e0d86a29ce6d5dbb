import type { Model } from '../model.js';
import type { SlotAt } from '../tables/tables.js';

/**
 * try_restore_exclusive_pte(): a page that a device has to itself is the processor's again. False
 * when the folio is locked (SPEC 9.9).
 */
export function restoreDeviceExclusive(
  _model: Model,
  _vma: number,
  _vpn: number,
  _slot: SlotAt,
): boolean {
  throw new Error('device-exclusive entries are not modelled yet');
}
