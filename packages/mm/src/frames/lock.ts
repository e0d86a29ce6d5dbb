import type { Model } from '../model.js';
import { hasFlag, setFlag } from './folio.js';
import { PAGE_FLAG } from './page-flags.js';

/** folio_trylock(): false when somebody else holds the lock. */
export function folioTrylock(model: Model, folio: number): boolean {
  if (hasFlag(model, folio, PAGE_FLAG.locked)) return false;
  setFlag(model, folio, PAGE_FLAG.locked, true);
  return true;
}

/** folio_unlock(). */
export const folioUnlock = (model: Model, folio: number): void =>
  setFlag(model, folio, PAGE_FLAG.locked, false);
