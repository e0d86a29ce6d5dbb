import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { Frame, Global, isAnonExclusive, Mm, Model, newMm, run, Vma } from '../src/index.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { entryAt, setEntry, slotMade } from '../src/tables/tables.js';
import { type Advice, madvise } from '../src/vma/madvise.js';
import { type MmapRequest, mmap } from '../src/vma/mmap.js';
import { mremap } from '../src/vma/mremap.js';
import { munmap } from '../src/vma/munmap.js';
import { addVmFlags, hasVmFlag, vmaAt, vmasOf } from '../src/vma/vma.js';
import { isMarker, PTE_MARKER } from '../src/zap/markers.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const READ = 1n;
const WRITE = 2n;

function process(arch: string, revision: string) {
  const model = new Model(machineOf(arch, revision));
  const mm = newMm(model);
  const map = (start: number, pages: number, more: Partial<MmapRequest> = {}) =>
    mmap(model, mm, { start, pages, prot: READ | WRITE, shared: false, ...more });
  const write = (vpn: number, where = mm) =>
    handleMmFault(model, vmaAt(model, where, vpn), vpn, FAULT_FLAG.WRITE);
  const frameAt = (vpn: number, where = mm) =>
    model.machine.memory.frame(model.pte.pfn(entryAt(model, where, vpn, 'pte')));
  const ranges = (where = mm) =>
    [...vmasOf(model, where)].map((vma) => [
      model.state.get(Vma.start, vma) - VPN,
      model.state.get(Vma.end, vma) - VPN,
    ]);
  return { model, mm, map, write, frameAt, ranges };
}

describe.each(ARCHITECTURES)('VMAs on %s', (arch) => {
  it('are one where nothing tells them apart', () => {
    const { model, mm, map, ranges, write } = process(arch, 'v6.18');
    map(VPN, 2);
    map(VPN + 2, 2);
    expect(ranges()).toEqual([[0, 4]]);
    map(VPN + 5, 1);
    map(VPN + 4, 1);
    expect(ranges()).toEqual([[0, 6]]);
    write(VPN + 1);
    mprotect(model, mm, VPN + 2, 2, READ);
    expect(ranges()).toHaveLength(3);
    mprotect(model, mm, VPN + 2, 2, READ | WRITE);
    expect(ranges()).toEqual([[0, 6]]);
    expect(model.state.get(Mm.anonPages, mm)).toBe(1);
  });

  it('stay apart where drivers have marked them, or their anonymous pages are of two families', () => {
    const { model, mm, map, ranges, write } = process(arch, 'v6.18');
    map(VPN, 1);
    map(VPN + 2, 1);
    write(VPN);
    write(VPN + 2);
    map(VPN + 1, 1);
    expect(ranges()).toEqual([
      [0, 2],
      [2, 3],
    ]);
    const last = vmaAt(model, mm, VPN + 2);
    addVmFlags(model, last, 'VM_MIXEDMAP');
    map(VPN + 3, 1);
    expect(ranges()).toHaveLength(3);
  });

  it('cannot be shared without a file, nor shared for writing with a read-only one', () => {
    const { map } = process(arch, 'v6.18');
    expect(map(VPN, 1, { shared: true })).toBe(-22);
    expect(map(VPN, 1, { shared: true, mapping: 0, readOnly: true })).toBe(-13);
    expect(map(VPN, 0)).toBe(-22);
  });

  it('that are sealed stay as they are', () => {
    const { model, mm, map, ranges } = process(arch, 'v6.18');
    const vma = map(VPN, 2);
    addVmFlags(model, vma, 'VM_SEALED');
    expect(hasVmFlag(model, vma, 'VM_SEALED')).toBe(true);
    expect(munmap(model, mm, VPN, 1)).toBe(-1);
    expect(mprotect(model, mm, VPN, 1, READ)).toBe(-1);
    expect(mremap(model, mm, { start: VPN, oldPages: 1, newPages: 1, to: VPN + 8 })).toBe(-1);
    expect(map(VPN, 1)).toBe(-1);
    expect(ranges()).toEqual([[0, 2]]);
  });

  it('give back just the tables that no other VMA shares', () => {
    const { model, mm, map, write } = process(arch, 'v6.18');
    const span = model.machine.levels[1]?.pages as number;
    const edge = Math.ceil(VPN / span) * span;
    map(edge - 2, 4);
    write(edge - 1);
    write(edge);
    const tables = () => model.state.get(Mm.nrPtes, mm);
    expect(tables()).toBe(2);
    munmap(model, mm, edge, 2);
    expect(tables()).toBe(1);
    // What the first VMA emptied is still its own.
    madvise(model, mm, edge - 2, 2, 'DONTNEED');
    map(edge + span, 1);
    munmap(model, mm, edge + span, 1);
    expect(tables()).toBe(1);
    munmap(model, mm, edge - 2, 2);
    expect(tables()).toBe(0);
  });
});

describe.each(ARCHITECTURES)('mremap on %s', (arch) => {
  it('moves pages with their references, and keeps what they are', () => {
    const { model, mm, map, write, frameAt, ranges } = process(arch, 'v6.18');
    map(VPN, 3);
    for (let i = 0; i < 3; i++) write(VPN + i);
    const frames = [0, 1, 2].map((i) => frameAt(VPN + i));
    expect(mremap(model, mm, { start: VPN, oldPages: 2, newPages: 2, to: VPN + 16 })).toBe(
      VPN + 16,
    );
    expect([frameAt(VPN + 16), frameAt(VPN + 17), frameAt(VPN + 2)]).toEqual(frames);
    expect(entryAt(model, mm, VPN, 'pte')).toBe(0);
    expect(ranges()).toEqual([
      [2, 3],
      [16, 18],
    ]);
    for (const frame of frames) {
      expect(model.state.get(Frame.refcount, frame)).toBe(1);
      expect(isAnonExclusive(model, frame)).toBe(true);
    }
    // Addresses changed and offsets did not: rmap finds the page where it is.
    const vma = vmaAt(model, mm, VPN + 16);
    expect(model.state.get(Vma.pgoff, vma)).toBe(VPN);
    expect(model.state.get(Frame.index, frames[0] as number)).toBe(VPN);
  });

  it('leaves an empty range with DONTUNMAP, and begins untouched memory anew', () => {
    const { model, mm, map, write, ranges } = process(arch, 'v6.18');
    const vma = map(VPN, 1);
    write(VPN);
    mremap(model, mm, { start: VPN, oldPages: 1, newPages: 1, to: VPN + 8, dontUnmap: true });
    expect(ranges()).toEqual([
      [0, 1],
      [8, 9],
    ]);
    expect(entryAt(model, mm, VPN, 'pte')).toBe(0);
    expect(model.state.ref(Vma.anonVma, vma)).toBe(-1);
    map(VPN + 4, 1);
    mremap(model, mm, { start: VPN + 4, oldPages: 1, newPages: 1, to: VPN + 12 });
    expect(model.state.get(Vma.pgoff, vmaAt(model, mm, VPN + 12))).toBe(VPN + 12);
  });

  it('grows and shrinks in place, raw frames excepted', () => {
    const { model, mm, map, ranges } = process(arch, 'v6.18');
    const vma = map(VPN, 2);
    expect(mremap(model, mm, { start: VPN, oldPages: 2, newPages: 4 })).toBe(VPN);
    expect(ranges()).toEqual([[0, 4]]);
    expect(mremap(model, mm, { start: VPN, oldPages: 4, newPages: 1 })).toBe(VPN);
    expect(ranges()).toEqual([[0, 1]]);
    addVmFlags(model, vma, 'VM_PFNMAP');
    expect(mremap(model, mm, { start: VPN, oldPages: 1, newPages: 2 })).toBe(-14);
    const moves = { start: VPN, oldPages: 1, newPages: 1, to: VPN + 8, dontUnmap: true };
    expect(mremap(model, mm, moves)).toBe(-22);
    expect(mremap(model, mm, { start: VPN, oldPages: 0, newPages: 1, to: VPN + 8 })).toBe(-22);
  });

  it('goes back when no table can be had for the new place', () => {
    const { model, mm, map, write, frameAt, ranges } = process(arch, 'v6.18');
    map(VPN, 1);
    write(VPN);
    const frame = frameAt(VPN);
    const span = model.machine.levels[1]?.pages as number;
    model.state.set(Global.tablesRunOut, 0, 1);
    const far = VPN + 4 * span;
    expect(mremap(model, mm, { start: VPN, oldPages: 1, newPages: 1, to: far })).toBe(-12);
    expect(frameAt(VPN)).toBe(frame);
    expect(ranges()).toEqual([[0, 1]]);
  });
});

describe.each(ARCHITECTURES)('madvise on %s', (arch) => {
  it.each([
    ['DONTFORK', 'VM_DONTCOPY'],
    ['WIPEONFORK', 'VM_WIPEONFORK'],
    ['SEQUENTIAL', 'VM_SEQ_READ'],
    ['DONTDUMP', 'VM_DONTDUMP'],
  ] as const)('%s is a flag of the part', (advice, flag) => {
    const { model, mm, map, ranges } = process(arch, 'v6.18');
    map(VPN, 4);
    expect(madvise(model, mm, VPN + 1, 2, advice)).toBe(0);
    expect(ranges()).toHaveLength(3);
    expect(hasVmFlag(model, vmaAt(model, mm, VPN + 1), flag)).toBe(true);
    const undo = {
      DONTFORK: 'DOFORK',
      WIPEONFORK: 'KEEPONFORK',
      SEQUENTIAL: 'NORMAL',
      DONTDUMP: 'DODUMP',
    };
    expect(madvise(model, mm, VPN + 1, 2, undo[advice] as Advice)).toBe(0);
    expect(ranges()).toEqual([[0, 4]]);
  });

  it('says what a child gets: nothing of DONTFORK, zeros of WIPEONFORK (SPEC 7.1)', () => {
    const { model, mm, map, write, ranges } = process(arch, 'v6.18');
    map(VPN, 3);
    for (let i = 0; i < 3; i++) write(VPN + i);
    madvise(model, mm, VPN, 1, 'DONTFORK');
    madvise(model, mm, VPN + 1, 1, 'WIPEONFORK');
    const child = forkMm(model, mm);
    expect(ranges(child)).toEqual([
      [1, 2],
      [2, 3],
    ]);
    expect(entryAt(model, child, VPN + 1, 'pte')).toBe(0);
    expect(model.state.ref(Vma.anonVma, vmaAt(model, child, VPN + 1))).toBe(-1);
    expect(entryAt(model, child, VPN + 2, 'pte')).not.toBe(0);
    expect(model.state.get(Mm.anonPages, child)).toBe(1);
  });

  it('tells of holes, and does what lies around them', () => {
    const { model, mm, map, write } = process(arch, 'v6.18');
    map(VPN, 1);
    map(VPN + 2, 1);
    write(VPN);
    write(VPN + 2);
    expect(madvise(model, mm, VPN, 3, 'DONTNEED')).toBe(-12);
    expect(model.state.get(Mm.anonPages, mm)).toBe(0);
  });

  it('refuses what the VMA is not for (SPEC 4.8)', () => {
    const { model, mm, map } = process(arch, 'v6.18');
    const vma = map(VPN, 1);
    addVmFlags(model, vma, 'VM_LOCKED');
    expect(madvise(model, mm, VPN, 1, 'DONTNEED')).toBe(-22);
    expect(madvise(model, mm, VPN, 1, 'PAGEOUT')).toBe(-22);
    expect(madvise(model, mm, VPN, 1, 'DONTNEED_LOCKED')).toBe(0);
    addVmFlags(model, vma, 'VM_PFNMAP');
    expect(madvise(model, mm, VPN, 1, 'DONTNEED_LOCKED')).toBe(-22);
    expect(madvise(model, mm, VPN, 1, 'GUARD_INSTALL')).toBe(-22);
  });

  it('DONTNEED frees a table that it emptied, from 6.14 on', () => {
    for (const [revision, left] of [
      ['v6.12', 1],
      ['v6.18', 0],
    ] as const) {
      const { model, mm, map, write } = process(arch, revision);
      const span = model.machine.levels[1]?.pages as number;
      const start = Math.ceil(VPN / span) * span;
      map(start, span);
      write(start + 3);
      expect(madvise(model, mm, start, span, 'DONTNEED')).toBe(0);
      expect(model.state.get(Mm.nrPtes, mm)).toBe(left);
    }
  });

  it('PAGEOUT puts a page into swap, unless a second process maps it', () => {
    const { model, mm, map, write } = process(arch, 'v6.18');
    map(VPN, 2);
    write(VPN);
    write(VPN + 1);
    madvise(model, mm, VPN, 1, 'PAGEOUT');
    expect([model.state.get(Mm.swapEntries, mm), model.state.get(Mm.anonPages, mm)]).toEqual([
      1, 1,
    ]);
    forkMm(model, mm);
    madvise(model, mm, VPN + 1, 1, 'PAGEOUT');
    expect(model.state.get(Mm.anonPages, mm)).toBe(1);
  });

  it('FREE makes pages clean and lets swap go', () => {
    const { model, mm, map, write, frameAt } = process(arch, 'v6.18');
    map(VPN, 2);
    write(VPN);
    write(VPN + 1);
    madvise(model, mm, VPN, 1, 'PAGEOUT');
    expect(madvise(model, mm, VPN, 2, 'FREE')).toBe(0);
    expect(model.state.get(Mm.swapEntries, mm)).toBe(0);
    expect(entryAt(model, mm, VPN, 'pte')).toBe(0);
    expect(model.pte.is.dirty(entryAt(model, mm, VPN + 1, 'pte'))).toBe(false);
    expect(model.state.get(Frame.refcount, frameAt(VPN + 1))).toBe(1);
  });

  it('guards stand until they are removed, and survive DONTNEED and fork (SPEC 4.3, 7.5)', () => {
    const { model, mm, map, write } = process(arch, 'v6.18');
    map(VPN, 3);
    write(VPN + 1);
    expect(madvise(model, mm, VPN + 1, 1, 'GUARD_INSTALL')).toBe(0);
    const isGuard = (where: number) =>
      isMarker(model, entryAt(model, where, VPN + 1, 'pte'), 'PTE_MARKER_GUARD');
    expect(isGuard(mm)).toBe(true);
    expect(model.state.get(Mm.anonPages, mm)).toBe(0);
    expect(write(VPN + 1)).toBe(0x40);
    madvise(model, mm, VPN, 3, 'DONTNEED');
    expect(isGuard(mm)).toBe(true);
    expect(isGuard(forkMm(model, mm))).toBe(true);
    expect(madvise(model, mm, VPN, 3, 'GUARD_REMOVE')).toBe(0);
    expect(entryAt(model, mm, VPN + 1, 'pte')).toBe(0);
    expect(madvise(process(arch, 'v6.12').model, 0, VPN, 1, 'GUARD_INSTALL')).toBe(-12);
  });

  it('a VMA that once had guards says so for good in 7.2 (I37)', () => {
    const { model, mm, map } = process(arch, 'v7.2');
    const vma = map(VPN, 1);
    madvise(model, mm, VPN, 1, 'GUARD_INSTALL');
    expect(hasVmFlag(model, vma, 'VM_MAYBE_GUARD')).toBe(true);
    madvise(model, mm, VPN, 1, 'GUARD_REMOVE');
    expect(hasVmFlag(model, vma, 'VM_MAYBE_GUARD')).toBe(true);
  });
});

describe('a marker that nobody dropped', () => {
  it('goes with munmap, whatever it is', () => {
    const { model, mm, map } = process('x86', 'v6.18');
    map(VPN, 1);
    const marker = model.pte.makeAbsent('marker', PTE_MARKER.guard | PTE_MARKER.poisoned);
    setEntry(model, slotMade(model, mm, VPN, 'pte'), marker as never);
    expect(run(model, () => munmap(model, mm, VPN, 1)).events).toEqual([]);
    expect(entryAt(model, mm, VPN, 'pte')).toBe(0);
  });
});
