import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { canChangePmdWritable } from '../mprotect/can-change-writable.js';
import { vmNormalPage } from '../normal-page.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { pageProtOf } from '../vma/vma.js';
import { vmaWantsManualPteWriteUpgrade } from '../vma/write-tracking.js';
import { leafStart } from './insert-leaf.js';

/**
 * do_huge_pmd_numa_page(): the PMD is as it was before the hint. No folio is migrated: machines have
 * one node (mm/huge_memory.c; SPEC 6.8).
 */
export function doHugePmdNumaPage(
  model: Model,
  vma: number,
  vpn: number,
  slot: SlotAt,
  old: Entry,
): number {
  const { pmd } = model;
  const first = leafStart(model, 'pmd', vpn);
  const entry = pmd.modify(old, pageProtOf(model, vma));
  const writable = isWritable(model, vma, first, old, entry);
  // Asked for the node of its page; what it says of strange entries is said here.
  vmNormalPage(model, 'pmd', vma, first, entry);
  const young = pmd.to.mkyoung(entry);
  setEntry(model, slot, writable ? pmd.mkwrite(young) : young);
  return 0;
}

/** Until 6.1 the hint kept the write bit (pmd_savedwrite()), later it is worked out anew. */
function isWritable(model: Model, vma: number, first: number, old: Entry, entry: Entry): boolean {
  const { is } = model.pmd;
  if (!model.has('manual-write-upgrade')) return is.write(old);
  if (is.write(entry)) return true;
  return (
    vmaWantsManualPteWriteUpgrade(model, vma) && canChangePmdWritable(model, vma, first, entry)
  );
}
