import { VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { prepareFolio } from '../src/frames/allocate.js';
import { isAnonExclusive } from '../src/frames/folio.js';
import { PAGE_FLAG, PGMAP_TYPE } from '../src/frames/page-flags.js';
import { shrinkHugeZeroFolio } from '../src/huge/huge-zero.js';
import { splitHugePmd } from '../src/huge/split.js';
import {
  Frame,
  Global,
  Mm,
  Model,
  NONE,
  newMm,
  newVma,
  Pgmap,
  run,
  VM_FAULT,
  Vma,
} from '../src/index.js';
import { changeProtection, changeProtNuma } from '../src/mprotect/change-protection.js';
import { MM_CP } from '../src/mprotect/flags.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { addNewAnonRmap } from '../src/rmap/anon-rmap.js';
import { anonVmaPrepare } from '../src/rmap/anon-vma.js';
import { depositTable, entryAt, pagesOfLevel, setEntry, slotMade } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { vmaAt } from '../src/vma/vma.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { machineOf } from './machines.js';
import { PRIVATE, quietly } from './processes.js';

const VM_READ = 0x1n;
const VM_HUGEPAGE = 0x20000000n;
const REVISIONS = ['v6.1', 'v6.9', 'v6.12', 'v6.17', 'v6.18', 'v6.18-fixed', 'v7.2'];

/** A process with anonymous memory that asks for huge pages, two of them long. */
function process(arch: string, revision: string, ramFrames = 2048) {
  const model = new Model(machineOf(arch, revision, { ramFrames, capacities: { table: 32 } }));
  const pages = pagesOfLevel(model, 'pmd');
  const start = 4 * pages;
  const mm = newMm(model);
  const flags = PRIVATE | VM_HUGEPAGE;
  const vma = newVma(model, mm, { start, end: start + 2 * pages, flags });
  return { model, mm, vma, start, pages };
}

/** The operation must end in no BUG and note the one thing, once or more. */
function noting(model: Model, id: string, operation: () => unknown): void {
  const { bug, events } = run(model, operation);
  expect(bug).toBeUndefined();
  expect(new Set(events.map((event) => ('id' in event ? event.id : event.kind)))).toEqual(
    new Set([id]),
  );
}

describe.each(['x86', 'arm64', 's390x'])('huge pages of anonymous memory on %s', (arch) => {
  describe.each(REVISIONS)('%s', (revision) => {
    it('a write gets a folio of its own, which exit gives back (SPEC 10.2)', () => {
      const { model, mm, vma, start, pages } = process(arch, revision);
      const { state, pmd, machine } = model;
      expect(quietly(model, () => handleMmFault(model, vma, start + 5, FAULT_FLAG.WRITE))).toBe(0);
      const entry = entryAt(model, mm, start, 'pmd');
      const folio = machine.memory.frame(pmd.pfn(entry));
      expect([pmd.is.write(entry), pmd.is.dirty(entry)]).toEqual([true, true]);
      expect(isAnonExclusive(model, folio)).toBe(true);
      expect(state.get(Frame.refcount, folio)).toBe(1);
      expect(state.get(Mm.anonPages, mm)).toBe(pages);
      expect(state.get(Mm.nrPtes, mm)).toBe(1);
      quietly(model, () => exitMm(model, mm));
      expect(state.get(Frame.refcount, folio)).toBe(0);
      expect(state.get(Global.nrAnonMapped, 0)).toBe(0);
      expect(state.get(Global.nrAnonThps, 0)).toBe(0);
    });

    it('a read maps the huge zero folio, a write replaces or splits it (SPEC 10.3, 10.4)', () => {
      const { model, mm, vma, start, pages } = process(arch, revision);
      const { state, pmd, pte, machine } = model;
      expect(quietly(model, () => handleMmFault(model, vma, start, 0))).toBe(0);
      const read = entryAt(model, mm, start, 'pmd');
      expect(machine.memory.frame(pmd.pfn(read))).toBe(machine.hugeZeroFrame);
      const marked = model.has('huge-zero-pmd-special') && model.kernel.hasSpecial('pmd');
      expect(pmd.is.special(read)).toBe(marked);
      expect(pmd.is.write(read)).toBe(false);
      expect([state.get(Mm.anonPages, mm), state.get(Mm.nrPtes, mm)]).toEqual([0, 1]);
      expect(state.get(Global.hugeZeroRefs, 0)).toBe(2);
      expect(quietly(model, () => handleMmFault(model, vma, start + 1, FAULT_FLAG.WRITE))).toBe(0);
      if (model.has('huge-zero-replaced-on-write')) {
        expect(pmd.is.write(entryAt(model, mm, start, 'pmd'))).toBe(true);
        expect(state.get(Mm.anonPages, mm)).toBe(pages);
      } else {
        expect(state.get(Mm.anonPages, mm)).toBe(1);
        const written = entryAt(model, mm, start + 1, 'pte');
        const other = entryAt(model, mm, start, 'pte');
        expect([pte.is.write(written), pte.is.special(other)]).toEqual([true, true]);
      }
      expect(state.get(Frame.refcount, machine.hugeZeroFrame)).toBe(1);
      expect(state.get(Mm.nrPtes, mm)).toBe(1);
    });

    it('the shrinker frees the huge zero folio when no address space has it (SPEC 1.7)', () => {
      const { model, mm, vma, start } = process(arch, revision);
      const { state, machine } = model;
      quietly(model, () => handleMmFault(model, vma, start, 0));
      expect(shrinkHugeZeroFolio(model)).toBe(false);
      quietly(model, () => exitMm(model, mm));
      expect(shrinkHugeZeroFolio(model)).toBe(true);
      expect(state.ref(Global.hugeZero, 0)).toBe(-1);
      expect(state.get(Frame.refcount, machine.hugeZeroFrame)).toBe(0);
    });

    it('fork shares the folio; who is left alone writes it in place (SPEC 10.3, 10.5)', () => {
      const { model, mm, vma, start, pages } = process(arch, revision);
      const { state, pmd, machine } = model;
      quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE));
      const folio = machine.memory.frame(pmd.pfn(entryAt(model, mm, start, 'pmd')));
      const child = quietly(model, () => forkMm(model, mm));
      expect(isAnonExclusive(model, folio)).toBe(false);
      expect(state.get(Frame.refcount, folio)).toBe(2);
      expect(state.get(Frame.entireMapcount, folio)).toBe(2);
      expect([state.get(Mm.anonPages, child), state.get(Mm.nrPtes, child)]).toEqual([pages, 1]);
      for (const each of [mm, child]) {
        expect(pmd.is.write(entryAt(model, each, start, 'pmd'))).toBe(false);
      }
      quietly(model, () => exitMm(model, child));
      expect(quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE))).toBe(0);
      expect(pmd.is.write(entryAt(model, mm, start, 'pmd'))).toBe(true);
      expect(isAnonExclusive(model, folio)).toBe(true);
      expect(state.get(Mm.anonPages, mm)).toBe(pages);
    });

    it('a shared folio is split by a write, and one page copied (SPEC 10.3)', () => {
      const { model, mm, vma, start, pages } = process(arch, revision);
      const { state, pmd, pte, machine } = model;
      quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE));
      const folio = machine.memory.frame(pmd.pfn(entryAt(model, mm, start, 'pmd')));
      const child = quietly(model, () => forkMm(model, mm));
      expect(quietly(model, () => handleMmFault(model, vma, start + 3, FAULT_FLAG.WRITE))).toBe(0);
      const written = entryAt(model, mm, start + 3, 'pte');
      expect(pte.is.write(written)).toBe(true);
      expect(pte.pfn(written)).not.toBe(machine.memory.pfn(folio) + 3);
      expect(pte.is.write(entryAt(model, mm, start + 4, 'pte'))).toBe(false);
      expect(state.get(Frame.entireMapcount, folio)).toBe(1);
      expect(state.get(Frame.refcount, folio)).toBe(pages);
      // One page of it is mapped no more.
      noting(model, 'defer-split', () => exitMm(model, child));
      const exit = run(model, () => exitMm(model, mm));
      // Until 6.9 every page that goes asks for the split once more.
      expect(exit.events.filter(({ kind }) => kind !== 'note')).toEqual([]);
      expect(state.get(Frame.refcount, folio)).toBe(0);
    });

    it('a split keeps what the PMD said, and exclusivity goes to every page (SPEC 10.1)', () => {
      const { model, mm, vma, start, pages } = process(arch, revision);
      const { state, pmd, pte, machine } = model;
      quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE));
      const folio = machine.memory.frame(pmd.pfn(entryAt(model, mm, start, 'pmd')));
      quietly(model, () => splitHugePmd(model, vma, start));
      for (const i of [0, 1, pages - 1]) {
        const entry = entryAt(model, mm, start + i, 'pte');
        expect(pte.pfn(entry)).toBe(machine.memory.pfn(folio) + i);
        const dirty = model.has('split-keeps-dirty');
        expect([pte.is.write(entry), pte.is.dirty(entry)]).toEqual([true, dirty]);
        expect(isAnonExclusive(model, folio + i)).toBe(true);
        expect(state.get(Frame.mapcount, folio + i)).toBe(1);
      }
      expect(state.get(Frame.refcount, folio)).toBe(pages);
      expect(state.get(Frame.entireMapcount, folio)).toBe(0);
      expect([state.get(Mm.anonPages, mm), state.get(Mm.nrPtes, mm)]).toEqual([pages, 1]);
      expect(state.get(Global.nrAnonMapped, 0)).toBe(pages);
    });

    it('a frozen split leaves migration entries, and a pinned folio is not frozen', () => {
      for (const pinned of [0, 1]) {
        const { model, mm, vma, start, pages } = process(arch, revision);
        const { state, pmd, pte, machine } = model;
        quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE));
        const folio = machine.memory.frame(pmd.pfn(entryAt(model, mm, start, 'pmd')));
        state.set(Frame.pincount, folio, pinned);
        state.add(Frame.refcount, folio, 1);
        quietly(model, () => splitHugePmd(model, vma, start, true));
        const entry = entryAt(model, mm, start + 2, 'pte');
        expect(pte.is.present(entry)).toBe(pinned === 1);
        if (pinned === 0) expect(pte.absent(entry).what).toBe('migration-write');
        expect(state.get(Frame.mapcount, folio + 2)).toBe(pinned);
        expect(state.get(Frame.refcount, folio)).toBe(pinned === 1 ? pages + 1 : 1);
      }
    });

    it('unmapping a part splits first, and the rest waits to be split (SPEC 18.4 P37)', () => {
      const { model, mm, vma, start, pages } = process(arch, revision);
      const { state, pmd, machine } = model;
      quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE));
      const folio = machine.memory.frame(pmd.pfn(entryAt(model, mm, start, 'pmd')));
      noting(model, 'defer-split', () => zapVmaRange(model, vma, start, start + 2));
      expect(state.get(Mm.anonPages, mm)).toBe(pages - 2);
      expect(state.get(Frame.deferredSplit, folio)).toBe(1);
      expect(state.get(Frame.refcount, folio)).toBe(pages - 2);
    });

    it('mprotect() takes the write bit and gives it back as the revision does (SPEC 8.5)', () => {
      const { model, mm, vma, start, pages } = process(arch, revision);
      const { pmd } = model;
      quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE));
      expect(quietly(model, () => mprotect(model, mm, start, 2 * pages, VM_READ))).toBe(0);
      expect(pmd.is.write(entryAt(model, mm, start, 'pmd'))).toBe(false);
      expect(quietly(model, () => mprotect(model, mm, start, 2 * pages, VM_READ | VM_WRITE))).toBe(
        0,
      );
      const upgraded = model.has('manual-write-upgrade');
      expect(pmd.is.write(entryAt(model, mm, start, 'pmd'))).toBe(upgraded);
      expect(vmaAt(model, mm, start)).toBe(vma);
    });

    it('a hint of NUMA balancing is undone by the fault on it (SPEC 6.8)', () => {
      const { model, mm, vma, start, pages } = process(arch, revision);
      const { pmd, state } = model;
      quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE));
      const before = entryAt(model, mm, start, 'pmd');
      expect(changeProtNuma(model, vma, start, start + pages)).toBe(pages);
      expect(pmd.is.protnone(entryAt(model, mm, start, 'pmd'))).toBe(true);
      expect(quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE))).toBe(0);
      const after = entryAt(model, mm, start, 'pmd');
      expect([pmd.is.protnone(after), pmd.is.write(after)]).toEqual([false, true]);
      expect(pmd.pfn(after)).toBe(pmd.pfn(before));
      expect(state.get(Mm.anonPages, mm)).toBe(pages);
    });

    it('without a huge page to be had, PTEs serve', () => {
      const { model, mm, vma, start } = process(arch, revision, 64);
      expect(quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE))).toBe(0);
      expect(model.state.get(Mm.anonPages, mm)).toBe(1);
    });
  });
});

describe('the huge zero folio', () => {
  it('is lost to the child when fork takes it for raw frames (SPEC 15.9)', () => {
    for (const [revision, refs] of [
      ['rfc-2025-06/7', 3],
      ['rfc-2025-06/8', 2],
      ['v6.18', 3],
    ] as const) {
      const { model, mm, vma, start } = process('x86', revision);
      quietly(model, () => handleMmFault(model, vma, start, 0));
      const child = run(model, () => forkMm(model, mm));
      expect(model.state.get(Global.hugeZeroRefs, 0)).toBe(refs);
      expect(child.bug).toBeUndefined();
    }
  });

  it('is not counted where it is kept for ever', () => {
    const model = new Model(
      machineOf('x86', 'v6.18', { config: { PERSISTENT_HUGE_ZERO_FOLIO: true } }),
    );
    const mm = newMm(model);
    const flags = PRIVATE | VM_HUGEPAGE;
    const vma = newVma(model, mm, { start: 512, end: 1024, flags });
    expect(quietly(model, () => handleMmFault(model, vma, 512, 0))).toBe(0);
    expect(model.state.get(Global.hugeZeroRefs, 0)).toBe(0);
    quietly(model, () => exitMm(model, mm));
    expect(shrinkHugeZeroFolio(model)).toBe(false);
    expect(model.state.ref(Global.hugeZero, 0)).toBe(model.machine.hugeZeroFrame);
  });

  it('is not to be had while somebody still holds the one that was freed', () => {
    const { model, mm, vma, start } = process('x86', 'v6.18', 64);
    quietly(model, () => handleMmFault(model, vma, start, 0));
    const { state, machine } = model;
    state.add(Frame.refcount, machine.hugeZeroFrame, 1);
    quietly(model, () => exitMm(model, mm));
    expect(shrinkHugeZeroFolio(model)).toBe(true);
    const next = newMm(model);
    const flags = PRIVATE | VM_HUGEPAGE;
    const again = newVma(model, next, { start, end: start + 512, flags });
    noting(model, 'pgtable-freed', () => handleMmFault(model, again, start, 0));
    expect(model.pte.is.special(entryAt(model, next, start, 'pte'))).toBe(true);
  });
});

describe('protections of huge PMDs', () => {
  it('userfaultfd write-protects and resolves one', () => {
    const { model, mm, vma, start, pages } = process('x86', 'v6.18');
    const { pmd, state } = model;
    quietly(model, () => handleMmFault(model, vma, start, FAULT_FLAG.WRITE));
    const prot = state.get(Vma.pageProt, vma);
    const change = (flags: number) =>
      changeProtection(model, vma, start, start + pages, prot, flags);
    expect(change(MM_CP.UFFD_WP)).toBe(pages);
    const watched = entryAt(model, mm, start, 'pmd');
    expect([pmd.is.uffd_wp(watched), pmd.is.write(watched)]).toEqual([true, false]);
    expect(change(MM_CP.UFFD_WP_RESOLVE)).toBe(pages);
    expect(pmd.is.uffd_wp(entryAt(model, mm, start, 'pmd'))).toBe(false);
  });
});

/** A process of v7.2 whose huge page lies on a device, written before it went there. */
function onDevice() {
  const memory = [{ name: 'hbm', purpose: 'device', firstPfn: 0x100000, frames: 512 }] as const;
  const model = new Model(machineOf('x86', 'v7.2', { memory, capacities: { table: 32 } }));
  const { state, machine, pmd } = model;
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: 512, end: 1024, flags: PRIVATE });
  const folio = machine.memory.framesOf('hbm')[0] as number;
  const pgmap = state.take('pgmap', Pgmap.used);
  state.set(Pgmap.type, pgmap, PGMAP_TYPE.private);
  for (let i = 0; i < 512; i++) state.setRef(Frame.pgmap, folio + i, pgmap);
  prepareFolio(model, folio, 9);
  state.set(Frame.refcount, folio, 1);
  anonVmaPrepare(model, vma);
  addNewAnonRmap(model, folio, vma, 512);
  state.add(Mm.anonPages, mm, 512);
  const slot = slotMade(model, mm, 512, 'pmd');
  depositTable(model, mm, slot);
  const entry = pmd.makeAbsent('device-private-write', machine.memory.pfn(folio));
  setEntry(model, slot, entry ?? NONE);
  return { model, mm, vma, folio };
}

describe('a huge page on a device (SPEC-7.2 10.10)', () => {
  const kindAt = ({ model, mm }: ReturnType<typeof onDevice>, vpn: number, level: 'pmd' | 'pte') =>
    model[level].absent(entryAt(model, mm, vpn, level)).what;

  it('is asked back by a fault, unless somebody works on it', () => {
    const { model, vma, folio } = onDevice();
    const touch = () => run(model, () => handleMmFault(model, vma, 600, 0));
    expect(touch()).toMatchObject({
      value: VM_FAULT.RETRY,
      events: [{ kind: 'note', id: 'migrates-to-ram' }],
    });
    model.state.set(Frame.flags, folio, model.state.get(Frame.flags, folio) | PAGE_FLAG.locked);
    expect(touch()).toMatchObject({ value: 0, events: [] });
  });

  it('is shared by fork, and only read from then on', () => {
    const process = onDevice();
    const { model, mm, folio } = process;
    const child = quietly(model, () => forkMm(model, mm));
    expect(kindAt(process, 512, 'pmd')).toBe('device-private-read');
    expect(kindAt({ ...process, mm: child }, 512, 'pmd')).toBe('device-private-read');
    const { state } = model;
    expect(state.get(Frame.refcount, folio)).toBe(2);
    expect(state.get(Frame.entireMapcount, folio)).toBe(2);
    expect(isAnonExclusive(model, folio)).toBe(false);
    expect(state.get(Mm.anonPages, child)).toBe(512);
    quietly(model, () => exitMm(model, child));
    expect(state.get(Frame.refcount, folio)).toBe(1);
    expect(state.get(Frame.entireMapcount, folio)).toBe(1);
  });

  it('is split into entries of the same kind, or into migration entries', () => {
    for (const [freeze, kind, mapcount, refs] of [
      [false, 'device-private-write', 1, 512],
      [true, 'migration-write', 0, 0],
    ] as const) {
      const process = onDevice();
      const { model, vma, folio } = process;
      quietly(model, () => splitHugePmd(model, vma, 512, freeze));
      expect(kindAt(process, 515, 'pte')).toBe(kind);
      expect(model.state.get(Frame.mapcount, folio + 3)).toBe(mapcount);
      expect(model.state.get(Frame.refcount, folio)).toBe(refs);
    }
  });

  it('becomes readable by mprotect()', () => {
    const process = onDevice();
    const { model, mm } = process;
    expect(quietly(model, () => mprotect(model, mm, 512, 512, VM_READ))).toBe(0);
    expect(kindAt(process, 512, 'pmd')).toBe('device-private-read');
  });
});
