import type { Model } from '../model.js';
import { Frame, Global } from '../state/columns.js';
import { getRefs } from './folio.js';
import { type LruList, lruAdd } from './lru.js';
import { LRU } from './page-flags.js';
import { putRefs } from './put.js';

/** folio_batch_add(): a folio waits to be put on a list; the batch holds a reference meanwhile. */
export function lruBatchAdd(model: Model, folio: number, list: LruList): void {
  const { state } = model;
  if (state.get(Frame.lruBatch, folio) !== LRU.none) return;
  getRefs(model, folio);
  state.set(Frame.lruBatch, folio, LRU[list]);
  state.add(Global.lruBatched, 0, 1);
}

/** lru_add_drain(): what waits in this CPU's batches goes on the lists, and batches hold no reference. */
export function lruAddDrain(model: Model): void {
  const { state, machine } = model;
  const frames = machine.memory.count;
  for (let folio = 0; folio < frames && state.get(Global.lruBatched, 0) > 0; folio++) {
    const list = state.get(Frame.lruBatch, folio);
    if (list === LRU.none) continue;
    state.set(Frame.lruBatch, folio, LRU.none);
    state.add(Global.lruBatched, 0, -1);
    if (state.get(Frame.lru, folio) === LRU.none) {
      lruAdd(model, folio, list === LRU.active ? 'active' : 'inactive');
    }
    putRefs(model, folio);
  }
}
