import type { MappingLevel } from '@pagewright/core';
import { folioOf, folioPages, isLarge } from '../frames/folio.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';

/**
 * Added to _nr_pages_mapped while a PMD or PUD maps the folio; the pages counted beside it
 * (mm/internal.h; SPEC 1.2).
 */
export const ENTIRELY_MAPPED = 0x800000;
const FOLIO_PAGES_MAPPED = ENTIRELY_MAPPED - 1;

/**
 * __folio_add_rmap(): counts `nr` more mappings of the pages from `frame` on (by PTEs), or one more
 * of the whole folio (by a PMD or PUD). Answers how many pages became mapped (SPEC 1.2, 9.3).
 */
export function countMappings(
  model: Model,
  frame: number,
  nr: number,
  level: MappingLevel,
): number {
  const { state } = model;
  const folio = folioOf(model, frame);
  if (!isLarge(model, folio)) return state.add(Frame.mapcount, folio, 1) === 1 ? 1 : 0;
  if (level !== 'pte') {
    state.add(Frame.largeMapcount, folio, 1);
    if (state.add(Frame.entireMapcount, folio, 1) !== 1) return 0;
    const mapped = state.add(Frame.pagesMapped, folio, ENTIRELY_MAPPED) & FOLIO_PAGES_MAPPED;
    return folioPages(model, folio) - mapped;
  }
  state.add(Frame.largeMapcount, folio, nr);
  let first = 0;
  for (let i = 0; i < nr; i++) {
    if (state.add(Frame.mapcount, frame + i, 1) === 1) first++;
  }
  return state.add(Frame.pagesMapped, folio, first) < ENTIRELY_MAPPED ? first : 0;
}

/** __folio_remove_rmap(): takes back what `countMappings` counted; answers how many pages are mapped no more. */
export function uncountMappings(
  model: Model,
  frame: number,
  nr: number,
  level: MappingLevel,
): number {
  const { state } = model;
  const folio = folioOf(model, frame);
  if (!isLarge(model, folio)) return state.add(Frame.mapcount, folio, -1) === 0 ? 1 : 0;
  if (level !== 'pte') {
    state.add(Frame.largeMapcount, folio, -1);
    if (state.add(Frame.entireMapcount, folio, -1) !== 0) return 0;
    const mapped = state.add(Frame.pagesMapped, folio, -ENTIRELY_MAPPED) & FOLIO_PAGES_MAPPED;
    return folioPages(model, folio) - mapped;
  }
  state.add(Frame.largeMapcount, folio, -nr);
  let last = 0;
  for (let i = 0; i < nr; i++) {
    if (state.add(Frame.mapcount, frame + i, -1) === 0) last++;
  }
  return state.add(Frame.pagesMapped, folio, -last) < ENTIRELY_MAPPED ? last : 0;
}
