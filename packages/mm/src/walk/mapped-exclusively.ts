import { folioMapcount, folioOf, folioPages, isLarge, pageMapcount } from '../frames/folio.js';
import type { Model } from '../model.js';
import { countsPages } from '../rmap/mapcount.js';
import { folioMaybeMappedShared } from '../rmap/mm-id.js';
import { Frame } from '../state/columns.js';

/** One mapping alone has the page: precisely known, or guessed from the folio (SPEC 12.2). */
export function isMappedExclusively(model: Model, frame: number): boolean {
  const folio = folioOf(model, frame);
  if (isLarge(model, folio) && !countsPages(model)) return !folioMaybeMappedShared(model, folio);
  return pageMapcount(model, frame) === 1;
}

/** folio_precise_page_mapcount(), or folio_average_page_mapcount() (SPEC 1.2). */
export function mapcountForPss(model: Model, frame: number): number {
  const folio = folioOf(model, frame);
  if (!isLarge(model, folio) || countsPages(model)) return pageMapcount(model, frame);
  const total = folioMapcount(model, folio);
  const entire = model.state.get(Frame.entireMapcount, folio);
  if (total <= 0) return 0;
  if (total <= entire) return entire;
  const pages = folioPages(model, folio);
  return Math.max(1, entire + Math.floor((total - entire + pages / 2) / pages));
}
