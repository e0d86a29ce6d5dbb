import { ERRNO } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import { isAnonExclusive, setAnonExclusive, setFlag } from '../frames/folio.js';
import { PAGE_FLAG, PAGE_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { setAnon } from '../rmap/anon-rmap.js';
import { addLargeMapcount, setLargeMapcount, subLargeMapcount } from '../rmap/mm-id.js';
import { folioNeedsCowForDma } from '../rmap/pins.js';
import { endExclusive, mayShare } from '../rmap/share.js';
import { Frame } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';

/** alloc_hugetlb_folio(): a huge page of the pool, with the content of another one; -1 for none. */
export function allocHugetlb(model: Model, like = -1): number {
  const { state } = model;
  const pages = pagesOfLevel(model, 'pmd');
  const folio = allocFolio(model, Math.log2(pages));
  if (folio < 0) return -1;
  state.set(Frame.type, folio, PAGE_TYPE.hugetlb);
  for (let i = 0; i < pages; i++) {
    state.set(Frame.content, folio + i, like < 0 ? 0 : state.get(Frame.content, like + i));
  }
  return folio;
}

/**
 * hugetlb_add_new_anon_rmap(), hugepage_add_new_anon_rmap() up to 6.7: the first mapping of a new huge
 * page, its process's own. Pages of hugetlb are in no statistics of mapped pages (SPEC 24.5).
 */
export function hugetlbAddNewAnonRmap(model: Model, folio: number, vma: number, vpn: number): void {
  setAnon(model, folio, vma, vpn, true);
  model.state.set(Frame.entireMapcount, folio, 1);
  setLargeMapcount(model, folio, 1, mmOf(model, vma));
  setAnonExclusive(model, folio);
}

/**
 * hugetlb_try_dup_anon_rmap(), page_try_dup_anon_rmap() up to 6.7: fork maps the huge page once more.
 * -EBUSY, with nothing changed, when the child must get a copy (SPEC 24.4).
 */
export function hugetlbTryDupAnonRmap(
  model: Model,
  folio: number,
  dstVma: number,
  srcVma: number,
): number {
  const own = !model.has('anon-exclusive') || isAnonExclusive(model, folio);
  if (own && folioNeedsCowForDma(model, srcVma, folio)) return ERRNO.EBUSY;
  setFlag(model, folio, PAGE_FLAG.anonExclusive, false);
  model.state.add(Frame.entireMapcount, folio, 1);
  addLargeMapcount(model, folio, 1, mmOf(model, dstVma));
  return 0;
}

/** hugetlb_add_anon_rmap(), hugepage_add_anon_rmap() up to 6.7: one more mapping of an anonymous huge page. */
export function hugetlbAddAnonRmap(
  model: Model,
  folio: number,
  vma: number,
  exclusive: boolean,
): void {
  model.state.add(Frame.entireMapcount, folio, 1);
  addLargeMapcount(model, folio, 1, mmOf(model, vma));
  if (exclusive) setAnonExclusive(model, folio);
}

/**
 * hugetlb_try_share_anon_rmap(), page_try_share_anon_rmap() up to 6.7: the exclusive huge page is about
 * to be unmapped. -EBUSY when it may be pinned.
 */
export function hugetlbTryShareAnonRmap(model: Model, folio: number): number {
  if (!mayShare(model, folio)) return ERRNO.EBUSY;
  endExclusive(model, folio);
  return 0;
}

/** hugetlb_remove_rmap(), page_remove_rmap() up to 6.7. */
export function hugetlbRemoveRmap(model: Model, folio: number, vma: number): void {
  model.state.add(Frame.entireMapcount, folio, -1);
  subLargeMapcount(model, folio, 1, mmOf(model, vma));
}
