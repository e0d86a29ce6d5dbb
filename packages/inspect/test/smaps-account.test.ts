import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  type AccountedFolio,
  account,
  type EntryState,
  type Mapcount,
} from '../src/smaps/account.js';
import { addSizes, kibibytes, noSizes, PSS_SHIFT, SIZE_NAMES } from '../src/smaps/sizes.js';

const PAGE = 4096;
const file: AccountedFolio = {
  anon: false,
  ksm: false,
  swapBacked: false,
  dirty: false,
  referenced: false,
  refcount: 2,
};
const quiet: EntryState = { young: false, dirty: false, locked: false };
const mapped = (...mappings: number[]): Mapcount[] =>
  mappings.map((count) => ({ mappings: count, exclusive: count < 2 }));

/** Sizes of one entry that are not 0, in KiB. */
function counted(folio: AccountedFolio, entry: EntryState, mapcounts: readonly Mapcount[]) {
  const sizes = noSizes();
  const pages = { folio, count: mapcounts.length, pageBytes: PAGE, mapcounts: () => mapcounts };
  account(sizes, pages, entry);
  const all = SIZE_NAMES.map((name) => [name, kibibytes(sizes, name)] as const);
  return Object.fromEntries(all.filter(([, value]) => value !== 0));
}

describe('account', () => {
  it('counts a page that one process maps as private', () => {
    const expected = { rss: 4, privateClean: 4, pss: 4, pssFile: 4 };
    expect(counted(file, quiet, mapped(1))).toEqual(expected);
  });

  it('shares a page among those who map it', () => {
    const expected = { rss: 4, sharedClean: 4, pss: 1, pssFile: 1 };
    expect(counted(file, quiet, mapped(4))).toEqual(expected);
  });

  it('asks no mapcount of a page with one reference', () => {
    const expected = { rss: 4, privateDirty: 4, pss: 4, pssDirty: 4, pssFile: 4 };
    const dirty = { ...quiet, dirty: true };
    expect(counted({ ...file, refcount: 1 }, dirty, mapped(9))).toEqual(expected);
  });

  it('takes the whole of a page whose mapping is not counted, in the class that is said', () => {
    const shared = counted(file, { ...quiet, uncounted: 'shared' }, mapped(0));
    expect(shared).toEqual({ rss: 4, sharedClean: 4, pss: 4, pssFile: 4 });
    const own = counted(file, { ...quiet, uncounted: 'private' }, mapped(5));
    expect(own).toEqual({ rss: 4, privateClean: 4, pss: 4, pssFile: 4 });
  });

  it('tells anonymous memory that may be dropped from other', () => {
    const anon = { ...file, anon: true };
    expect(counted(anon, quiet, mapped(1))).toMatchObject({
      anonymous: 4,
      lazyFree: 4,
      pssAnon: 4,
    });
    expect(counted({ ...anon, swapBacked: true }, quiet, mapped(1)).lazyFree).toBeUndefined();
    expect(counted(anon, { ...quiet, dirty: true }, mapped(1)).lazyFree).toBeUndefined();
    expect(counted({ ...anon, ksm: true }, quiet, mapped(2)).ksm).toBe(4);
  });

  it('counts age by the entry or the page, and locked memory by its share', () => {
    expect(counted({ ...file, referenced: true }, quiet, mapped(1)).referenced).toBe(4);
    expect(counted(file, { ...quiet, young: true }, mapped(1)).referenced).toBe(4);
    expect(counted(file, { ...quiet, locked: true }, mapped(2)).locked).toBe(2);
  });

  it('adds the pages of a huge entry one by one', () => {
    const shmem = { ...file, swapBacked: true };
    const expected = { rss: 16, privateClean: 8, sharedClean: 8, pss: 12, pssShmem: 12 };
    expect(counted(shmem, quiet, mapped(1, 2, 2, 1))).toEqual(expected);
  });

  const anyFolio = fc.record({
    anon: fc.boolean(),
    ksm: fc.boolean(),
    swapBacked: fc.boolean(),
    dirty: fc.boolean(),
    referenced: fc.boolean(),
    refcount: fc.integer({ min: 1, max: 5 }),
  });
  const anyEntry = fc.record({ young: fc.boolean(), dirty: fc.boolean(), locked: fc.boolean() });
  const anyPages = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 64 });

  test.prop([anyFolio, anyEntry, anyPages])(
    'splits Rss into four classes and Pss into three kinds of memory',
    (folio, entry, mappings) => {
      const sizes = noSizes();
      const pages = { folio, count: mappings.length, pageBytes: PAGE };
      account(sizes, { ...pages, mapcounts: () => mapped(...mappings) }, entry);
      const classes =
        sizes.sharedClean + sizes.sharedDirty + sizes.privateClean + sizes.privateDirty;
      expect(classes).toBe(sizes.rss);
      expect(sizes.rss).toBe(mappings.length * PAGE);
      expect(sizes.pssAnon + sizes.pssFile + sizes.pssShmem).toBe(sizes.pss);
      expect(sizes.pss).toBeLessThanOrEqual(sizes.rss * 2 ** PSS_SHIFT);
      expect(sizes.locked).toBe(entry.locked ? sizes.pss : 0);
      const twice = noSizes();
      addSizes(twice, sizes);
      addSizes(twice, sizes);
      expect(twice.pss).toBe(2 * sizes.pss);
    },
  );
});
