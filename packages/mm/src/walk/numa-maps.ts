import { folioOf, folioPages, hasFlag, isAnon } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { hasVmFlag } from '../vma/vma.js';
import { mapcountForPss } from './mapped-exclusively.js';
import { entriesOf } from './walk-entries.js';

/** Counts of a line of /proc/pid/numa_maps, in pages; the model has one node. */
export interface NumaMaps {
  pages: number;
  anon: number;
  dirty: number;
  active: number;
  writeback: number;
  swapcache: number;
  /** Most mappings that any page has. */
  mapmax: number;
}

/**
 * What numa_maps counts in a VMA: normal pages that are not reserved (gather_stats(),
 * fs/proc/task_mmu.c; SPEC 12.5).
 */
export function numaMaps(model: Model, vma: number): NumaMaps {
  const all = { pages: 0, anon: 0, dirty: 0, active: 0, writeback: 0, swapcache: 0, mapmax: 0 };
  if (hasVmFlag(model, vma, 'VM_PFNMAP') && !model.has('smaps-walks-pfnmap')) return all;
  for (const { level, vpn, entry } of entriesOf(model, vma)) {
    if (entry === 0) continue;
    const { is } = model.machine.space(level);
    if (!is.present(entry)) continue;
    const frame = vmNormalPage(model, level, vma, vpn, entry);
    if (frame < 0 || hasFlag(model, frame, PAGE_FLAG.reserved)) continue;
    const folio = folioOf(model, frame);
    const pages = level === 'pte' ? 1 : folioPages(model, folio);
    const flag = (bit: number): boolean => hasFlag(model, folio, bit);
    all.pages += pages;
    if (isAnon(model, folio)) all.anon += pages;
    if (is.dirty(entry) || flag(PAGE_FLAG.dirty)) all.dirty += pages;
    if (flag(PAGE_FLAG.active)) all.active += pages;
    if (flag(PAGE_FLAG.writeback)) all.writeback += pages;
    if (flag(PAGE_FLAG.swapcache)) all.swapcache += pages;
    all.mapmax = Math.max(all.mapmax, mapcountForPss(model, frame));
  }
  return all;
}
