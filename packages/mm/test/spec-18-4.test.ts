/**
 * SPEC 18.4, P23 to P44: faults, fork, mprotect, pins, unmapping and what /proc shows, each row one
 * state change. P1 to P22 and P45 to P56 are in spec-18-4-insert.test.ts.
 */
import { VM_MAYWRITE, VM_MIXEDMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { blockAt } from '../src/dax/blocks.js';
import { FSDAX_OPS } from '../src/dax/file-ops.js';
import { writeMemory } from '../src/fault/access.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { newFault } from '../src/fault/vmf.js';
import { forkMm } from '../src/fork/fork.js';
import { isAnonExclusive } from '../src/frames/folio.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { getUserPagesFast } from '../src/gup/gup-fast.js';
import { splitHugePmd } from '../src/huge/split.js';
import {
  checkInvariants,
  Frame,
  Global,
  MMAP_LOCK,
  Mm,
  Model,
  NONE,
  newMm,
  newVma,
  remapPfnRange,
  run,
  VM_FAULT,
  vmfInsertPfn,
} from '../src/index.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { entryAt, pagesOfLevel, setEntry, slotAt } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { munmap } from '../src/vma/munmap.js';
import { pageProtOf } from '../src/vma/vma.js';
import { PAGEMAP, pagemap } from '../src/walk/pagemap.js';
import { smaps } from '../src/walk/smaps.js';
import { SHARED as DAX_SHARED, VPN as DAX_VPN, HPN, mappedDax } from './dax.js';
import { ARCHITECTURES, machineOf } from './machines.js';
import { quietly } from './processes.js';

const UP_TO_R2 = ['v6.1', 'v6.9', 'v6.12'];
const R3_ON = ['v6.17', 'rfc-2025-06/14', 'v6.18', 'v6.18-fixed', 'v7.2'];
const ANY = [...UP_TO_R2, ...R3_ON];
const HUGE = ['x86', 'arm64', 's390x'];

const VPN = 0x1000;
const PAGES = 8;
const VM_READ = 0x1n;
const VM_HUGEPAGE = 0x2000_0000n;
const PRIVATE = 0x71n | VM_WRITE | VM_MAYWRITE | 0x8000000n;
const SHARED = PRIVATE | VM_SHARED | 0x80n;
const { GET, PIN, WRITE, LONGTERM, FAST_ONLY } = FOLL;

const each = (revisions: readonly string[], archs: readonly string[]) =>
  describe.each(revisions.flatMap((revision) => archs.map((arch) => [revision, arch] as const)));

/** A process with one VMA of private memory. */
function process(arch: string, revision: string) {
  const model = new Model(machineOf(arch, revision, { vmOps: [{ name: 'driver' }] }));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + PAGES, flags: PRIVATE });
  return { model, mm, vma, state: model.state, pte: model.pte };
}

/** The same with one page written: P23's. */
function written(arch: string, revision: string) {
  const made = process(arch, revision);
  expect(writeMemory(made.model, made.mm, VPN, 5)).toBe(0);
  return { ...made, frame: frameOf(made.model, made.mm) };
}

const entryOf = (model: Model, mm: number, vpn = VPN) => entryAt(model, mm, vpn, 'pte');
const frameOf = (model: Model, mm: number, vpn = VPN): number =>
  model.machine.memory.frame(model.pte.pfn(entryOf(model, mm, vpn)));

/** References, mappings. */
const counts = ({ state }: Model, frame: number) => [
  state.get(Frame.refcount, frame),
  state.get(Frame.mapcount, frame),
];

/** What a row says about a page of a process: entry writable, page exclusive. */
const rights = (model: Model, mm: number, vpn = VPN) => [
  model.pte.is.write(entryOf(model, mm, vpn)),
  isAnonExclusive(model, frameOf(model, mm, vpn)),
];

each(ANY, ARCHITECTURES)('%s %s', (revision, arch) => {
  it('P23 a read fault maps the zeropage, a write fault a page of its own', () => {
    const { model, mm, vma, state, pte } = process(arch, revision);
    const zero = model.machine.zeroFrames[0] as number;
    const before = counts(model, zero);
    expect(quietly(model, () => handleMmFault(model, vma, VPN, 0))).toBe(0);
    expect(frameOf(model, mm)).toBe(zero);
    expect(pte.is.special(entryOf(model, mm))).toBe(model.kernel.hasSpecial('pte'));
    expect(pte.is.write(entryOf(model, mm))).toBe(false);
    expect([counts(model, zero), state.get(Mm.anonPages, mm)]).toEqual([before, 0]);
    quietly(model, () => handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE));
    expect(counts(model, frameOf(model, mm))).toEqual([1, 1]);
    expect([...rights(model, mm), state.get(Mm.anonPages, mm)]).toEqual([true, true, 1]);
    expect(counts(model, zero)).toEqual(before);
  });

  it('P24 fork shares a page, and who is left alone writes it in place', () => {
    const { model, mm, frame } = written(arch, revision);
    const child = quietly(model, () => forkMm(model, mm));
    expect([rights(model, mm), rights(model, child)]).toEqual([
      [false, false],
      [false, false],
    ]);
    expect(counts(model, frame)).toEqual([2, 2]);
    quietly(model, () => exitMm(model, child));
    expect(counts(model, frame)).toEqual([1, 1]);
    expect(writeMemory(model, mm, VPN, 6)).toBe(0);
    expect([frameOf(model, mm), ...rights(model, mm)]).toEqual([frame, true, true]);
  });

  it('P25 a pinned page stays with the parent, the child gets a copy', () => {
    const { model, mm, frame } = written(arch, revision);
    expect(getUserPages(model, mm, VPN, 1, PIN | WRITE)).toBe(1);
    const child = quietly(model, () => forkMm(model, mm));
    expect([frameOf(model, mm), ...rights(model, mm)]).toEqual([frame, true, true]);
    expect(counts(model, frame)).toEqual([1 + 1024, 1]);
    expect(frameOf(model, child)).not.toBe(frame);
    expect(rights(model, child)).toEqual([true, true]);
    expect(model.state.get(Frame.content, frameOf(model, child))).toBe(5);
  });

  it('P26 a page that is merely referenced is shared, and its holder keeps the old one', () => {
    const { model, mm, frame } = written(arch, revision);
    expect(getUserPages(model, mm, VPN, 1, GET)).toBe(1);
    const child = quietly(model, () => forkMm(model, mm));
    expect(frameOf(model, child)).toBe(frame);
    expect(writeMemory(model, mm, VPN, 6)).toBe(0);
    expect(frameOf(model, mm)).not.toBe(frame);
    expect(model.state.get(Frame.content, frame)).toBe(5);
    expect(counts(model, frame)).toEqual([2, 1]);
  });

  it('P29 mprotect gives an exclusive page its write bit back', () => {
    const { model, mm, frame } = written(arch, revision);
    expect(mprotect(model, mm, VPN, PAGES, VM_READ)).toBe(0);
    expect(rights(model, mm)).toEqual([false, true]);
    expect(mprotect(model, mm, VPN, PAGES, VM_READ | VM_WRITE)).toBe(0);
    expect([frameOf(model, mm), ...rights(model, mm)]).toEqual([frame, true, true]);
  });

  it('P30 and leaves one read-only that is shared', () => {
    const { model, mm } = written(arch, revision);
    forkMm(model, mm);
    expect(mprotect(model, mm, VPN, PAGES, VM_READ)).toBe(0);
    expect(mprotect(model, mm, VPN, PAGES, VM_READ | VM_WRITE)).toBe(0);
    expect(rights(model, mm)).toEqual([false, false]);
    expect(writeMemory(model, mm, VPN, 6)).toBe(0);
    expect(rights(model, mm)).toEqual([true, true]);
  });

  it('P31 a page of a file whose writes are noticed: just a dirty one becomes writable', () => {
    for (const dirty of [false, true]) {
      const vmOps = [{ name: 'notified', pageMkwrite: () => 0, pfnMkwrite: () => 0 }];
      const model = new Model(machineOf(arch, revision, { vmOps }));
      const mm = newMm(model);
      const vma = newVma(model, mm, {
        start: VPN,
        end: VPN + PAGES,
        flags: SHARED | VM_MIXEDMAP,
        pgoff: 0,
        ops: 0,
      });
      const { pte } = model;
      expect(vmfInsertPfn(model, vma, VPN, 0x800)).toBe(VM_FAULT.NOPAGE);
      if (dirty) {
        setEntry(model, slotAt(model, mm, VPN, 'pte'), pte.to.mkdirty(entryOf(model, mm)));
      }
      expect(pte.is.write(entryOf(model, mm))).toBe(false);
      expect(mprotect(model, mm, VPN, PAGES, VM_READ)).toBe(0);
      expect(mprotect(model, mm, VPN, PAGES, VM_READ | VM_WRITE)).toBe(0);
      expect([dirty, pte.is.write(entryOf(model, mm))]).toEqual([dirty, dirty]);
    }
  });

  it('P32 a pin for reading of a shared page unshares it first', () => {
    for (const alone of [false, true]) {
      const { model, mm, frame } = written(arch, revision);
      const child = forkMm(model, mm);
      if (alone) exitMm(model, child);
      expect(getUserPages(model, mm, VPN, 1, PIN)).toBe(1);
      expect(frameOf(model, mm) === frame).toBe(alone);
      expect(rights(model, mm)).toEqual([false, true]);
      expect(counts(model, frameOf(model, mm))).toEqual([1 + 1024, 1]);
    }
  });

  it('P41 a reference to a raw frame of a MIXEDMAP VMA', () => {
    const { model, mm, state } = process(arch, revision);
    const flags = SHARED | VM_MIXEDMAP;
    const vma = newVma(model, mm, { start: 0x2000, end: 0x2008, flags, ops: 0 });
    expect(vmfInsertPfn(model, vma, 0x2000, 0x800)).toBe(VM_FAULT.NOPAGE);
    expect(getUserPages(model, mm, 0x2000, 1, GET)).toBe(-17);
    expect(state.get(Global.pinsAcquired, 0)).toBe(0);
  });

  it('P42, P43 raw frames with a private copy: no GUP, counted by smaps since 6.2', () => {
    const { model, mm, state } = process(arch, revision);
    state.set(Mm.mmapLock, mm, MMAP_LOCK.write);
    const start = 0x2000;
    const vma = newVma(model, mm, { start, end: start + 2, flags: PRIVATE, ops: 0 });
    expect(remapPfnRange(model, vma, start, 0x800, 2, pageProtOf(model, vma))).toBe(0);
    state.set(Mm.mmapLock, mm, 0);
    expect(writeMemory(model, mm, start, 6)).toBe(0);
    expect([...rights(model, mm, start), state.get(Mm.anonPages, mm)]).toEqual([true, true, 1]);
    for (const flags of [GET, GET | WRITE, PIN, PIN | WRITE]) {
      for (const vpn of [start, start + 1]) {
        expect(getUserPages(model, mm, vpn, 1, flags)).toBe(-14);
      }
    }
    const seen = revision === 'v6.1' ? 0 : 1;
    expect(smaps(model, vma)).toMatchObject({ rss: seen, anonymous: seen });
  });

  it('P44 pagemap of the zeropage: present with its frame, and of no file', () => {
    const { model, mm, vma, pte } = process(arch, revision);
    handleMmFault(model, vma, VPN, 0);
    const [word = 0n] = pagemap(model, mm, VPN, 1);
    expect(word & (PAGEMAP.present | PAGEMAP.file)).toBe(PAGEMAP.present);
    expect(word & 0x7fffffffffffffn).toBe(BigInt(pte.pfn(entryOf(model, mm))));
  });
});

each(['v6.9', 'v6.12', ...R3_ON], ARCHITECTURES)('%s %s', (revision, arch) => {
  it('P33 a long pin for reading: the zeropage first, then an exclusive page', () => {
    const { model, mm } = process(arch, revision);
    expect(getUserPages(model, mm, VPN, 1, PIN | LONGTERM)).toBe(1);
    expect(model.machine.zeroFrames).not.toContain(frameOf(model, mm));
    expect(rights(model, mm)).toEqual([false, true]);
    expect(counts(model, frameOf(model, mm))).toEqual([1 + 1024, 1]);
  });
});

each(
  ANY.filter((revision) => revision !== 'v6.1'),
  HUGE,
)('%s %s', (revision, arch) => {
  it('P27, P28 a large folio that a child gave back: written in place since 6.15', () => {
    const model = new Model(machineOf(arch, revision));
    const mm = newMm(model);
    const vma = newVma(model, mm, { start: VPN, end: VPN + 16, flags: PRIVATE });
    model.state.set(Global.anonOrder, 0, 4);
    quietly(model, () => handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE));
    const folio = frameOf(model, mm);
    expect(model.state.get(Frame.order, folio)).toBe(4);
    const exclusive = () => Array.from({ length: 16 }, (_, i) => isAnonExclusive(model, folio + i));
    expect(exclusive()).not.toContain(false);
    const child = quietly(model, () => forkMm(model, mm));
    expect(exclusive()).not.toContain(true);
    quietly(model, () => exitMm(model, child));
    model.state.set(Global.anonOrder, 0, 0);
    const reused = R3_ON.includes(revision);
    expect(model.config.MM_ID).toBe(true);
    const said = run(model, () => handleMmFault(model, vma, VPN + 3, FAULT_FLAG.WRITE));
    // A copy leaves the folio mapped in part.
    expect(said).toEqual({ value: 0, events: reused ? [] : [{ kind: 'note', id: 'defer-split' }] });
    expect(frameOf(model, mm, VPN + 3) === folio + 3).toBe(reused);
    expect(exclusive()).toEqual(exclusive().map((_, i) => reused && i === 3));
    expect(rights(model, mm, VPN + 3)).toEqual([true, true]);
  });
});

each(ANY, HUGE)('%s %s', (revision, arch) => {
  function huge(flags = 0) {
    const model = new Model(
      machineOf(arch, revision, { ramFrames: 2048, capacities: { table: 32 } }),
    );
    const pages = pagesOfLevel(model, 'pmd');
    const start = 4 * pages;
    const mm = newMm(model);
    const end = start + pages;
    const vma = newVma(model, mm, { start, end, flags: PRIVATE | VM_HUGEPAGE });
    expect(quietly(model, () => handleMmFault(model, vma, start, flags))).toBe(0);
    const leaf = entryAt(model, mm, start, 'pmd');
    return { model, mm, vma, pages, start, leaf, state: model.state };
  }

  it('P37 munmap of a part of a huge page splits it, and keeps the rest', () => {
    const { model, mm, pages, start, leaf, state } = huge(FAULT_FLAG.WRITE);
    const folio = model.machine.memory.frame(model.pmd.pfn(leaf));
    expect(munmap(model, mm, start, 2)).toBe(0);
    expect([entryOf(model, mm, start), entryOf(model, mm, start + 1)]).toEqual([NONE, NONE]);
    for (const i of [2, 3, pages - 1]) {
      expect(frameOf(model, mm, start + i)).toBe(folio + i);
      expect(rights(model, mm, start + i)).toEqual([true, true]);
    }
    expect(state.get(Mm.anonPages, mm)).toBe(pages - 2);
    expect([state.get(Frame.refcount, folio), state.get(Frame.deferredSplit, folio)]).toEqual([
      pages - 2,
      1,
    ]);
  });

  it('P38 a split of the huge zero folio: the zeropage as often, uncounted', () => {
    const { model, mm, vma, pages, start, state } = huge();
    const zero = model.machine.zeroFrames[0] as number;
    const both = [zero, model.machine.hugeZeroFrame];
    const before = both.map((frame) => counts(model, frame));
    splitHugePmd(model, vma, start);
    for (let i = 0; i < pages; i++) {
      const entry = entryOf(model, mm, start + i);
      expect([frameOf(model, mm, start + i), model.pte.is.special(entry)]).toEqual([zero, true]);
    }
    expect(both.map((frame) => counts(model, frame))).toEqual(before);
    expect(state.get(Mm.anonPages, mm)).toBe(0);
  });

  it('P39, P40 GUP-fast of the huge zero folio ends with the special bit', () => {
    const { model, mm, start, state } = huge();
    const zero = model.machine.hugeZeroFrame;
    const before = state.get(Frame.refcount, zero);
    const marked = model.has('huge-zero-pmd-special') && model.kernel.hasSpecial('pmd');
    if (['v6.18', 'v6.18-fixed'].includes(revision)) expect(marked).toBe(arch !== 's390x');
    if (['v6.1', 'v6.9', 'v6.12', 'v6.17'].includes(revision)) expect(marked).toBe(false);
    const fast = getUserPagesFast(model, mm, start, 3, GET | FAST_ONLY);
    expect(fast).toBe(marked ? 0 : 3);
    expect(state.get(Frame.refcount, zero)).toBe(before + fast);
    expect(getUserPagesFast(model, mm, start, 3, GET)).toBe(3);
    expect(state.get(Frame.refcount, zero)).toBe(before + fast + 3);
  });

  it('P44 pagemap of the huge zero folio: a file’s', () => {
    const { model, mm, start, leaf } = huge();
    const [word = 0n] = pagemap(model, mm, start, 1);
    expect(word & (PAGEMAP.present | PAGEMAP.file)).toBe(PAGEMAP.present | PAGEMAP.file);
    expect(word & 0x7fffffffffffffn).toBe(BigInt(model.pmd.pfn(leaf)));
  });
});

describe.each(ANY)('DAX in %s', (revision) => {
  it('P34, P35 munmap of a DAX page: uncounted until 6.14, its last reference since', () => {
    const { model, mm, mapping } = mappedDax(revision, DAX_SHARED);
    expect(writeMemory(model, mm, DAX_VPN + 1, 5)).toBe(0);
    const frame = blockAt(model, mapping, 1);
    const counted = R3_ON.includes(revision) ? 1 : 0;
    const { state } = model;
    expect([...counts(model, frame), state.get(Mm.filePages, mm)]).toEqual([1, counted, counted]);
    const woken = counted === 1 ? [{ kind: 'note', id: 'dax-page-idle' }] : [];
    expect(run(model, () => munmap(model, mm, DAX_VPN, 4))).toEqual({ value: 0, events: woken });
    expect([...counts(model, frame), state.get(Mm.filePages, mm)]).toEqual([1 - counted, 0, 0]);
    expect(checkInvariants(model)).toEqual([]);
  });

  it('P36 munmap of a part of a huge DAX page takes all of it, and faults bring the rest back', () => {
    const { model, mm, mapping, state } = dax(revision);
    const frame = blockAt(model, mapping, 0);
    expect(munmap(model, mm, DAX_VPN, 2)).toBe(0);
    for (const i of [0, 2, HPN - 1]) {
      expect(entryAt(model, mm, DAX_VPN + i, 'pte')).toBe(NONE);
    }
    expect(entryAt(model, mm, DAX_VPN, 'pmd')).toBe(NONE);
    expect(state.get(Mm.filePages, mm)).toBe(0);
    expect(writeMemory(model, mm, DAX_VPN + 2, 7)).toBe(0);
    expect(frameOf(model, mm, DAX_VPN + 2)).toBe(frame + 2);
  });
});

/** A DAX file of which a PMD maps all. */
function dax(revision: string) {
  const made = mappedDax(revision, DAX_SHARED, HPN);
  const { model, vma, mm } = made;
  const vmf = newFault(vma, DAX_VPN, FAULT_FLAG.WRITE, NONE);
  expect(FSDAX_OPS.hugeFault?.(model, vmf, 'pmd')).toBe(VM_FAULT.NOPAGE);
  expect(model.pmd.is.present(entryAt(model, mm, DAX_VPN, 'pmd'))).toBe(true);
  return { ...made, state: model.state };
}
