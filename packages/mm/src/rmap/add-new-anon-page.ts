import { folioOf, isLarge, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { addNewAnonRmap, setAnon } from './anon-rmap.js';
import { countMapped } from './statistics.js';

/**
 * page_add_new_anon_rmap() as whoever can call it wrongly: `compound` says that a PMD maps the page,
 * until the page itself is asked (SPEC 24.5, 24.12 row 6, 15.72).
 */
export function addNewAnonPage(
  model: Model,
  page: number,
  vma: number,
  vpn: number,
  compound: boolean,
): void {
  const folio = folioOf(model, page);
  const asksPage = model.has('new-anon-rmap-asks-page');
  if (page !== folio && (compound || asksPage)) {
    model.vmBug('tail-page');
    model.note('another-page-is-counted');
  } else if (asksPage || compound || !isLarge(model, folio)) {
    addNewAnonRmap(model, folio, vma, vpn);
  } else {
    model.vmBug('part-of-huge-page');
    setFlag(model, page, PAGE_FLAG.swapbacked, true);
    setAnon(model, page, vma, vpn, true);
    model.state.set(Frame.mapcount, page, 1);
    countMapped(model, true, 1);
  }
}
