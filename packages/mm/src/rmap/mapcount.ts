import type { MappingLevel } from '@pagewright/core';
import { folioOf, isAnon, isLarge } from '../frames/folio.js';
import type { Model } from '../model.js';
import { Frame, Global } from '../state/columns.js';

/**
 * Counts `nr` more mappings of the pages from `frame` on (by PTEs), or one more of the whole folio
 * (by a PMD or PUD). Answers how many pages were mapped for the first time (SPEC 1.2, 9.3).
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
    return state.add(Frame.entireMapcount, folio, 1) === 1 ? nr : 0;
  }
  state.add(Frame.largeMapcount, folio, nr);
  let first = 0;
  for (let i = 0; i < nr; i++) {
    if (state.add(Frame.mapcount, frame + i, 1) === 1) first++;
  }
  state.add(Frame.pagesMapped, folio, first);
  return first;
}

/** Takes back what `countMappings` counted; answers how many pages are mapped no more. */
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
    return state.add(Frame.entireMapcount, folio, -1) === 0 ? nr : 0;
  }
  state.add(Frame.largeMapcount, folio, -nr);
  let last = 0;
  for (let i = 0; i < nr; i++) {
    if (state.add(Frame.mapcount, frame + i, -1) === 0) last++;
  }
  state.add(Frame.pagesMapped, folio, -last);
  return last;
}

/** NR_ANON_MAPPED or NR_FILE_MAPPED. */
export function countMapped(model: Model, folio: number, pages: number): void {
  const counter = isAnon(model, folio) ? Global.nrAnonMapped : Global.nrFileMapped;
  model.state.add(counter, 0, pages);
}
