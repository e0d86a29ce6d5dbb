import { folioMarkAccessed } from '../frames/accessed.js';
import { folioMapcount, folioOf } from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { lruFolios } from '../frames/lru.js';
import { lruAddDrain, lruBatchAdd } from '../frames/lru-batch.js';
import { LRU } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { shrinkActiveFolio } from '../rmap/active-list.js';
import { addToSwap, reclaimFolio, shrinkInactiveList } from '../rmap/reclaim.js';
import { folioReferenced } from '../rmap/referenced.js';
import { tryToUnmap } from '../rmap/swap-out.js';
import { WAITS_FOR_RMAP_LOCK } from '../rmap/walk.js';
import { AnonVma, Frame, Mapping, Vma } from '../state/columns.js';
import { tryToUnuse } from '../swap/swap-off.js';
import {
  COUNT,
  FILE,
  type FullAnswer,
  NEVER_WAITS,
  operation,
  PAGE,
  type Place,
  SWITCH,
  VMA,
} from './operation.js';

/** What something answered, and how many locks of others it waited for meanwhile. */
function withWaits(model: Model, something: () => number): FullAnswer {
  const before = model.events.length;
  const value = something();
  const waits = model.events
    .slice(before)
    .filter((event) => event.kind === 'note' && event.id === WAITS_FOR_RMAP_LOCK).length;
  return { value, more: { waits } };
}

/** down_write() and up_write() of the lock that all walks of pages of an anon_vma take. */
function lockAnonVma({ state }: Model, { vma }: Place, held: 0 | 1): number {
  const anonVma = state.ref(Vma.anonVma, vma);
  if (anonVma < 0) return 0;
  state.set(AnonVma.locked, state.ref(AnonVma.root, anonVma), held);
  return 1;
}

/** Reclaim: LRU lists, aging, and the locks that stand in its way (SPEC 24.13). */
export const reclaimOperations = [
  operation(
    'reclaim',
    'reclaim tries to free the page, an anonymous one by swapping it out; 1 when it did',
    'truth',
    { page: PAGE, 'ignore references': SWITCH },
    (model, { page, 'ignore references': ignore }) =>
      withWaits(model, () => (reclaimFolio(model, folioOf(model, page), ignore) ? 1 : 0)),
  ),
  operation(
    'shrink_inactive_list',
    'the same with the pages nearest to the tail of the inactive list; how many were freed',
    'count',
    { pages: COUNT },
    (model, { pages }) => withWaits(model, () => shrinkInactiveList(model, pages)),
  ),
  operation(
    'add_to_swap',
    'the first thing that reclaim does to an anonymous page: it is in the swap cache, and mapped',
    'truth',
    { page: PAGE },
    (model, { page }) => (addToSwap(model, folioOf(model, page)) ? 1 : 0),
  ),
  operation(
    'try_to_unmap',
    'the second thing: swap entries take its place; 1 when nothing maps it any more',
    'truth',
    { page: PAGE },
    (model, { page }) => {
      const folio = folioOf(model, page);
      return withWaits(model, () => {
        tryToUnmap(model, folio);
        return folioMapcount(model, folio) <= 0 ? 1 : 0;
      });
    },
  ),
  operation('swapoff', 'every page comes back from swap (try_to_unuse)', 'error', {}, (model) =>
    tryToUnuse(model),
  ),
  operation(
    'shrink_active_list',
    'reclaim ages a page of the active list; 1 when it stays there',
    'truth',
    { page: PAGE },
    (model, { page }) =>
      withWaits(model, () => (shrinkActiveFolio(model, folioOf(model, page)) ? 1 : 0)),
  ),
  operation(
    'folio_referenced',
    'VMAs that used the page since it was last asked; -1 when a lock was contended',
    'number',
    { page: PAGE },
    (model, { page }) =>
      withWaits(model, () => folioReferenced(model, folioOf(model, page), false)),
  ),
  operation(
    'folio_mark_accessed',
    'somebody read or wrote the page: it is referenced at first, and then active',
    'done',
    { page: PAGE },
    (model, { page }) => {
      folioMarkAccessed(model, folioOf(model, page));
      return 0;
    },
  ),
  operation(
    'lru',
    'the list that the page waits for reclaim on, and how many pages lie nearer to its head',
    'done',
    { page: PAGE },
    (model, { page }) => {
      const folio = folioOf(model, page);
      const list = model.state.get(Frame.lru, folio);
      if (list === LRU.none) return { value: 0, more: { active: 0, inactive: 0 } };
      const active = list === LRU.active;
      const before = lruFolios(model, active ? 'active' : 'inactive').indexOf(folio);
      return { value: 0, more: { active: active ? 1 : 0, inactive: active ? 0 : 1, before } };
    },
  ),
  operation(
    'anon_vma_lock_write',
    'somebody takes the lock of all rmap walks of anonymous pages of the VMA; 0 if it has none yet',
    'truth',
    { vma: VMA },
    (model, { vma }) => lockAnonVma(model, vma, 1),
    NEVER_WAITS,
  ),
  operation(
    'anon_vma_unlock_write',
    'that lock is given back',
    'truth',
    { vma: VMA },
    (model, { vma }) => lockAnonVma(model, vma, 0),
    NEVER_WAITS,
  ),
  operation(
    'i_mmap_lock_write',
    'somebody takes the lock of all rmap walks of pages of the file',
    'done',
    { file: FILE },
    ({ state }, { file }) => {
      state.set(Mapping.locked, file, 1);
      return 0;
    },
    NEVER_WAITS,
  ),
  operation(
    'i_mmap_unlock_write',
    'that lock is given back',
    'done',
    { file: FILE },
    ({ state }, { file }) => {
      state.set(Mapping.locked, file, 0);
      return 0;
    },
    NEVER_WAITS,
  ),
  operation(
    'folio_trylock',
    'somebody locks the page; 0 when it was locked already',
    'truth',
    { page: PAGE },
    (model, { page }) => (folioTrylock(model, folioOf(model, page)) ? 1 : 0),
    NEVER_WAITS,
  ),
  operation(
    'folio_unlock',
    'the lock of the page is given back',
    'done',
    { page: PAGE },
    (model, { page }) => {
      folioUnlock(model, folioOf(model, page));
      return 0;
    },
    NEVER_WAITS,
  ),
  operation(
    'folio_add_lru',
    'the page waits in a per-CPU batch, which refers to it, for the inactive list',
    'done',
    { page: PAGE },
    (model, { page }) => {
      lruBatchAdd(model, folioOf(model, page), 'inactive');
      return 0;
    },
  ),
  operation('lru_add_drain', 'per-CPU batches are emptied onto the lists', 'done', {}, (model) => {
    lruAddDrain(model);
    return 0;
  }),
];
