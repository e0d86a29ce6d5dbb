import type { MappingLevel } from '@pagewright/core';
import { folioOf, folioPages, isAnon, isLarge } from '../frames/folio.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { mmOf } from '../vma/vma.js';
import { deferSplit } from './deferred-split.js';
import { addLargeMapcount, subLargeMapcount } from './mm-id.js';
import { countHugeMapped, countMapped } from './statistics.js';

/**
 * Added to _nr_pages_mapped while a PMD or PUD maps the folio; the pages counted beside it
 * (mm/internal.h; SPEC 1.2).
 */
export const ENTIRELY_MAPPED = 0x800000;
const FOLIO_PAGES_MAPPED = ENTIRELY_MAPPED - 1;
// How 5.18 spreads these counts over a huge page (PG_double_map, PMDs of files in the counts of every
// page) is its own affair, and not modelled: what folio_mapcount() answers is the same (SPEC 24.1).

/** Pages of large folios have mapcounts of their own (not CONFIG_NO_PAGE_MAPCOUNT, SPEC 1.2). */
export const countsPages = (model: Model): boolean =>
  model.config.PAGE_MAPCOUNT || !model.has('mm-ids');

/**
 * __folio_add_rmap() and __folio_mod_stat(): counts `nr` more mappings of the pages from `frame` on
 * (by PTEs), or one more of the whole folio (by a PMD or PUD), and the pages that became mapped
 * (mm/rmap.c; SPEC 9.3).
 */
export function countMappings(
  model: Model,
  frame: number,
  nr: number,
  vma: number,
  level: MappingLevel,
  anon: boolean,
): void {
  const { state } = model;
  const folio = folioOf(model, frame);
  if (!isLarge(model, folio)) {
    if (state.add(Frame.mapcount, folio, 1) === 1) countMapped(model, anon, 1);
  } else if (level === 'pte') {
    countMapped(model, anon, addByPtes(model, folio, frame, nr, vma));
  } else countMapped(model, anon, addWhole(model, folio, vma, level, anon));
}

function addByPtes(model: Model, folio: number, frame: number, nr: number, vma: number): number {
  const { state } = model;
  const total = addLargeMapcount(model, folio, nr, mmOf(model, vma));
  if (!countsPages(model)) return total === nr ? folioPages(model, folio) : 0;
  let first = 0;
  for (let i = 0; i < nr; i++) {
    if (state.add(Frame.mapcount, frame + i, 1) === 1) first++;
  }
  if (first === 0) return 0;
  return state.add(Frame.pagesMapped, folio, first) < ENTIRELY_MAPPED ? first : 0;
}

function addWhole(
  model: Model,
  folio: number,
  vma: number,
  level: MappingLevel,
  anon: boolean,
): number {
  const { state } = model;
  const pages = folioPages(model, folio);
  const total = addLargeMapcount(model, folio, 1, mmOf(model, vma));
  const isFirst = state.add(Frame.entireMapcount, folio, 1) === 1;
  if (isFirst && level === 'pmd') countHugeMapped(model, folio, anon, 1);
  if (!countsPages(model)) return total === 1 ? pages : 0;
  if (!isFirst) return 0;
  const mapped = state.add(Frame.pagesMapped, folio, ENTIRELY_MAPPED);
  return mapped < 2 * ENTIRELY_MAPPED ? Math.max(0, pages - (mapped & FOLIO_PAGES_MAPPED)) : 0;
}

/**
 * __folio_remove_rmap(): takes back what `countMappings` counted. An anonymous folio of which only a
 * part is mapped any more waits to be split (mm/rmap.c; SPEC 9.4).
 */
export function uncountMappings(
  model: Model,
  frame: number,
  nr: number,
  vma: number,
  level: MappingLevel,
): void {
  const { state } = model;
  const folio = folioOf(model, frame);
  const anon = isAnon(model, folio);
  if (!isLarge(model, folio)) {
    if (state.add(Frame.mapcount, folio, -1) <= 0) countMapped(model, anon, -1);
    return;
  }
  const gone =
    level === 'pte'
      ? removeByPtes(model, folio, frame, nr, vma)
      : removeWhole(model, folio, vma, level);
  countMapped(model, anon, -gone);
  if (anon && staysPartlyMapped(model, folio, gone, level)) {
    deferSplit(model, folio);
  }
}

/**
 * Some pages of the folio are mapped no more, others are. Kernels that did not ask the latter took
 * every page unmapped by a PTE for it (SPEC 22 errata 3).
 */
function staysPartlyMapped(
  model: Model,
  folio: number,
  gone: number,
  level: MappingLevel,
): boolean {
  const { state } = model;
  const pages = folioPages(model, folio);
  if (!countsPages(model)) {
    const total = state.get(Frame.largeMapcount, folio);
    return total !== 0 && total < pages && state.get(Frame.entireMapcount, folio) <= 0;
  }
  if (gone === 0) return false;
  if (level !== 'pte') return level === 'pmd' && gone < pages;
  if (!model.has('deferred-split-partly-mapped')) return true;
  return state.get(Frame.pagesMapped, folio) !== 0;
}

/** Pages that are mapped no more. */
function removeByPtes(model: Model, folio: number, frame: number, nr: number, vma: number): number {
  const { state } = model;
  const total = subLargeMapcount(model, folio, nr, mmOf(model, vma));
  if (!countsPages(model)) return total === 0 ? folioPages(model, folio) : 0;
  let last = 0;
  for (let i = 0; i < nr; i++) {
    if (state.add(Frame.mapcount, frame + i, -1) <= 0) last++;
  }
  if (last === 0) return 0;
  return state.add(Frame.pagesMapped, folio, -last) < ENTIRELY_MAPPED ? last : 0;
}

function removeWhole(model: Model, folio: number, vma: number, level: MappingLevel): number {
  const { state } = model;
  const pages = folioPages(model, folio);
  const total = subLargeMapcount(model, folio, 1, mmOf(model, vma));
  const isLast = state.add(Frame.entireMapcount, folio, -1) <= 0;
  if (isLast && level === 'pmd') countHugeMapped(model, folio, isAnon(model, folio), -1);
  if (!countsPages(model)) return total === 0 ? pages : 0;
  if (!isLast) return 0;
  const mapped = state.add(Frame.pagesMapped, folio, -ENTIRELY_MAPPED);
  return mapped < ENTIRELY_MAPPED ? Math.max(0, pages - (mapped & FOLIO_PAGES_MAPPED)) : 0;
}
