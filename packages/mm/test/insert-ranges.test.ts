import { VM_MAYWRITE, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { allocFolio } from '../src/frames/allocate.js';
import {
  Frame,
  Global,
  MMAP_LOCK,
  Mm,
  Model,
  newMm,
  newVma,
  RAM_PFN,
  run,
  State,
  Vma,
} from '../src/index.js';
import { applyToPageRange } from '../src/insert/apply-to-page-range.js';
import { remapPfnRange } from '../src/insert/remap-pfn-range.js';
import { vmInsertPages } from '../src/insert/vm-insert-pages.js';
import { vmIomapMemory } from '../src/insert/vm-iomap-memory.js';
import { vmMapPages, vmMapPagesZero } from '../src/insert/vm-map-pages.js';
import type { Entry } from '../src/machine/entries.js';
import { entryAt, setEntry, slotMade } from '../src/tables/tables.js';
import { hasVmFlag } from '../src/vma/vma.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const SHARED = VM_SHARED | VM_WRITE | VM_MAYWRITE;
const PRIVATE = VM_WRITE | VM_MAYWRITE;

function driver(
  revision: string,
  { flags = SHARED, pages = 16, arch = 'x86', pgoff = 0, locked = true } = {},
) {
  const model = new Model(machineOf(arch, revision, { vmOps: [{ name: 'driver' }] }));
  const mm = newMm(model);
  model.state.set(Mm.mmapLock, mm, locked ? MMAP_LOCK.write : MMAP_LOCK.read);
  const vma = newVma(model, mm, { start: VPN, end: VPN + pages, flags, ops: 0, pgoff });
  return { model, mm, vma, prot: model.state.get(Vma.pageProt, vma) };
}

const pagesOf = (model: Model, count: number): number[] =>
  Array.from({ length: count }, () => allocFolio(model));

const mapped = (model: Model, mm: number, from = VPN, pages = 16): number =>
  Array.from({ length: pages }, (_, i) => entryAt(model, mm, from + i, 'pte')).filter(
    (entry) => entry !== 0,
  ).length;

// SPEC 3.5
describe('vm_insert_pages', () => {
  it.each(ARCHITECTURES)('maps a batch on %s', (arch) => {
    const { model, mm, vma } = driver('v6.18', { arch });
    const batch = { frames: pagesOf(model, 10), left: -1 };
    expect(run(model, () => vmInsertPages(model, vma, VPN + 2, batch))).toEqual({
      value: 0,
      events: [],
    });
    expect([batch.left, mapped(model, mm), model.state.get(Mm.filePages, mm)]).toEqual([0, 10, 10]);
    expect(hasVmFlag(model, vma, 'VM_MIXEDMAP')).toBe(true);
  });

  it('stops at the first page that it must not map, and keeps the others', () => {
    const { model, mm, vma } = driver('v6.12');
    const frames = pagesOf(model, 12);
    model.state.set(Frame.refcount, frames[9] as number, 0);
    const batch = { frames, left: -1 };
    expect(vmInsertPages(model, vma, VPN, batch)).toBe(-22);
    expect([batch.left, mapped(model, mm)]).toEqual([3, 9]);
  });

  it('answers -EBUSY at a slot in use', () => {
    const { model, mm, vma } = driver('v6.1');
    const frames = pagesOf(model, 3);
    expect(vmInsertPages(model, vma, VPN + 1, { frames: frames.slice(0, 1), left: 0 })).toBe(0);
    const batch = { frames, left: -1 };
    expect(vmInsertPages(model, vma, VPN, batch)).toBe(-16);
    expect([batch.left, mapped(model, mm)]).toEqual([2, 2]);
  });

  it.each([
    [-1, 2],
    [15, 2],
    [0, 17],
  ])('refuses a range that leaves the VMA: from %i on %i', (offset, count) => {
    const { model, mm, vma } = driver('v6.18');
    const batch = { frames: pagesOf(model, count), left: -1 };
    expect(vmInsertPages(model, vma, VPN + offset, batch)).toBe(-14);
    expect([batch.left, mapped(model, mm)]).toEqual([count, 0]);
    expect(hasVmFlag(model, vma, 'VM_MIXEDMAP')).toBe(false);
  });

  it('tells a missing PMD table from a missing PTE table', () => {
    const { model, mm, vma } = driver('v6.18');
    const batch = { frames: pagesOf(model, 1), left: -1 };
    model.state.set(Global.tablesRunOut, 0, 1);
    expect(vmInsertPages(model, vma, VPN, batch)).toBe(-14);
    model.state.set(Global.tablesRunOut, 0, 0);
    slotMade(model, mm, VPN, 'pmd');
    model.state.set(Global.tablesRunOut, 0, 1);
    expect(vmInsertPages(model, vma, VPN, batch)).toBe(-12);
  });

  // SPEC-7.2 3.18
  it.each([
    ['v6.18-fixed', { bug: 'mmap-lock-not-write-held' }],
    ['v7.2', { value: 0 }],
  ])('without the mmap lock held for writing in %s', (revision, outcome) => {
    const { model, vma } = driver(revision, { locked: false });
    const batch = { frames: pagesOf(model, 1), left: -1 };
    const found = run(model, () => vmInsertPages(model, vma, VPN, batch));
    expect(found).toMatchObject(outcome);
    expect(found.events[0]).toMatchObject({ id: 'mmap-lock-not-write-held' });
  });
});

// SPEC 3.6
describe('vm_map_pages', () => {
  it.each(['v6.1', 'v6.18', 'v7.2'])('fills the VMA from vm_pgoff on in %s', (revision) => {
    const { model, mm, vma } = driver(revision, { pages: 3, pgoff: 2 });
    const frames = pagesOf(model, 5);
    expect(vmMapPages(model, vma, frames)).toBe(0);
    expect(model.pte.pfn(entryAt(model, mm, VPN, 'pte'))).toBe(
      model.machine.memory.pfn(frames[2] as number),
    );
    expect(mapped(model, mm)).toBe(3);
  });

  it('or from the first page on', () => {
    const { model, mm, vma } = driver('v6.18', { pages: 3, pgoff: 2 });
    const frames = pagesOf(model, 3);
    expect(vmMapPages(model, vma, frames)).toBe(-6);
    expect(vmMapPagesZero(model, vma, frames)).toBe(0);
    expect(model.pte.pfn(entryAt(model, mm, VPN, 'pte'))).toBe(RAM_PFN);
  });

  it('refuses an offset behind the pages', () => {
    const { model, vma } = driver('v6.18', { pages: 1, pgoff: 2 });
    expect(vmMapPages(model, vma, pagesOf(model, 2))).toBe(-6);
  });

  it.each([
    ['v6.18', -12],
    ['v7.2', -14],
  ])('without memory for a PMD table in %s', (revision, answer) => {
    const { model, vma } = driver(revision, { pages: 1 });
    model.state.set(Global.tablesRunOut, 0, 1);
    expect(vmMapPages(model, vma, pagesOf(model, 1))).toBe(answer);
  });
});

// SPEC 3.11
describe('remap_pfn_range', () => {
  const PFN = 0x5_0000;

  it.each(ARCHITECTURES)('maps raw frames uncounted on %s, over several tables', (arch) => {
    const { model, mm, vma, prot } = driver('v6.18', { arch, pages: 3000 });
    expect(remapPfnRange(model, vma, VPN + 1, PFN, 2500, prot)).toBe(0);
    expect(mapped(model, mm, VPN, 3000)).toBe(2500);
    const last = entryAt(model, mm, VPN + 2500, 'pte');
    expect(model.pte.pfn(last)).toBe(PFN + 2499);
    expect(model.pte.is.special(last)).toBe(model.kernel.hasSpecial('pte'));
    expect(model.state.get(Mm.filePages, mm)).toBe(0);
    for (const flag of ['VM_IO', 'VM_PFNMAP', 'VM_DONTEXPAND', 'VM_DONTDUMP'] as const) {
      expect(hasVmFlag(model, vma, flag)).toBe(true);
    }
  });

  it('fills a CoW VMA whole and moves its vm_pgoff, or refuses', () => {
    const { model, vma, prot } = driver('v6.18', { flags: PRIVATE });
    expect(remapPfnRange(model, vma, VPN, PFN, 15, prot)).toBe(-22);
    expect(hasVmFlag(model, vma, 'VM_PFNMAP')).toBe(false);
    expect(remapPfnRange(model, vma, VPN, PFN, 16, prot)).toBe(0);
    expect(model.state.get(Vma.pgoff, vma)).toBe(PFN);
  });

  it('needs neither after RFC patch 11', () => {
    const { model, vma, prot } = driver('rfc-2025-06/11', { flags: PRIVATE, pgoff: 7 });
    expect(remapPfnRange(model, vma, VPN, PFN, 15, prot)).toBe(0);
    expect(model.state.get(Vma.pgoff, vma)).toBe(7);
  });

  it('refuses anonymous frames where RFC patch 11 would take them for copies', () => {
    const { model, mm, vma, prot } = driver('rfc-2025-06/11', { arch: 'um', flags: PRIVATE });
    const frame = allocFolio(model);
    model.state.set(Frame.owner, frame, 1);
    const pfn = model.machine.memory.pfn(frame);
    expect(remapPfnRange(model, vma, VPN, pfn - 2, 4, prot)).toBe(-22);
    expect(mapped(model, mm)).toBe(0);
  });

  // Stable backports have it in 6.1 and 6.12, 6.9 does not.
  it.each([
    ['v6.1', 0],
    ['v6.9', 5],
    ['v6.12', 0],
  ])('takes back what it mapped before an error, in %s: %i entries stay', (revision, stay) => {
    const { model, mm, vma, prot } = driver(revision);
    model.state.set(Global.modifyLimit, 0, PFN + 5);
    expect(remapPfnRange(model, vma, VPN, PFN, 16, prot)).toBe(-13);
    expect(mapped(model, mm)).toBe(stay);
  });

  it('is a BUG over a slot in use, and over nothing', () => {
    const { model, vma, prot } = driver('v6.18');
    expect(remapPfnRange(model, vma, VPN + 3, PFN, 1, prot)).toBe(0);
    expect(run(model, () => remapPfnRange(model, vma, VPN, PFN, 8, prot))).toMatchObject({
      bug: 'slot-occupied',
    });
    expect(run(model, () => remapPfnRange(model, vma, VPN, PFN, 0, prot))).toMatchObject({
      bug: 'empty-range',
    });
  });

  // SPEC-7.2 3.18
  it.each([
    ['v6.18', false],
    ['v7.2', true],
  ])('when cache modes cannot be tracked in %s, flags are set: %s', (revision, set) => {
    const { model, vma, prot } = driver(revision);
    model.state.set(Global.trackingError, 0, -22);
    expect(remapPfnRange(model, vma, VPN, PFN, 16, prot)).toBe(-22);
    expect(hasVmFlag(model, vma, 'VM_PFNMAP')).toBe(set);
  });

  it('answers -ENOMEM without tables', () => {
    const { model, vma, prot } = driver('v6.18');
    model.state.set(Global.tablesRunOut, 0, 1);
    expect(remapPfnRange(model, vma, VPN, PFN, 16, prot)).toBe(-12);
  });
});

// SPEC 3.11
describe('vm_iomap_memory', () => {
  it('maps the registers that vm_pgoff says', () => {
    const { model, mm, vma } = driver('v6.18', { pages: 2, pgoff: 1 });
    expect(vmIomapMemory(model, vma, 0xfe00_0800n, 0x2000n)).toBe(0);
    expect(model.pte.pfn(entryAt(model, mm, VPN, 'pte'))).toBe(0xfe001);
  });

  it.each([
    ['they end too early', 0xfe00_0000n, 0x2000n, 1],
    ['the offset lies behind them', 0xfe00_0000n, 0x2000n, 3],
    ['they end behind all addresses', 0xffff_ffff_ffff_f000n, 0x2000n, 0],
  ])('refuses when %s', (_, start, length, pgoff) => {
    const { model, mm, vma } = driver('v6.18', { pages: 2, pgoff });
    expect(vmIomapMemory(model, vma, start, length)).toBe(-22);
    expect(mapped(model, mm)).toBe(0);
  });
});

// SPEC 3.12
describe('apply_to_page_range', () => {
  it('visits every slot, empty or not, until somebody objects', () => {
    const { model, mm } = driver('v6.18');
    const seen: number[] = [];
    const visit = (_: number, vpn: number): number => {
      seen.push(vpn);
      return vpn === VPN + 2 ? -5 : 0;
    };
    expect(applyToPageRange(model, mm, VPN, 2, visit)).toBe(0);
    expect(applyToPageRange(model, mm, VPN, 9, visit)).toBe(-5);
    expect(seen).toEqual([VPN, VPN + 1, VPN, VPN + 1, VPN + 2]);
  });

  it('refuses an empty range, a huge leaf, and a table too many', () => {
    const { model, mm, prot } = driver('v6.18');
    const visit = () => 0;
    expect(run(model, () => applyToPageRange(model, mm, VPN, 0, visit))).toEqual({
      value: -22,
      events: [{ kind: 'warn', id: 'empty-range' }],
    });
    const slot = slotMade(model, mm, VPN, 'pmd');
    setEntry(model, slot, model.pmd.leaf(0x200, prot) as Entry);
    expect(run(model, () => applyToPageRange(model, mm, VPN, 1, visit))).toEqual({
      value: -22,
      events: [{ kind: 'warn', id: 'huge-leaf' }],
    });
    const fresh = new Model(model.machine, State.empty(model.machine.layout));
    fresh.state.set(Global.tablesRunOut, 0, 1);
    expect(applyToPageRange(fresh, newMm(fresh), VPN, 1, visit)).toBe(-12);
  });
});

it('a page is not inserted over a huge leaf', () => {
  const { model, mm, vma, prot } = driver('v6.18', { flags: SHARED | VM_PFNMAP });
  setEntry(model, slotMade(model, mm, VPN, 'pmd'), model.pmd.leaf(0x200, prot) as Entry);
  expect(run(model, () => remapPfnRange(model, vma, VPN, 0x5000, 1, prot))).toMatchObject({
    bug: 'pmd-trans-huge',
  });
});
