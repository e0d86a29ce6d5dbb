import { describe, expect, it } from 'vitest';
import { allocFolio } from '../src/frames/allocate.js';
import { folioMapcount, getRefs, isAnonExclusive } from '../src/frames/folio.js';
import { lruAdd } from '../src/frames/lru.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { ERRNO, Frame, Mm, Model, newMm, newVma, Table } from '../src/index.js';
import { addNewAnonRmap } from '../src/rmap/anon-rmap.js';
import { anonVmaPrepare } from '../src/rmap/anon-vma.js';
import { tryToMigrate } from '../src/rmap/migrate.js';
import { migrateFolio } from '../src/rmap/migrate-folio.js';
import { reclaimFolio } from '../src/rmap/reclaim.js';
import { splitFolio } from '../src/rmap/split-folio.js';
import { depositTable, entryAt, pagesOfLevel, setEntry, slotMade } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { pageProtOf } from '../src/vma/vma.js';
import { smaps } from '../src/walk/smaps.js';
import { machineOf } from './machines.js';
import { entryOf, frameAt, PRIVATE, quietly, read } from './processes.js';

/** A process that has one huge page, mapped by a PMD, as a write fault leaves it. */
function hugePage(arch: string, revision: string) {
  const model = new Model(
    machineOf(arch, revision, { ramFrames: 4096, capacities: { swapSlot: 600 } }),
  );
  const pages = pagesOfLevel(model, 'pmd');
  const start = 4 * pages;
  const mm = newMm(model);
  const vma = newVma(model, mm, { start, end: start + pages, flags: PRIVATE });
  anonVmaPrepare(model, vma);
  const folio = allocFolio(model, Math.log2(pages));
  const { state, pmd, machine } = model;
  for (let i = 0; i < pages; i++) state.set(Frame.content, folio + i, i);
  addNewAnonRmap(model, folio, vma, start);
  lruAdd(model, folio, 'active');
  state.add(Mm.anonPages, mm, pages);
  const slot = slotMade(model, mm, start, 'pmd');
  depositTable(model, mm, slot);
  const leaf = pmd.leaf(machine.memory.pfn(folio), pageProtOf(model, vma));
  setEntry(model, slot, pmd.mkwrite(pmd.to.mkdirty(leaf)));
  return { model, mm, vma, folio, start, pages };
}

describe.each(['x86', 'arm64'])('a huge page on %s', (arch) => {
  it('migrates as one, by a PMD migration entry (SPEC 9.9)', () => {
    const { model, mm, folio, start, pages } = hugePage(arch, 'v6.18');
    const { state, pmd } = model;
    const to = quietly(model, () => migrateFolio(model, folio));
    expect(to).toBeGreaterThan(0);
    const entry = entryAt(model, mm, start, 'pmd');
    expect(pmd.pfn(entry)).toBe(model.machine.memory.pfn(to));
    expect([pmd.is.write(entry), pmd.is.dirty(entry)]).toEqual([true, true]);
    expect(isAnonExclusive(model, to)).toBe(true);
    expect([folioMapcount(model, to), state.get(Frame.entireMapcount, to)]).toEqual([1, 1]);
    expect([state.get(Frame.refcount, to), state.get(Frame.refcount, folio)]).toEqual([1, 0]);
    expect(state.get(Frame.content, to + pages - 1)).toBe(pages - 1);
    expect(state.get(Mm.anonPages, mm)).toBe(pages);
    expect(quietly(model, () => exitMm(model, mm))).toBeUndefined();
  });

  it.each([
    ['v6.1', true],
    ['rmap-log/10', false],
  ])('keeps the protection of userfaultfd when it migrates in %s: %s', (revision, keeps) => {
    const { model, mm, folio, start } = hugePage(arch, revision);
    const { pmd } = model;
    const slot = slotMade(model, mm, start, 'pmd');
    setEntry(model, slot, pmd.to.mkuffd_wp(pmd.to.wrprotect(entryAt(model, mm, start, 'pmd'))));
    const watches = pmd.is.uffd_wp(entryAt(model, mm, start, 'pmd'));
    quietly(model, () => migrateFolio(model, folio));
    expect(pmd.is.uffd_wp(entryAt(model, mm, start, 'pmd'))).toBe(watches && keeps);
  });

  it('is dirty in smaps, on its way, by bits that mean something else there (SPEC 24.10)', () => {
    const { model, mm, vma, folio, start, pages } = hugePage(arch, 'v6.18');
    const { pmd } = model;
    const slot = slotMade(model, mm, start, 'pmd');
    setEntry(model, slot, pmd.to.mkold(pmd.to.mkclean(entryAt(model, mm, start, 'pmd'))));
    getRefs(model, folio);
    quietly(model, () => tryToMigrate(model, folio));
    const entry = entryAt(model, mm, start, 'pmd');
    expect([pmd.is.present(entry), pmd.absent(entry).what]).toEqual([false, 'migration-write']);
    const { sharedDirty, sharedClean, referenced } = smaps(model, vma);
    expect(sharedDirty).toBe(pmd.is.dirty(entry) ? pages : 0);
    expect(sharedClean).toBe(pages - sharedDirty);
    expect(referenced).toBe(pmd.is.young(entry) ? pages : 0);
    // x86 inverts the offset, which reaches the second dirty bit; arm64 has bits of the frame there.
    expect([sharedDirty, referenced].some((count) => count > 0)).toBe(true);
  });

  it('stays where it is while it is pinned', () => {
    const { model, mm, folio, start } = hugePage(arch, 'v6.18');
    quietly(model, () => getUserPages(model, mm, start + 3, 1, FOLL.PIN | FOLL.WRITE));
    const before = entryAt(model, mm, start, 'pmd');
    expect(quietly(model, () => migrateFolio(model, folio))).toBe(ERRNO.EAGAIN);
    expect(entryAt(model, mm, start, 'pmd')).toBe(before);
    expect(quietly(model, () => splitFolio(model, folio))).toBe(ERRNO.EAGAIN);
    expect(isAnonExclusive(model, folio)).toBe(true);
  });

  it.each([
    ['v6.9', false],
    ['v6.18', true],
  ] as const)('of %s comes apart into pages; zeros give way to the zeropage: %s', (revision, z) => {
    const { model, mm, vma, folio, start, pages } = hugePage(arch, revision);
    const { state, machine } = model;
    expect(quietly(model, () => splitFolio(model, folio))).toBe(0);
    const [first] = machine.zeroFrames;
    expect(frameAt(model, vma, start)).toBe(z ? first : folio);
    expect(state.get(Mm.anonPages, mm)).toBe(z ? pages - 1 : pages);
    for (const i of [1, pages - 1]) {
      expect(frameAt(model, vma, start + i)).toBe(folio + i);
      const counts = [Frame.refcount, Frame.mapcount, Frame.order].map((f) =>
        state.get(f, folio + i),
      );
      expect(counts).toEqual([1, 1, 0]);
      expect(isAnonExclusive(model, folio + i)).toBe(true);
      expect(model.pte.is.write(entryOf(model, vma, start + i))).toBe(true);
    }
    expect(state.get(Frame.refcount, folio)).toBe(z ? 0 : 1);
    expect(quietly(model, () => exitMm(model, mm))).toBeUndefined();
  });

  it('is swapped out page by page', () => {
    const { model, mm, vma, folio, start, pages } = hugePage(arch, 'v6.18');
    const { state } = model;
    expect(quietly(model, () => reclaimFolio(model, folio, true))).toBe(true);
    expect([state.get(Mm.anonPages, mm), state.get(Mm.swapEntries, mm)]).toEqual([0, pages - 1]);
    expect(state.get(Frame.content, read(model, vma, start + 5))).toBe(5);
    expect(quietly(model, () => exitMm(model, mm))).toBeUndefined();
    for (let table = 0; table < state.layout.capacities.table; table++) {
      expect(state.get(Table.used, table)).toBe(0);
    }
  });
});
