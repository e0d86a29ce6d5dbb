import { describe, expect, it } from 'vitest';
import { getRefs, isAnonExclusive } from '../src/frames/folio.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { ERRNO, Frame, Mm, type Model } from '../src/index.js';
import { tryToMigrate } from '../src/rmap/migrate.js';
import { removeMigrationPtes } from '../src/rmap/migrate-back.js';
import { migrateFolio } from '../src/rmap/migrate-folio.js';
import { exitMm } from '../src/vma/exit.js';
import { ARCHITECTURES } from './machines.js';
import { child, entryOf, frameAt, oneProcess, quietly, VPN, write } from './processes.js';

/** Turns the mappings of a page into migration entries, for somebody who holds a reference. */
function isolated(model: Model, page: number): void {
  getRefs(model, page);
  quietly(model, () => tryToMigrate(model, page));
}

describe.each(ARCHITECTURES)('migration on %s', (arch) => {
  it('moves a page with its contents, rights and count', () => {
    const { model, mm, vma } = oneProcess(arch, 'v6.18');
    const { state, pte } = model;
    const from = write(model, vma, VPN, 7);
    const to = quietly(model, () => migrateFolio(model, from));
    expect(to).not.toBe(from);
    expect(frameAt(model, vma, VPN)).toBe(to);
    expect(pte.is.write(entryOf(model, vma, VPN))).toBe(true);
    expect(isAnonExclusive(model, to)).toBe(true);
    expect([Frame.content, Frame.refcount, Frame.mapcount].map((f) => state.get(f, to))).toEqual([
      7, 1, 1,
    ]);
    expect(state.get(Frame.refcount, from)).toBe(0);
    expect(state.get(Mm.anonPages, mm)).toBe(1);
    expect(quietly(model, () => exitMm(model, mm))).toBeUndefined();
  });

  it('makes entries by rights: writable, exclusive, shared (SPEC 9.9)', () => {
    const { model, mm, vma } = oneProcess(arch, 'v6.18');
    const { pte } = model;
    const [own, shared] = [VPN, VPN + 1];
    const pages = [own, shared].map((vpn, i) => write(model, vma, vpn, i));
    const { vma: copy } = child(model, mm);
    write(model, copy, own, 9);
    for (const page of pages) isolated(model, page);
    const what = (which: number, vpn: number) => pte.absent(entryOf(model, which, vpn)).what;
    expect(what(vma, own)).toBe('migration-read');
    expect(what(vma, shared)).toBe('migration-read');
    expect(what(copy, shared)).toBe('migration-read');
    expect(model.state.get(Mm.anonPages, mm)).toBe(2);
    for (const page of pages) quietly(model, () => removeMigrationPtes(model, page, page));
    expect(frameAt(model, copy, shared)).toBe(pages[1]);
    expect(model.state.get(Frame.mapcount, pages[1] as number)).toBe(2);
    expect(isAnonExclusive(model, pages[1] as number)).toBe(false);
  });

  it('keeps away from a pinned page, whose entry stays as it was (SPEC 15.61)', () => {
    const { model, mm, vma } = oneProcess(arch, 'v6.18');
    const page = write(model, vma, VPN, 3);
    quietly(model, () => getUserPages(model, mm, VPN, 1, FOLL.PIN | FOLL.WRITE));
    const before = entryOf(model, vma, VPN);
    const refs = model.state.get(Frame.refcount, page);
    expect(quietly(model, () => migrateFolio(model, page))).toBe(ERRNO.EAGAIN);
    expect(entryOf(model, vma, VPN)).toBe(before);
    expect(isAnonExclusive(model, page)).toBe(true);
    expect(model.state.get(Frame.refcount, page)).toBe(refs);
  });

  it('takes back its entries when somebody refers to the page otherwise', () => {
    const { model, mm, vma } = oneProcess(arch, 'v6.18');
    const page = write(model, vma, VPN, 3);
    quietly(model, () => getUserPages(model, mm, VPN, 1, FOLL.GET | FOLL.WRITE));
    expect(quietly(model, () => migrateFolio(model, page))).toBe(ERRNO.EAGAIN);
    expect(frameAt(model, vma, VPN)).toBe(page);
    expect(model.pte.is.write(entryOf(model, vma, VPN))).toBe(true);
    expect(isAnonExclusive(model, page)).toBe(true);
  });

  it('carries age where the entry has room for it', () => {
    const { model, vma } = oneProcess(arch, 'v6.18');
    const { pte } = model;
    const page = write(model, vma, VPN, 3);
    isolated(model, page);
    const keeps = model.machine.form.definition.swap.migrationAgeBits;
    expect(pte.absent(entryOf(model, vma, VPN))).toMatchObject({
      what: 'migration-write',
      young: keeps,
      dirty: keeps,
    });
    quietly(model, () => removeMigrationPtes(model, page, page));
    const entry = entryOf(model, vma, VPN);
    expect([pte.is.young(entry), pte.is.dirty(entry)]).toEqual([keeps, keeps]);
  });

  it('maps the zeropage for a page of zeros, when it is asked to (6.12 and later)', () => {
    for (const [revision, replaced] of [
      ['v6.9', false],
      ['v6.12', true],
    ] as const) {
      const { model, mm, vma } = oneProcess(arch, revision);
      const page = write(model, vma, VPN, 0);
      isolated(model, page);
      quietly(model, () => removeMigrationPtes(model, page, page, true));
      expect(model.machine.zeroFrames.includes(frameAt(model, vma, VPN))).toBe(replaced);
      expect(model.state.get(Mm.anonPages, mm)).toBe(replaced ? 0 : 1);
    }
  });
});
