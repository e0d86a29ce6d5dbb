import type { MappingLevel } from '@pagewright/core';
import { folioOf, folioPages, isZeroFrame, pageType } from '../frames/folio.js';
import { OWNER, PAGE_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { AnonVma, Frame } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';

/** __folio_rmap_sanity_checks(): what every change of a mapcount warns of, from 6.8 on (SPEC 9.2). */
export function checkRmap(model: Model, frame: number, nr: number, level: MappingLevel): void {
  if (!model.config.DEBUG_VM || !model.has('rmap-by-level')) return;
  const folio = folioOf(model, frame);
  if (pageType(model, folio) === PAGE_TYPE.hugetlb) model.vmWarn('rmap-of-hugetlb');
  if (model.has('zeropage-rmap-check') && isZeroFrame(model, folio)) {
    model.vmWarn('rmap-of-zeropage');
  }
  if (nr <= 0) model.vmWarn('rmap-of-no-pages');
  if (folioOf(model, frame + nr - 1) !== folio) model.vmWarn('rmap-across-folios');
  if (level === 'pmd' || (level === 'pud' && model.has('rmap-pud'))) {
    const pages = pagesOfLevel(model, level);
    if (folioPages(model, folio) !== pages || nr !== pages) model.vmWarn('rmap-of-wrong-order');
  }
  if (model.has('anon-vma-refcount-check') && isOrphan(model, folio)) model.vmWarn('anon-vma-dead');
}

/** An anonymous folio whose anon_vma was freed: nobody can find its mappings any more. */
function isOrphan(model: Model, folio: number): boolean {
  const { state } = model;
  if (state.get(Frame.owner, folio) !== OWNER.anon) return false;
  const anonVma = state.ref(Frame.ownerId, folio);
  return anonVma >= 0 && state.get(AnonVma.refcount, anonVma) === 0;
}
