import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { canChangePteWritable } from '../mprotect/can-change-writable.js';
import { vmNormalPage } from '../normal-page.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { pageProtOf } from '../vma/vma.js';
import { vmaWantsManualPteWriteUpgrade } from '../vma/write-tracking.js';

/**
 * do_numa_page(): the entry is as it was before the hint. No page is migrated: machines have one
 * node (mm/memory.c; SPEC 6.8).
 */
export function doNumaPage(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  old: Entry,
): number {
  const { pte } = model;
  const entry = pte.modify(old, pageProtOf(model, vma));
  const writable = isWritable(model, vma, vpn, old, entry);
  // Asked for the node of its page; what it says of strange entries is said here.
  vmNormalPage(model, 'pte', vma, vpn, entry);
  const young = pte.to.mkyoung(entry);
  setEntry(model, slot, writable ? pte.mkwrite(young) : young);
  return 0;
}

/** Until 6.1 the hint kept the write bit (pte_savedwrite()), later it is worked out anew. */
function isWritable(model: Model, vma: number, vpn: number, old: Entry, entry: Entry): boolean {
  const { is } = model.pte;
  if (!model.has('manual-write-upgrade')) return is.write(old);
  if (is.write(entry)) return true;
  return vmaWantsManualPteWriteUpgrade(model, vma) && canChangePteWritable(model, vma, vpn, entry);
}
