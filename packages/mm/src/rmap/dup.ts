import type { MappingLevel } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import { folioOf, isAnon, isAnonExclusive, isLarge, pgmapType, setFlag } from '../frames/folio.js';
import { PAGE_FLAG, PGMAP_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { mmOf } from '../vma/vma.js';
import { countsPages } from './mapcount.js';
import { addLargeMapcount } from './mm-id.js';
import { folioNeedsCowForDma } from './pins.js';
import { checkRmap } from './sanity.js';

/**
 * folio_dup_file_rmap_ptes() and _pmd(); page_dup_file_rmap() in 6.1, page_dup_rmap() of any page in
 * 5.18: fork maps pages once more (SPEC 9.6, 24.5).
 */
export function dupFileRmap(
  model: Model,
  frame: number,
  nr: number,
  vma: number,
  level: MappingLevel = 'pte',
): void {
  checkRmap(model, frame, nr, level);
  dupMappings(model, frame, nr, vma, level);
}

/**
 * folio_try_dup_anon_rmap_ptes() and _pmd(), page_try_dup_anon_rmap() in 6.1: fork shares anonymous
 * pages, so that none is exclusive any more. -EBUSY, with nothing changed, when an exclusive one may
 * be pinned; before pages were marked exclusive, when any may be (SPEC 9.6, 22 errata 8, 24.5).
 */
export function tryDupAnonRmap(
  model: Model,
  frame: number,
  nr: number,
  dstVma: number,
  srcVma: number,
  level: MappingLevel = 'pte',
): number {
  const folio = folioOf(model, frame);
  const byLevel = model.has('rmap-by-level');
  if (!isAnon(model, folio)) {
    if (byLevel) model.vmWarn('anon-rmap-of-non-anon');
    else if (model.has('split-page-dup-rmap')) model.vmBug('anon-rmap-of-non-anon');
  }
  checkRmap(model, frame, nr, level);
  const pages = level === 'pte' ? nr : 1;
  const own = !model.has('anon-exclusive') || isAnyExclusive(model, frame, pages);
  if ((byLevel || own) && pgmapType(model, folio) !== PGMAP_TYPE.private) {
    if (folioNeedsCowForDma(model, srcVma, folio) && own) return ERRNO.EBUSY;
  }
  for (let i = 0; i < pages; i++) setFlag(model, frame + i, PAGE_FLAG.anonExclusive, false);
  dupMappings(model, frame, nr, dstVma, level);
  return 0;
}

function isAnyExclusive(model: Model, frame: number, pages: number): boolean {
  for (let i = 0; i < pages; i++) if (isAnonExclusive(model, frame + i)) return true;
  return false;
}

/** What is mapped already gets mapped once more: no page becomes mapped by it. */
function dupMappings(
  model: Model,
  frame: number,
  nr: number,
  vma: number,
  level: MappingLevel,
): void {
  const { state } = model;
  const folio = folioOf(model, frame);
  if (!isLarge(model, folio)) {
    state.add(Frame.mapcount, folio, 1);
    return;
  }
  if (level !== 'pte') state.add(Frame.entireMapcount, folio, 1);
  else if (countsPages(model)) {
    for (let i = 0; i < nr; i++) state.add(Frame.mapcount, frame + i, 1);
  }
  addLargeMapcount(model, folio, level === 'pte' ? nr : 1, mmOf(model, vma));
}
