import { hasFlag, setFlag } from '../frames/folio.js';
import { lruAdd, lruRemove } from '../frames/lru.js';
import { LRU, PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { folioReferenced } from './referenced.js';

/**
 * shrink_active_list() for one folio: it goes to the head of the inactive list, unless it is a page of
 * a file that somebody just executed, which goes to the head of the active one. True when it stays
 * active. A contended lock is no use by a program: the folio is deactivated, other than its commit
 * says (mm/vmscan.c; SPEC 24.13).
 */
export function shrinkActiveFolio(model: Model, folio: number): boolean {
  if (model.state.get(Frame.lru, folio) !== LRU.active) return false;
  lruRemove(model, folio);
  const seen = { locked: false, executable: false };
  const used = folioReferenced(model, folio, false, seen);
  const isFile = !hasFlag(model, folio, PAGE_FLAG.swapbacked);
  const stays = used !== 0 && seen.executable && isFile;
  setFlag(model, folio, PAGE_FLAG.active, stays);
  lruAdd(model, folio, stays ? 'active' : 'inactive');
  return stays;
}
