import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { canChangePmdWritable, canChangePteWritable } from '../mprotect/can-change-writable.js';
import { vmNormalPage } from '../normal-page.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { pageProtOf } from '../vma/vma.js';
import { vmaWantsManualPteWriteUpgrade } from '../vma/write-tracking.js';

/** The levels whose entries NUMA balancing makes hints of. */
type HintLevel = 'pte' | 'pmd';

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
  setEntry(model, slot, beforeHint(model, 'pte', vma, vpn, old));
  return 0;
}

/** The entry that a hint stands for, accessible again and young; `vpn` is the first that it maps. */
export function beforeHint(
  model: Model,
  level: HintLevel,
  vma: number,
  vpn: number,
  old: Entry,
): Entry {
  const space = model.machine.space(level);
  const entry = space.modify(old, pageProtOf(model, vma));
  const writable = isWritable(model, level, vma, vpn, old, entry);
  // Asked for the node of its page; what it says of strange entries is said here.
  vmNormalPage(model, level, vma, vpn, entry);
  const young = space.to.mkyoung(entry);
  return writable ? space.mkwrite(young) : young;
}

/** Until 6.1 the hint kept the write bit (pte_savedwrite()), later it is worked out anew. */
function isWritable(
  model: Model,
  level: HintLevel,
  vma: number,
  vpn: number,
  old: Entry,
  entry: Entry,
): boolean {
  const { is } = model.machine.space(level);
  if (!model.has('manual-write-upgrade')) return is.write(old);
  if (is.write(entry)) return true;
  if (!vmaWantsManualPteWriteUpgrade(model, vma)) return false;
  return level === 'pte'
    ? canChangePteWritable(model, vma, vpn, entry)
    : canChangePmdWritable(model, vma, vpn, entry);
}
