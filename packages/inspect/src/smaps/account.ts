import { type MemorySizes, PSS_SHIFT, share } from './sizes.js';

/** What smaps asks of a folio. */
export interface AccountedFolio {
  readonly anon: boolean;
  readonly ksm: boolean;
  readonly swapBacked: boolean;
  readonly dirty: boolean;
  /** PG_referenced, or PG_young of idle page tracking. */
  readonly referenced: boolean;
  readonly refcount: number;
}

/** Pages that one entry maps. */
export interface AccountedPages {
  readonly folio: AccountedFolio;
  readonly count: number;
  readonly pageBytes: number;
  /** How often each page is mapped, and whether by nobody else; asked when references are many. */
  mapcounts(): Iterable<Mapcount>;
}

/** How often a page is mapped. */
export interface Mapcount {
  readonly mappings: number;
  readonly exclusive: boolean;
}

/** What the entry says. */
export interface EntryState {
  readonly young: boolean;
  readonly dirty: boolean;
  /** VM_LOCKED. */
  readonly locked: boolean;
  /**
   * Pages whose mapping is not counted: all of them belong to this entry, and its class is this.
   * Absent where references and mapcounts decide.
   */
  readonly uncounted?: 'private' | 'shared';
}

/** Adds the pages of one entry (fs/proc/task_mmu.c, smaps_account()). */
export function account(sizes: MemorySizes, pages: AccountedPages, entry: EntryState): void {
  const { folio, count, pageBytes } = pages;
  const bytes = count * pageBytes;
  if (folio.anon) {
    sizes.anonymous += bytes;
    if (!folio.swapBacked && !entry.dirty && !folio.dirty) sizes.lazyFree += bytes;
  }
  if (folio.ksm) sizes.ksm += bytes;
  sizes.rss += bytes;
  if (entry.young || folio.referenced) sizes.referenced += bytes;
  const whole = entry.uncounted ?? (folio.refcount === 1 ? 'private' : undefined);
  if (whole !== undefined) {
    accumulate(sizes, folio, entry, bytes, bytes * 2 ** PSS_SHIFT, whole === 'private');
    return;
  }
  for (const { mappings, exclusive } of pages.mapcounts()) {
    accumulate(sizes, folio, entry, pageBytes, share(pageBytes, mappings), exclusive);
  }
}

/** smaps_page_accumulate(). */
function accumulate(
  sizes: MemorySizes,
  folio: AccountedFolio,
  entry: EntryState,
  bytes: number,
  pss: number,
  isPrivate: boolean,
): void {
  sizes.pss += pss;
  if (folio.anon) sizes.pssAnon += pss;
  else if (folio.swapBacked) sizes.pssShmem += pss;
  else sizes.pssFile += pss;
  if (entry.locked) sizes.locked += pss;
  const dirty = entry.dirty || folio.dirty;
  if (dirty) sizes.pssDirty += pss;
  if (isPrivate) sizes[dirty ? 'privateDirty' : 'privateClean'] += bytes;
  else sizes[dirty ? 'sharedDirty' : 'sharedClean'] += bytes;
}
