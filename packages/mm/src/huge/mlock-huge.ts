import { folioOf, isZoneDevice, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { entryIn, type SlotAt } from '../tables/tables.js';
import { hasVmFlag } from '../vma/vma.js';
import { frameOfLeaf } from './huge-entry.js';
import { isHugeZeroPmd } from './huge-zero.js';

/**
 * mlock_pte_range() for a PMD: its folio stays in memory while the VMA is locked. The huge zero folio
 * is left out, and memory of devices: kernels that do not ask for it never lock a VMA of DAX either
 * (mm/mlock.c; SPEC 10.9, 23.3 item 20).
 */
export function mlockPmd(model: Model, vma: number, slot: SlotAt): void {
  const entry = entryIn(model, slot);
  if (entry === undefined || !model.pmd.is.present(entry) || isHugeZeroPmd(model, entry)) return;
  const frame = frameOfLeaf(model, model.pmd, entry);
  if (frame < 0) model.bug('wild-page');
  const folio = folioOf(model, frame);
  if (isZoneDevice(model, folio)) return;
  setFlag(model, folio, PAGE_FLAG.mlocked, hasVmFlag(model, vma, 'VM_LOCKED'));
}
