import { folioPages, hasFlag, isAnon } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Global } from '../state/columns.js';

/**
 * Mappings added by the function for anonymous folios, or by the one for files, count as anonymous:
 * as the function says until 6.9, as the folio says from 6.12 on (__folio_mod_stat()).
 */
export const countsAsAnon = (model: Model, folio: number, addedAsAnon: boolean): boolean =>
  model.has('rmap-counts-by-owner') ? isAnon(model, folio) : addedAsAnon;

/** Moves NR_ANON_MAPPED or NR_FILE_MAPPED by pages that became mapped, or are no more. */
export function countMapped({ state }: Model, anon: boolean, pages: number): void {
  if (pages !== 0) state.add(anon ? Global.nrAnonMapped : Global.nrFileMapped, 0, pages);
}

/** Moves NR_ANON_THPS, NR_SHMEM_PMDMAPPED or NR_FILE_PMDMAPPED, all in pages. */
export function countHugeMapped(model: Model, folio: number, anon: boolean, sign: 1 | -1): void {
  const file = hasFlag(model, folio, PAGE_FLAG.swapbacked) ? Global.nrShmemThps : Global.nrFileThps;
  model.state.add(anon ? Global.nrAnonThps : file, 0, sign * folioPages(model, folio));
}
