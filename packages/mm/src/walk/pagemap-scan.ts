import { folioOf, isAnon, isHugeZeroFolio, isZeroFrame } from '../frames/folio.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { Vma } from '../state/columns.js';
import { hasVmFlag, vmaAt } from '../vma/vma.js';
import { absentPage } from './absent-page.js';
import { entriesOf, type WalkedEntry } from './walk-entries.js';

/** PAGE_IS_* categories of PAGEMAP_SCAN (include/uapi/linux/fs.h; SPEC 12.3). */
export const PAGE_IS = {
  WPALLOWED: 1 << 0,
  WRITTEN: 1 << 1,
  FILE: 1 << 2,
  PRESENT: 1 << 3,
  SWAPPED: 1 << 4,
  PFNZERO: 1 << 5,
  HUGE: 1 << 6,
  SOFT_DIRTY: 1 << 7,
  GUARD: 1 << 8,
} as const;

/**
 * Categories of the pages of a range as PAGEMAP_SCAN sees them, `PAGE_IS` bits by page; VMAs of raw
 * frames and places without a VMA have none (fs/proc/task_mmu.c; SPEC 12.3, SPEC-7.2 12.7).
 */
export function pagemapScan(model: Model, mm: number, start: number, pages: number): number[] {
  const found: number[] = new Array(pages).fill(0);
  for (let vpn = start; vpn < start + pages; ) {
    const vma = vmaAt(model, mm, vpn);
    const end = vma < 0 ? vpn + 1 : Math.min(start + pages, model.state.get(Vma.end, vma));
    if (vma >= 0 && !hasVmFlag(model, vma, 'VM_PFNMAP')) {
      const ofVma = vmaCategory(model, vma);
      for (const walked of entriesOf(model, vma, vpn, end)) {
        const category = ofVma | categoryOf(model, vma, walked);
        found.fill(category, walked.vpn - start, walked.vpn - start + walked.pages);
      }
    }
    vpn = end;
  }
  return found;
}

function vmaCategory(model: Model, vma: number): number {
  const asynchronous = model.state.get(Vma.uffdWpAsync, vma) !== 0;
  return asynchronous && hasVmFlag(model, vma, 'VM_UFFD_WP') ? PAGE_IS.WPALLOWED : 0;
}

function categoryOf(model: Model, vma: number, walked: WalkedEntry): number {
  const { level, entry } = walked;
  if (entry === 0) return emptyCategory(model, walked);
  const huge = level === 'pte' ? 0 : PAGE_IS.HUGE;
  const { is } = model.machine.space(level);
  return (
    huge | (is.present(entry) ? presentCategory(model, vma, walked) : absentCategory(model, walked))
  );
}

/** A place in a table that holds nothing was never written; whether that shows changed twice. */
function emptyCategory(model: Model, { slot }: WalkedEntry): number {
  if (slot < 0) return 0;
  const written = !model.has('pagemap-none-unwritten') || model.has('pagemap-none-written');
  return written ? PAGE_IS.WRITTEN : 0;
}

function presentCategory(model: Model, vma: number, { level, vpn, entry }: WalkedEntry): number {
  const space = model.machine.space(level);
  const { is } = space;
  let category: number = PAGE_IS.PRESENT;
  if (!is.uffd_wp(entry)) category |= PAGE_IS.WRITTEN;
  if (is.soft_dirty(entry)) category |= PAGE_IS.SOFT_DIRTY;
  const page = vmNormalPage(model, level, vma, vpn, entry);
  if (page >= 0 && !isAnon(model, folioOf(model, page))) category |= PAGE_IS.FILE;
  const frame = model.machine.memory.frame(space.pfn(entry));
  if (frame < 0) return category;
  const zero =
    level === 'pte' ? isZeroFrame(model, frame) : isHugeZeroFolio(model, folioOf(model, frame));
  return zero ? category | PAGE_IS.PFNZERO : category;
}

function absentCategory(model: Model, { level, entry }: WalkedEntry): number {
  const space = model.machine.space(level);
  const { is } = space;
  const { what, frame } = absentPage(model, space, entry);
  const { markers } = space.absent(entry);
  let category: number = PAGE_IS.SWAPPED;
  const protectedByMarker = markers?.includes('PTE_MARKER_UFFD_WP') === true;
  if (!is.swp_uffd_wp(entry) && !protectedByMarker) category |= PAGE_IS.WRITTEN;
  if (is.swp_soft_dirty(entry)) category |= PAGE_IS.SOFT_DIRTY;
  if (what === 'marker' && markers?.includes('PTE_MARKER_GUARD') === true) {
    if (model.has('guard-markers')) category |= PAGE_IS.GUARD;
  }
  if (frame >= 0 && !isAnon(model, folioOf(model, frame))) category |= PAGE_IS.FILE;
  return category;
}
