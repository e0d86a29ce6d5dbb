import { describe, expect, it } from 'vitest';
import { copyPageRange } from '../src/fork/copy-page-range.js';
import { forkMm } from '../src/fork/fork.js';
import { allocFolio } from '../src/frames/allocate.js';
import { OWNER } from '../src/frames/page-flags.js';
import {
  type Entry,
  Frame,
  isAnonExclusive,
  MM_FLAG,
  Mm,
  Model,
  newMm,
  newVma,
  PAGE_FLAG,
  run,
  Vma,
} from '../src/index.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { addNewAnonRmap } from '../src/rmap/anon-rmap.js';
import { anonVmaPrepare } from '../src/rmap/anon-vma.js';
import { addFileRmap } from '../src/rmap/file-rmap.js';
import { entryAt, setEntry, slotMade } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { addVmFlags, pageProtOf } from '../src/vma/vma.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const ORDER = 2;
const PAGES = 4;
const RIGHTS = 0x1n | 0x2n | 0x10n | 0x20n;
const SHARED = 0x8n | 0x80n;

/** A folio of four pages that PTEs map, each entry made by `of`. */
function mapped(
  arch: string,
  revision: string,
  anonymous: boolean,
  of: (model: Model, entry: Entry, page: number) => Entry,
) {
  const config = { MEM_SOFT_DIRTY: false };
  const vmOps = [{ name: 'file', pageMkwrite: () => 0 }];
  const model = new Model(machineOf(arch, revision, { config, vmOps }));
  const { state, pte, machine } = model;
  const mm = newMm(model);
  const vma = newVma(model, mm, {
    start: VPN,
    end: VPN + PAGES,
    flags: anonymous ? RIGHTS : RIGHTS | SHARED,
    ...(anonymous ? {} : { ops: 0 }),
  });
  const folio = allocFolio(model, ORDER);
  state.set(Frame.refcount, folio, PAGES);
  if (anonymous) {
    anonVmaPrepare(model, vma);
    addNewAnonRmap(model, folio, vma, VPN);
    state.add(Mm.anonPages, mm, PAGES);
  } else {
    state.set(Frame.owner, folio, OWNER.file);
    addFileRmap(model, folio, PAGES, vma);
    state.add(Mm.filePages, mm, PAGES);
  }
  for (let i = 0; i < PAGES; i++) {
    const entry = pte.leaf(machine.memory.pfn(folio + i), pageProtOf(model, vma));
    setEntry(model, slotMade(model, mm, VPN + i, 'pte'), of(model, entry, i));
  }
  const entries = (where: number) =>
    Array.from({ length: PAGES }, (_, i) => entryAt(model, where, VPN + i, 'pte'));
  return { model, mm, vma, folio, entries };
}

const writable = ({ pte }: Model, entry: Entry): Entry => pte.mkwrite(pte.to.mkdirty(entry));

/** Written to once, cleaned since: differs from a writable entry in that alone. */
const cleaned = (model: Model, entry: Entry): Entry =>
  model.pte.to.mkclean(model.pte.to.wrprotect(writable(model, entry)));

describe.each(ARCHITECTURES)('a large folio mapped by PTEs on %s', (arch) => {
  it.each(['v6.1', 'v6.9', 'v6.12', 'v6.17', 'v6.18', 'v7.2'])(
    'is shared by fork page by page or at once: %s',
    (revision) => {
      const { model, mm, folio, entries } = mapped(arch, revision, true, writable);
      const { state, pte } = model;
      const child = forkMm(model, mm);
      expect(state.get(Frame.refcount, folio)).toBe(2 * PAGES);
      expect(state.get(Mm.anonPages, child)).toBe(PAGES);
      for (let i = 0; i < PAGES; i++) {
        expect(isAnonExclusive(model, folio + i)).toBe(false);
        for (const where of [mm, child]) {
          const entry = entries(where)[i] as Entry;
          expect(pte.pfn(entry)).toBe(model.machine.memory.pfn(folio + i));
          expect([pte.is.write(entry), pte.is.dirty(entry)]).toEqual([false, true]);
        }
      }
      expect(run(model, () => exitMm(model, child)).events).toEqual([]);
      expect(state.get(Frame.refcount, folio)).toBe(PAGES);
    },
  );

  it('is copied page by page where it may be pinned (SPEC 7.2)', () => {
    const { model, mm, folio, entries } = mapped(arch, 'v6.18', true, writable);
    const { state, pte } = model;
    state.set(Mm.flags, mm, MM_FLAG.hasPinned);
    state.add(Frame.refcount, folio, 1);
    state.set(Frame.pincount, folio, 1);
    // The second page is shared already, and stays so.
    state.set(Frame.flags, folio + 1, 0);
    const before = entries(mm);
    const child = forkMm(model, mm);
    const pfns = entries(child).map((entry) => pte.pfn(entry));
    const own = model.machine.memory.pfn(folio);
    expect(pfns.map((pfn, i) => pfn === own + i)).toEqual([false, true, false, false]);
    expect([0, 2, 3].map((i) => entries(mm)[i] === before[i])).toEqual([true, true, true]);
    expect(state.get(Mm.anonPages, child)).toBe(PAGES);
    expect([0, 1, 2, 3].map((i) => isAnonExclusive(model, folio + i))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('whose memory is broken ends the fork when it may be pinned', () => {
    const { model, mm, folio } = mapped(arch, 'v6.18', true, writable);
    model.state.set(Mm.flags, mm, MM_FLAG.hasPinned);
    model.state.add(Frame.refcount, folio, 1);
    model.state.set(Frame.pincount, folio, 1);
    const flags = model.state.get(Frame.flags, folio + 2);
    model.state.set(Frame.flags, folio + 2, flags | PAGE_FLAG.hwpoison);
    expect(forkMm(model, mm)).toBe(-12);
    expect(model.state.get(Frame.refcount, folio)).toBe(PAGES + 1);
  });

  it.each([
    ['v6.1', [false, true, false, false]],
    ['v6.12', [true, true, true, true]],
    ['v6.18', [true, true, true, true]],
  ] as const)(
    'in shared memory is writable for the child where one page was: %s (SPEC 7.4)',
    (revision, expected) => {
      const { model, vma, entries } = mapped(arch, revision, false, (on, entry, i) =>
        i === 1 ? writable(on, entry) : cleaned(on, entry),
      );
      addVmFlags(model, vma, 'VM_MIXEDMAP');
      const child = newMm(model);
      const { state } = model;
      const copy = newVma(model, child, {
        start: VPN,
        end: VPN + PAGES,
        flags: model.machine.flagSets.value(state.get(Vma.flags, vma)),
        ops: 0,
      });
      expect(copyPageRange(model, copy, vma)).toBe(0);
      expect(entries(child).map((entry) => model.pte.is.write(entry))).toEqual(expected);
      expect(entries(child).some((entry) => model.pte.is.dirty(entry))).toBe(false);
    },
  );

  it.each([
    ['v6.12', [false, true, false, false]],
    ['v6.17', [true, true, true, true]],
  ] as const)(
    'is as dirty as its dirtiest page to mprotect: %s (SPEC 8.2)',
    (revision, upgraded) => {
      const { model, mm, entries } = mapped(arch, revision, false, ({ pte }, entry, i) =>
        // What is dirty is soft-dirty too where that is tracked, and then all must be.
        i === 1 ? pte.to.mkdirty(entry) : pte.to.mksoft_dirty(entry),
      );
      expect(mprotect(model, mm, VPN, PAGES, 1n)).toBe(0);
      expect(mprotect(model, mm, VPN, PAGES, 3n)).toBe(0);
      expect(entries(mm).map((entry) => model.pte.is.write(entry))).toEqual(upgraded);
    },
  );

  it('gets the write bit back where the page is exclusive alone', () => {
    const { model, mm, folio, entries } = mapped(arch, 'v6.18', true, writable);
    model.state.set(Frame.flags, folio + 2, 0);
    mprotect(model, mm, VPN, PAGES, 1n);
    mprotect(model, mm, VPN, PAGES, 3n);
    expect(entries(mm).map((entry) => model.pte.is.write(entry))).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});
