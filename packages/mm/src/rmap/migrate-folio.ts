import { ERRNO } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import {
  folioMapcount,
  folioPages,
  getRefs,
  hasFlag,
  isAnon,
  isHugetlb,
  refcount,
} from '../frames/folio.js';
import { folioTrylock, folioUnlock } from '../frames/lock.js';
import { lruAdd, lruRemove } from '../frames/lru.js';
import { LRU, OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { allocHugetlb } from '../hugetlb/rmap.js';
import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';
import { getAnonVma, putAnonVma } from './anon-vma.js';
import { tryToMigrate } from './migrate.js';
import { removeMigrationPtes } from './migrate-back.js';
import { cacheReferences, moveFolio } from './move-folio.js';

/**
 * migrate_pages() of one folio: its contents and all that leads to it go to another folio, which is
 * allocated unless it is given. The new folio; -ENOMEM; -EAGAIN when the folio is locked, under
 * writeback, pinned or otherwise referred to, with every entry as it was (mm/migrate.c; SPEC 9.9).
 */
export function migrateFolio(model: Model, folio: number, given = -1): number {
  const { state } = model;
  if (!folioTrylock(model, folio)) return ERRNO.EAGAIN;
  const to = given >= 0 ? given : allocLike(model, folio);
  if (to < 0) {
    folioUnlock(model, folio);
    return ERRNO.ENOMEM;
  }
  // Whoever isolated the folio from its list holds a reference.
  getRefs(model, folio);
  const anonVma = holdAnonVma(model, folio);
  if (!hasFlag(model, folio, PAGE_FLAG.writeback)) tryToMigrate(model, folio);
  const moves =
    folioMapcount(model, folio) <= 0 &&
    !hasFlag(model, folio, PAGE_FLAG.writeback) &&
    refcount(model, folio) === 1 + cacheReferences(model, folio);
  const list = state.get(Frame.lru, folio);
  if (moves) moveFolio(model, folio, to);
  removeMigrationPtes(model, folio, moves ? to : folio);
  if (anonVma >= 0) putAnonVma(model, anonVma);
  folioUnlock(model, folio);
  if (moves && list !== LRU.none) {
    lruRemove(model, folio);
    lruAdd(model, to, list === LRU.active ? 'active' : 'inactive');
  }
  putRefs(model, folio);
  putRefs(model, to);
  return moves ? to : ERRNO.EAGAIN;
}

/** alloc_migration_target(): a folio of the same size and sort. */
const allocLike = (model: Model, folio: number): number =>
  isHugetlb(model, folio)
    ? allocHugetlb(model)
    : allocFolio(model, Math.log2(folioPages(model, folio)));

/** folio_get_anon_vma(): nobody may free it while no mapping keeps it; -1 where there is none. */
function holdAnonVma(model: Model, folio: number): number {
  const { state } = model;
  if (!isAnon(model, folio) || state.get(Frame.owner, folio) !== OWNER.anon) return -1;
  const anonVma = state.ref(Frame.ownerId, folio);
  if (anonVma >= 0) getAnonVma(model, anonVma);
  return anonVma;
}
