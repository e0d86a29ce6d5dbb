import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { hasFlag, setFlag } from './folio.js';
import { lruAdd, lruRemove } from './lru.js';
import { LRU, PAGE_FLAG } from './page-flags.js';

/** folio_mark_accessed(): referenced at first, and active when it was that already. */
export function folioMarkAccessed(model: Model, folio: number): void {
  if (!hasFlag(model, folio, PAGE_FLAG.referenced)) {
    setFlag(model, folio, PAGE_FLAG.referenced, true);
    return;
  }
  if (hasFlag(model, folio, PAGE_FLAG.active)) return;
  setFlag(model, folio, PAGE_FLAG.active, true);
  setFlag(model, folio, PAGE_FLAG.referenced, false);
  if (model.state.get(Frame.lru, folio) !== LRU.inactive) return;
  lruRemove(model, folio);
  lruAdd(model, folio, 'active');
}
