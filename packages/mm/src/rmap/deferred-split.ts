import { folioPages, hasFlag, pgmapType } from '../frames/folio.js';
import { PAGE_FLAG, PGMAP_TYPE } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';

/** Folios of fewer pages have no place for the list. */
const FEWEST_PAGES = 4;

/**
 * deferred_split_folio(): a folio that is mapped in part waits to be split when memory runs short.
 * Noted as `defer-split` (mm/huge_memory.c; SPEC 9.4).
 */
export function deferSplit(model: Model, folio: number): void {
  const { state } = model;
  const once = model.has('deferred-split-partly-mapped');
  if (once && state.get(Frame.deferredSplit, folio) !== 0) return;
  if (model.has('device-private-pmd') && pgmapType(model, folio) === PGMAP_TYPE.private) return;
  model.note('defer-split');
  if (folioPages(model, folio) < FEWEST_PAGES || hasFlag(model, folio, PAGE_FLAG.swapcache)) return;
  state.set(Frame.deferredSplit, folio, 1);
}
