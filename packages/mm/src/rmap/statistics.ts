import { folioPages, hasFlag, isAnon } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Global } from '../state/columns.js';

/** Moves NR_ANON_MAPPED or NR_FILE_MAPPED by pages that became mapped, or are no more. */
export function countMapped(model: Model, folio: number, pages: number): void {
  if (pages === 0) return;
  const counter = isAnon(model, folio) ? Global.nrAnonMapped : Global.nrFileMapped;
  model.state.add(counter, 0, pages);
}

/** Moves NR_ANON_THPS, NR_SHMEM_PMDMAPPED or NR_FILE_PMDMAPPED, all in pages. */
export function countHugeMapped(model: Model, folio: number, sign: 1 | -1): void {
  const file = hasFlag(model, folio, PAGE_FLAG.swapbacked) ? Global.nrShmemThps : Global.nrFileThps;
  const counter = isAnon(model, folio) ? Global.nrAnonThps : file;
  model.state.add(counter, 0, sign * folioPages(model, folio));
}
