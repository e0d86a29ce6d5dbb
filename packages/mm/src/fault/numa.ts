import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { canChangePteWritable } from '../mprotect/can-change-writable.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { pageProtOf } from '../vma/vma.js';
import { vmaWantsManualPteWriteUpgrade } from '../vma/write-tracking.js';

/** do_numa_page(): the entry is as it was before the hint; no page is migrated (SPEC 6.8). */
export function doNumaPage(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  old: Entry,
): number {
  const { pte } = model;
  const entry = pte.modify(old, pageProtOf(model, vma));
  const young = pte.to.mkyoung(entry);
  const writable =
    pte.is.write(entry) ||
    (model.has('manual-write-upgrade') &&
      vmaWantsManualPteWriteUpgrade(model, vma) &&
      canChangePteWritable(model, vma, vpn, entry));
  setEntry(model, slot, writable ? pte.mkwrite(young) : young);
  return 0;
}
