/** SPEC 18.4, P1 to P22 and P45 to P56: every insertion that the table lists, each one state change. */
import { VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FSDAX_OPS } from '../src/dax/file-ops.js';
import { newMapping } from '../src/files/new-mapping.js';
import { allocFolio, prepareFolio } from '../src/frames/allocate.js';
import { MM_FLAG, OWNER } from '../src/frames/page-flags.js';
import { vmfInsertFolioPmd } from '../src/huge/insert-folio-huge.js';
import {
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
  Vma,
  vmfInsertMixed,
  vmfInsertMixedMkwrite,
  vmfInsertPageMkwrite,
  vmfInsertPfn,
  vmInsertPage,
  vmInsertPages,
} from '../src/index.js';
import type { Entry } from '../src/machine/entries.js';
import { vmNormalPage } from '../src/normal-page.js';
import { entryAt, pagesOfLevel, setEntry, slotMade } from '../src/tables/tables.js';
import { hasVmFlag, pageProtOf } from '../src/vma/vma.js';
import { machineOf } from './machines.js';

/** Architectures with the special bit (class S; s390x in PTEs alone: S-), and without (class N). */
const S = ['x86', 'arm64', 's390x'];
const N = ['um'];
const ALL = [...S, ...N];

const R1 = ['v6.9'];
const R2 = ['v6.12'];
const R3 = ['v6.17'];
const R5 = ['v6.18', 'v6.18-fixed'];
/** r3 and later, the RFC as a whole among them. */
const R3_ON = [...R3, 'rfc-2025-06/14', ...R5, 'v7.2'];
const R2_ON = [...R2, ...R3_ON];
const ANY = ['v6.1', ...R1, ...R2_ON];
const R1_R2 = [...R1, ...R2];
/** Where the table names r5 as the last one, 7.2 is like it (SPEC-7.2 3). */
const R3_R5 = [...R3, ...R5, 'v7.2'];
const R1_R3_R5 = [...R1_R2, ...R3_R5];
const SINCE_RFC_3 = ['rfc-2025-06/3', 'rfc-2025-06/11', 'rfc-2025-06/14'];
const SINCE_RFC_11 = ['rfc-2025-06/11', 'rfc-2025-06/14'];

const VPN = 0x1000;
/** A frame without struct page, below highest_memmap_pfn as registers of devices may lie. */
const REGISTER_PFN = 0x800;
const VM_READ = 0x1n;
const VM_SOFTDIRTY = 0x8000000n;
const COW = VM_READ | VM_WRITE | VM_MAYWRITE | VM_SOFTDIRTY;
const SHARED = COW | VM_SHARED | 0x80n;

/** Hooks of the drivers of these rows; writes to shared pages of the second are noticed first. */
const PLAIN = 0;
const NOTIFIED = 1;
const FSDAX = 2;

interface Parts {
  readonly ops?: number;
  readonly pages?: number;
  readonly ramFrames?: number;
}

/** A driver's VMA. */
function driver(arch: string, revision: string, flags: bigint, parts: Parts = {}) {
  const { ops = PLAIN, pages = 16, ramFrames = 64 } = parts;
  const vmOps = [
    { name: 'plain' },
    { name: 'notified', pageMkwrite: () => 0, pfnMkwrite: () => 0 },
    FSDAX_OPS,
  ];
  const model = new Model(machineOf(arch, revision, { vmOps, ramFrames }));
  const { state, machine } = model;
  const mm = newMm(model);
  state.set(Mm.mmapLock, mm, MMAP_LOCK.write);
  const file = ops === FSDAX ? { mapping: newMapping(model, 'fsdax', pages) } : {};
  const vma = newVma(model, mm, { start: VPN, end: VPN + pages, flags, pgoff: 0, ops, ...file });
  const zero = machine.zeroFrames[0] as number;
  if (state.get(Frame.refcount, zero) === 0) state.set(Frame.refcount, zero, 1);
  const marked = model.kernel.hasSpecial('pte');
  return { model, state, pte: model.pte, memory: machine.memory, mm, vma, zero, marked };
}
type Driver = ReturnType<typeof driver>;

const entryOf = ({ model, mm }: Driver, vpn = VPN): Entry => entryAt(model, mm, vpn, 'pte');

/** References and mappings of a frame, and the file pages of the process: what the rows count. */
const counts = ({ state, mm }: Driver, frame: number): readonly number[] => [
  state.get(Frame.refcount, frame),
  state.get(Frame.mapcount, frame),
  state.get(Mm.filePages, mm),
];

/** The operation answers this and says nothing. */
function quiet<T>({ model }: Driver, operation: () => T): T {
  const done = run(model, operation);
  expect(done).toMatchObject({ events: [] });
  if (done.bug !== undefined) throw new Error(done.bug);
  return done.value;
}

/** Every combination as a row of a table. */
const each = (revisions: readonly string[], archs: readonly string[]) =>
  describe.each(revisions.flatMap((revision) => archs.map((arch) => [revision, arch] as const)));

/** Puts an entry of swapped out memory at VPN. */
function swapEntry(made: Driver): Entry {
  const { model, mm, pte } = made;
  const entry = pte.makeAbsent('swap', 5);
  if (entry === undefined) throw new Error('no swap entries');
  setEntry(model, slotMade(model, mm, VPN, 'pte'), entry);
  return entry;
}

each(R2_ON, ALL)('%s %s', (revision, arch) => {
  it('P1 vm_insert_page of the zeropage into shared writable memory', () => {
    const made = driver(arch, revision, SHARED);
    const before = counts(made, made.zero);
    expect(quiet(made, () => vmInsertPage(made.model, made.vma, VPN, made.zero))).toBe(-22);
    expect(hasVmFlag(made.model, made.vma, 'VM_MIXEDMAP')).toBe(true);
    expect([counts(made, made.zero), entryOf(made)]).toEqual([before, NONE]);
  });

  it('P3 vm_insert_page of the zeropage where nobody may ever write', () => {
    const made = driver(arch, revision, VM_READ);
    const before = counts(made, made.zero);
    expect(quiet(made, () => vmInsertPage(made.model, made.vma, VPN, made.zero))).toBe(0);
    const { is } = made.pte;
    expect([is.special(entryOf(made)), is.write(entryOf(made))]).toEqual([made.marked, false]);
    expect(counts(made, made.zero)).toEqual(before);
  });

  it('P9 vmf_insert_mixed into a plain VMA', () => {
    const made = driver(arch, revision, SHARED);
    const pfn = made.memory.pfn(allocFolio(made.model));
    const answer = quiet(made, () => vmfInsertMixed(made.model, made.vma, VPN, pfn));
    expect([answer, entryOf(made)]).toEqual([VM_FAULT.SIGBUS, NONE]);
  });

  it('P48, P49 vmf_insert_mixed of the zeropage: refused without a hook, for writing always', () => {
    const shared = driver(arch, revision, SHARED | VM_MIXEDMAP);
    const pfn = shared.memory.pfn(shared.zero);
    const before = counts(shared, shared.zero);
    const answer = quiet(shared, () => vmfInsertMixed(shared.model, shared.vma, VPN, pfn));
    expect([answer, entryOf(shared)]).toEqual([VM_FAULT.SIGBUS, NONE]);
    expect(counts(shared, shared.zero)).toEqual(before);
    for (const flags of [COW, SHARED, VM_READ, COW | VM_MIXEDMAP, VM_READ | VM_MIXEDMAP]) {
      for (const ops of [PLAIN, NOTIFIED, FSDAX]) {
        const made = driver(arch, revision, flags, { ops });
        const said = quiet(made, () => vmfInsertMixedMkwrite(made.model, made.vma, VPN, pfn));
        expect([said, entryOf(made)]).toEqual([VM_FAULT.SIGBUS, NONE]);
      }
    }
  });

  it('P50 vm_insert_page of the zeropage where the address space forbids it', () => {
    const made = driver(arch, revision, COW);
    const { state, mm } = made;
    state.set(Mm.flags, mm, state.get(Mm.flags, mm) | MM_FLAG.forbidsZeropage);
    expect(quiet(made, () => vmInsertPage(made.model, made.vma, VPN, made.zero))).toBe(-22);
    expect(hasVmFlag(made.model, made.vma, 'VM_MIXEDMAP')).toBe(true);
  });
});

each(R1, ALL)('%s %s', (revision, arch) => {
  it('P2 vm_insert_page of the zeropage counts it like any page, and maps it writable', () => {
    const made = driver(arch, revision, SHARED);
    const [refs = 0, maps = 0] = counts(made, made.zero);
    expect(quiet(made, () => vmInsertPage(made.model, made.vma, VPN, made.zero))).toBe(0);
    expect(counts(made, made.zero)).toEqual([refs + 1, maps + 1, 1]);
    const { is } = made.pte;
    expect([is.special(entryOf(made)), is.write(entryOf(made))]).toEqual([false, true]);
  });

  it('P8 vmf_insert_mixed into a plain VMA', () => {
    const made = driver(arch, revision, SHARED);
    const pfn = made.memory.pfn(allocFolio(made.model));
    const done = run(made.model, () => vmfInsertMixed(made.model, made.vma, VPN, pfn));
    expect(done).toMatchObject({ bug: 'mixed-not-ok' });
  });
});

each([...R1, ...R2_ON], ALL)('%s %s', (revision, arch) => {
  it('P4, P5 vm_insert_page of a page without references', () => {
    const made = driver(arch, revision, SHARED);
    const frame = allocFolio(made.model);
    made.state.set(Frame.refcount, frame, 0);
    expect(quiet(made, () => vmInsertPage(made.model, made.vma, VPN, frame))).toBe(-22);
    expect(hasVmFlag(made.model, made.vma, 'VM_MIXEDMAP')).toBe(!R1.includes(revision));
  });

  it('P20 remap_pfn_range of a frame that must not be mapped', () => {
    const made = driver(arch, revision, SHARED);
    const { model, vma, pte, state } = made;
    const failing = 3;
    state.set(Global.modifyLimit, 0, REGISTER_PFN + failing);
    const prot = pageProtOf(model, vma);
    expect(remapPfnRange(model, vma, VPN, REGISTER_PFN, 8, prot)).toBe(-13);
    for (const flag of ['VM_IO', 'VM_PFNMAP', 'VM_DONTEXPAND', 'VM_DONTDUMP'] as const) {
      expect([flag, hasVmFlag(model, vma, flag)]).toEqual([flag, true]);
    }
    const left = Array.from({ length: 8 }, (_, i) => pte.is.present(entryOf(made, VPN + i)));
    const stays = R1.includes(revision) ? failing : 0;
    expect(left).toEqual(left.map((_, i) => i < stays));
  });
});

each(ANY, ALL)('%s %s', (revision, arch) => {
  it('P6 vm_insert_pages onto a slot in use', () => {
    const made = driver(arch, revision, SHARED, { pages: 32 });
    const { model, vma, pte } = made;
    expect(vmInsertPage(model, vma, VPN + 13, allocFolio(model))).toBe(0);
    const batch = { frames: Array.from({ length: 20 }, () => allocFolio(model)), left: 0 };
    expect(quiet(made, () => vmInsertPages(model, vma, VPN, batch))).toBe(-16);
    expect(batch.left).toBe(7);
    const mapped = batch.frames.map((frame, i) => {
      const entry = entryOf(made, VPN + i);
      return pte.is.present(entry) && pte.pfn(entry) === made.memory.pfn(frame);
    });
    expect(mapped).toEqual(mapped.map((_, i) => i < 13));
  });

  it('P7 vm_insert_pages of many, an anonymous page among them', () => {
    const made = driver(arch, revision, SHARED, { pages: 1024, ramFrames: 1024 });
    const { model, vma, mm, state } = made;
    const frames = Array.from({ length: 700 }, () => allocFolio(model));
    state.set(Frame.owner, frames[600] as number, OWNER.anon);
    const batch = { frames, left: 0 };
    expect(quiet(made, () => vmInsertPages(model, vma, VPN, batch))).toBe(-22);
    expect([batch.left, state.get(Mm.filePages, mm)]).toEqual([100, 600]);
  });

  it('P10 vmf_insert_pfn of a frame with struct page into a MIXEDMAP VMA', () => {
    const made = driver(arch, revision, SHARED | VM_MIXEDMAP);
    const pfn = made.memory.pfn(allocFolio(made.model));
    const done = run(made.model, () => vmfInsertPfn(made.model, made.vma, VPN, pfn));
    expect(done).toMatchObject({ bug: 'mixedmap-with-memmap' });
  });

  it('P11, P12 vmf_insert_mixed of a page: raw with the special bit, counted without', () => {
    const made = driver(arch, revision, SHARED | VM_MIXEDMAP);
    const { model, vma, pte } = made;
    const frame = allocFolio(model);
    const [refs = 0, maps = 0] = counts(made, frame);
    const pfn = made.memory.pfn(frame);
    expect(quiet(made, () => vmfInsertMixed(model, vma, VPN, pfn))).toBe(VM_FAULT.NOPAGE);
    const entry = entryOf(made);
    expect(pte.is.special(entry)).toBe(made.marked);
    const counted = made.marked ? 0 : 1;
    expect(counts(made, frame)).toEqual([refs + counted, maps + counted, counted]);
    expect(vmNormalPage(model, 'pte', vma, VPN, entry)).toBe(made.marked ? -1 : frame);
    // A write is remembered in the entry; without the special bit just since 6.16.
    quiet(made, () => vmfInsertMixedMkwrite(model, vma, VPN + 1, pfn));
    const honoured = made.marked || R3_ON.includes(revision);
    expect(pte.is.dirty(entryOf(made, VPN + 1))).toBe(honoured);
  });

  it('P13 vmf_insert_pfn onto a slot in use', () => {
    const made = driver(arch, revision, SHARED | VM_PFNMAP);
    const { model, vma } = made;
    vmfInsertPfn(model, vma, VPN, REGISTER_PFN);
    const before = entryOf(made);
    const again = () => vmfInsertPfn(model, vma, VPN, REGISTER_PFN + 1);
    expect(quiet(made, again)).toBe(VM_FAULT.NOPAGE);
    expect(entryOf(made)).toBe(before);
  });

  it('P15 vmf_insert_mixed_mkwrite onto the same frame, mapped read-only', () => {
    const made = driver(arch, revision, SHARED | VM_MIXEDMAP, { ops: NOTIFIED });
    const { model, vma, pte } = made;
    // Pages with struct page take the other way where there is no special bit: P14.
    const raw = [REGISTER_PFN, ...(made.marked ? [made.memory.pfn(allocFolio(model))] : [])];
    raw.forEach((pfn, i) => {
      vmfInsertMixed(model, vma, VPN + i, pfn);
      const before = entryOf(made, VPN + i);
      expect([pte.is.write(before), pte.is.dirty(before)]).toEqual([false, false]);
      const write = () => vmfInsertMixedMkwrite(model, vma, VPN + i, pfn);
      expect(quiet(made, write)).toBe(VM_FAULT.NOPAGE);
      const { is } = pte;
      const after = entryOf(made, VPN + i);
      expect([is.write(after), is.young(after), is.dirty(after)]).toEqual([true, true, true]);
      expect(pte.pfn(after)).toBe(pfn);
    });
  });
});

each(R3_ON, ALL)('%s %s', (revision, arch) => {
  it('P14 vmf_insert_page_mkwrite onto the same page, mapped read-only', () => {
    for (const writable of [true, false]) {
      const flags = writable ? SHARED : SHARED & ~VM_WRITE;
      const made = driver(arch, revision, flags | VM_MIXEDMAP, { ops: NOTIFIED });
      const { model, vma, pte } = made;
      const frame = allocFolio(model);
      vmfInsertPageMkwrite(model, vma, VPN, frame, false);
      const before = entryOf(made);
      expect([pte.is.write(before), pte.is.dirty(before)]).toEqual([false, false]);
      const counted = counts(made, frame);
      const write = () => vmfInsertPageMkwrite(model, vma, VPN, frame, true);
      expect(quiet(made, write)).toBe(VM_FAULT.NOPAGE);
      const after = entryOf(made);
      expect([pte.is.write(after), pte.is.young(after)]).toEqual([writable, true]);
      expect(pte.is.dirty(after)).toBe(false);
      expect(counts(made, frame)).toEqual(counted);
    }
  });

  it('P16 vmf_insert_page_mkwrite over the zeropage', () => {
    const made = driver(arch, revision, COW | VM_MIXEDMAP);
    const { model, vma, zero } = made;
    expect(vmInsertPage(model, vma, VPN, zero)).toBe(0);
    const before = entryOf(made);
    const frame = allocFolio(model);
    const write = () => vmfInsertPageMkwrite(model, vma, VPN, frame, true);
    expect(quiet(made, write)).toBe(VM_FAULT.SIGBUS);
    expect(entryOf(made)).toBe(before);
    expect(counts(made, frame)).toEqual([1, 0, 0]);
  });
});

each(R1_R2, S)('%s %s', (revision, arch) => {
  it('P17 vmf_insert_mixed_mkwrite over the zeropage', () => {
    const made = driver(arch, revision, COW | VM_MIXEDMAP);
    const { model, vma, zero, memory } = made;
    expect(vmfInsertMixed(model, vma, VPN, memory.pfn(zero))).toBe(VM_FAULT.NOPAGE);
    const before = entryOf(made);
    expect(before).not.toBe(NONE);
    const pfn = memory.pfn(allocFolio(model));
    const write = () => vmfInsertMixedMkwrite(model, vma, VPN, pfn);
    expect(quiet(made, write)).toBe(VM_FAULT.NOPAGE);
    expect(entryOf(made)).toBe(before);
  });
});

each([...R1_R3_R5, ...SINCE_RFC_11], ALL)('%s %s', (revision, arch) => {
  it('P18, P19 remap_pfn_range of a part of a CoW VMA', () => {
    const made = driver(arch, revision, COW);
    const { model, vma, state, pte } = made;
    const allowed = SINCE_RFC_11.includes(revision);
    const prot = pageProtOf(model, vma);
    const remap = () => remapPfnRange(model, vma, VPN, REGISTER_PFN, 8, prot);
    expect(quiet(made, remap)).toBe(allowed ? 0 : -22);
    for (const flag of ['VM_IO', 'VM_PFNMAP', 'VM_DONTEXPAND', 'VM_DONTDUMP'] as const) {
      expect([flag, hasVmFlag(model, vma, flag)]).toEqual([flag, allowed]);
    }
    expect(state.get(Vma.pgoff, vma)).toBe(0);
    expect(pte.is.present(entryOf(made))).toBe(allowed);
  });
});

/** A VMA as long as a PMD maps. */
function hugeDriver(arch: string, revision: string) {
  const vmOps = [{ name: 'driver' }];
  const model = new Model(machineOf(arch, revision, { ramFrames: 4096, vmOps }));
  const mm = newMm(model);
  const pages = pagesOfLevel(model, 'pmd');
  const vpn = 4 * pages;
  const vma = newVma(model, mm, {
    start: vpn,
    end: vpn + pages,
    flags: SHARED | VM_MIXEDMAP,
    ops: 0,
  });
  return { model, mm, vma, pages, vpn, state: model.state };
}

each(R3_ON, S)('%s %s', (revision, arch) => {
  it('P21 vmf_insert_folio_pmd counts a folio', () => {
    const { model, mm, vma, pages, vpn, state } = hugeDriver(arch, revision);
    const folio = allocFolio(model, Math.log2(pages));
    const before = state.get(Frame.refcount, folio);
    expect(vmfInsertFolioPmd(model, vma, vpn, folio, false)).toBe(VM_FAULT.NOPAGE);
    expect(model.pmd.is.special(entryAt(model, mm, vpn, 'pmd'))).toBe(false);
    expect(state.get(Frame.refcount, folio)).toBe(before + 1);
    expect(state.get(Frame.entireMapcount, folio)).toBe(1);
    expect(state.get(Frame.largeMapcount, folio)).toBe(1);
    expect(state.get(Mm.filePages, mm)).toBe(pages);
  });
});

each([...R5, 'v7.2'], S)('%s %s', (revision, arch) => {
  it('P22 vmf_insert_folio_pmd of the huge zero folio marks it where PMDs have the bit', () => {
    const { model, mm, vma, pages, vpn, state } = hugeDriver(arch, revision);
    const zero = model.machine.hugeZeroFrame;
    prepareFolio(model, zero, Math.log2(pages));
    const before = state.get(Frame.refcount, zero);
    expect(vmfInsertFolioPmd(model, vma, vpn, zero, false)).toBe(VM_FAULT.NOPAGE);
    const entry = entryAt(model, mm, vpn, 'pmd');
    expect(model.pmd.pfn(entry)).toBe(model.machine.memory.pfn(zero));
    expect(model.pmd.is.special(entry)).toBe(arch !== 's390x');
    expect(state.get(Frame.refcount, zero)).toBe(before);
    expect(state.get(Frame.entireMapcount, zero)).toBe(0);
    expect(state.get(Mm.filePages, mm)).toBe(0);
  });
});

each(R1, S)('%s %s', (revision, arch) => {
  it('P45, P46 vmf_insert_mixed_mkwrite of the zeropage: writable where the VMA is', () => {
    for (const writable of [true, false]) {
      const made = driver(arch, revision, writable ? SHARED : SHARED & ~VM_WRITE);
      const { model, vma, zero, pte, memory } = made;
      const before = counts(made, zero);
      const write = () => vmfInsertMixedMkwrite(model, vma, VPN, memory.pfn(zero));
      expect(quiet(made, write)).toBe(VM_FAULT.NOPAGE);
      const entry = entryOf(made);
      expect([pte.is.special(entry), pte.is.dirty(entry), pte.is.young(entry)]).toEqual([
        true,
        true,
        true,
      ]);
      expect(pte.is.write(entry)).toBe(writable);
      expect(counts(made, zero)).toEqual(before);
    }
  });
});

each(R1, N)('%s %s', (revision, arch) => {
  it('P47 vmf_insert_mixed of the zeropage is counted, and no lookup finds it again', () => {
    const made = driver(arch, revision, SHARED);
    const { model, vma, zero, pte, memory } = made;
    const [refs = 0, maps = 0] = counts(made, zero);
    const insert = () => vmfInsertMixed(model, vma, VPN, memory.pfn(zero));
    expect(quiet(made, insert)).toBe(VM_FAULT.NOPAGE);
    const entry = entryOf(made);
    expect(pte.is.special(entry)).toBe(false);
    expect(counts(made, zero)).toEqual([refs + 1, maps + 1, 1]);
    expect(vmNormalPage(model, 'pte', vma, VPN, entry)).toBe(-1);
  });
});

each(R3_R5, ALL)('%s %s', (revision, arch) => {
  it('P51, P52 vmf_insert_page_mkwrite of the zeropage: writable the second time', () => {
    const made = driver(arch, revision, SHARED | VM_MIXEDMAP, { ops: FSDAX });
    const { model, vma, zero, pte } = made;
    const before = counts(made, zero);
    const write = () => vmfInsertPageMkwrite(model, vma, VPN, zero, true);
    expect(quiet(made, write)).toBe(VM_FAULT.NOPAGE);
    const first = entryOf(made);
    expect([pte.is.special(first), pte.is.write(first), pte.is.dirty(first)]).toEqual([
      made.marked,
      false,
      false,
    ]);
    expect(quiet(made, write)).toBe(VM_FAULT.NOPAGE);
    expect(pte.is.write(entryOf(made))).toBe(true);
    expect(counts(made, zero)).toEqual(before);
  });
});

each([...R1_R3_R5, ...SINCE_RFC_3], ALL)('%s %s', (revision, arch) => {
  const edited = R1_R3_R5.includes(revision);
  const hasPageMkwrite = !R1_R2.includes(revision);

  it('P53, P55 vmf_insert_mixed_mkwrite onto a swap entry that looks like the frame', () => {
    const made = driver(arch, revision, SHARED | VM_MIXEDMAP);
    const { model, vma, pte } = made;
    const before = swapEntry(made);
    const pfn = pte.pfn(before);
    const write = () => vmfInsertMixedMkwrite(model, vma, VPN, pfn);
    expect(quiet(made, write)).toBe(VM_FAULT.NOPAGE);
    const forced = pte.mkwrite(pte.to.mkdirty(pte.to.mkyoung(before)));
    expect(forced).not.toBe(before);
    expect(entryOf(made)).toBe(edited ? forced : before);
  });

  it('P54, P55 the same onto one that does not: a warning, and the entry stays', () => {
    const made = driver(arch, revision, SHARED | VM_MIXEDMAP);
    const { model, vma } = made;
    const before = swapEntry(made);
    const warned = edited ? [{ kind: 'warn', id: 'pfn-mismatch' }] : [];
    const mixed = run(model, () => vmfInsertMixedMkwrite(model, vma, VPN, REGISTER_PFN));
    expect(mixed).toEqual({ value: VM_FAULT.NOPAGE, events: warned });
    expect(entryOf(made)).toBe(before);
    if (!hasPageMkwrite) return;
    const frame = allocFolio(model);
    const page = run(model, () => vmfInsertPageMkwrite(model, vma, VPN, frame, true));
    // -EBUSY means that somebody else was quicker, which is no error.
    expect(page).toEqual({ value: edited ? VM_FAULT.SIGBUS : VM_FAULT.NOPAGE, events: warned });
    expect(entryOf(made)).toBe(before);
    expect(counts(made, frame)).toEqual([1, 0, 0]);
  });
});

each(SINCE_RFC_11, ALL)('%s %s', (revision, arch) => {
  it('P56 vmf_insert_pfn into private raw memory: a private copy is refused without special bits', () => {
    const made = driver(arch, revision, COW | VM_PFNMAP);
    const { model, vma, pte, state, memory } = made;
    const [ordinary, anon] = [allocFolio(model), allocFolio(model)];
    state.set(Frame.owner, anon, OWNER.anon);
    const insert = (vpn: number, frame: number) =>
      quiet(made, () => vmfInsertPfn(model, vma, vpn, memory.pfn(frame)));
    expect(insert(VPN, ordinary)).toBe(VM_FAULT.NOPAGE);
    expect(insert(VPN + 1, anon)).toBe(made.marked ? VM_FAULT.NOPAGE : VM_FAULT.SIGBUS);
    expect(pte.is.special(entryOf(made))).toBe(made.marked);
    expect(pte.is.special(entryOf(made, VPN + 1))).toBe(made.marked);
    expect(pte.is.present(entryOf(made, VPN + 1))).toBe(made.marked);
  });
});
