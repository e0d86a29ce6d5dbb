import { beforeHint } from '../fault/numa.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
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
  setEntry(model, slot, beforeHint(model, 'pmd', vma, leafStart(model, 'pmd', vpn), old));
  return 0;
}
