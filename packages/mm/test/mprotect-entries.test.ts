import { describe, expect, it } from 'vitest';
import { decisionComparers } from '../src/decisions.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { copyPageRange } from '../src/fork/copy-page-range.js';
import { forkMm } from '../src/fork/fork.js';
import { allocFolio } from '../src/frames/allocate.js';
import { OWNER } from '../src/frames/page-flags.js';
import {
  Frame,
  Global,
  Mapping,
  Mm,
  Model,
  newMm,
  newVma,
  remapPfnRange,
  SwapSlot,
  Vma,
} from '../src/index.js';
import { changeProtection, changeProtNuma } from '../src/mprotect/change-protection.js';
import { MM_CP } from '../src/mprotect/flags.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { swapEntryOf } from '../src/swap/swap-slots.js';
import { entryAt, setEntry, slotMade } from '../src/tables/tables.js';
import { addVmFlags, pageProtOf } from '../src/vma/vma.js';
import { isMarker } from '../src/zap/markers.js';
import { machineOf } from './machines.js';
import { compareRows, RECORDED, revisionWith } from './recorded.js';

const VPN = 0x1000;
const RIGHTS = 0x1n | 0x2n | 0x10n | 0x20n;
const SHARED = 0x8n | 0x80n;

function process(revision: string, flags = RIGHTS) {
  const vmOps = [{ name: 'file' }];
  const model = new Model(machineOf('x86', revision, { vmOps, config: { MEM_SOFT_DIRTY: false } }));
  const mm = newMm(model);
  const mapping = model.state.take('mapping', Mapping.used);
  const file = (flags & SHARED) !== 0n ? { ops: 0, mapping } : {};
  const vma = newVma(model, mm, { start: VPN, end: VPN + 4, flags, ...file });
  const place = (entry: number | undefined, i = 0) => {
    if (entry === undefined) throw new Error('the form has no such entry');
    setEntry(model, slotMade(model, mm, VPN + i, 'pte'), entry as never);
  };
  const at = (i = 0, where = mm) => entryAt(model, where, VPN + i, 'pte');
  return { model, mm, vma, place, at };
}

/** A page that an entry stands for, anonymous or of a file. */
function pageOf(model: Model, owner: number): number {
  const frame = allocFolio(model);
  model.state.set(Frame.owner, frame, owner);
  return model.machine.memory.pfn(frame);
}

describe('entries that are not present, and mprotect (SPEC 8.4)', () => {
  it.each([
    ['migration-write', OWNER.anon, 'migration-read-exclusive'],
    ['migration-write', OWNER.file, 'migration-read'],
    ['migration-read', OWNER.anon, 'migration-read'],
    ['device-private-write', OWNER.anon, 'device-private-read'],
    ['device-private-read', OWNER.anon, 'device-private-read'],
    ['hwpoison', OWNER.anon, 'hwpoison'],
  ] as const)('%s of owner %s becomes %s', (kind, owner, becomes) => {
    const { model, vma, place, at } = process('v6.18');
    place(model.pte.makeAbsent(kind, pageOf(model, owner)));
    const changed = changeProtection(model, vma, VPN, VPN + 4, pageProtOf(model, vma), 0);
    expect(model.pte.absent(at()).what).toBe(becomes);
    expect(changed).toBe(kind === becomes ? 0 : 1);
  });

  it('a device-exclusive entry is of two kinds until 6.12', () => {
    const { model, vma, place, at } = process('v6.12');
    place(model.pte.makeAbsent('device-exclusive-write', pageOf(model, OWNER.anon)));
    changeProtection(model, vma, VPN, VPN + 1, pageProtOf(model, vma), 0);
    expect(model.pte.absent(at()).what).toBe('device-exclusive-read');
  });

  it('userfaultfd marks what a file has not mapped yet, and takes the marks back', () => {
    const { model, vma, at } = process('v6.18', RIGHTS | SHARED);
    const prot = pageProtOf(model, vma);
    expect(changeProtection(model, vma, VPN, VPN + 4, prot, MM_CP.UFFD_WP)).toBe(0);
    addVmFlags(model, vma, 'VM_UFFD_WP');
    expect(changeProtection(model, vma, VPN, VPN + 4, prot, MM_CP.UFFD_WP)).toBe(4);
    expect(isMarker(model, at(3), 'PTE_MARKER_UFFD_WP')).toBe(true);
    expect(changeProtection(model, vma, VPN, VPN + 4, prot, MM_CP.UFFD_WP_RESOLVE)).toBe(4);
    expect(at(3)).toBe(0);
    const far = newVma(model, newMm(model), {
      start: VPN,
      end: VPN + 1,
      flags: RIGHTS | SHARED,
      ops: 0,
    });
    addVmFlags(model, far, 'VM_UFFD_WP');
    model.state.set(Global.tablesRunOut, 0, 1);
    expect(changeProtection(model, far, VPN, VPN + 1, prot, MM_CP.UFFD_WP)).toBe(-12);
  });

  it('userfaultfd protects present and swapped pages, and never gives the write bit back', () => {
    const { model, mm, vma, place, at } = process('v6.18');
    addVmFlags(model, vma, 'VM_UFFD_WP');
    handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
    model.state.set(SwapSlot.count, 0, 1);
    model.state.set(Mm.swapEntries, mm, 1);
    place(swapEntryOf(model, 0), 1);
    const prot = pageProtOf(model, vma);
    expect(changeProtection(model, vma, VPN, VPN + 4, prot, MM_CP.UFFD_WP)).toBe(2);
    const { is } = model.pte;
    expect([is.uffd_wp(at()), is.write(at()), is.swp_uffd_wp(at(1))]).toEqual([true, false, true]);
    expect(changeProtection(model, vma, VPN, VPN + 4, prot, MM_CP.UFFD_WP_RESOLVE)).toBe(2);
    expect([is.uffd_wp(at()), is.write(at()), is.swp_uffd_wp(at(1))]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('hints for NUMA balancing (SPEC 8.2, SPEC-7.2 8.7)', () => {
  const hinted = (
    revision: string,
    flags: bigint,
    prepare: (model: Model, frame: number) => void,
  ) => {
    const { model, vma, at } = process(revision, flags);
    handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
    const frame = model.machine.memory.frame(model.pte.pfn(at()));
    prepare(model, frame);
    changeProtNuma(model, vma, VPN, VPN + 4);
    return { model, vma, is: model.pte.is, entry: at() };
  };
  const pin = (model: Model, frame: number) => model.state.add(Frame.refcount, frame, 1024);

  it('make a private page fault, and the fault gives it back', () => {
    for (const revision of ['v6.1', 'v6.9', 'v6.18', 'v7.2']) {
      const { model, vma, is, entry } = hinted(revision, RIGHTS, () => {});
      expect(is.protnone(entry)).toBe(true);
      // Until 6.1 the entry itself remembers that it was writable.
      expect(is.write(entry)).toBe(revision === 'v6.1');
      expect(handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE)).toBe(0);
      const after = entryAt(model, 0, VPN, 'pte');
      expect([is.protnone(after), is.write(after)]).toEqual([false, true]);
    }
  });

  it('leave pinned pages alone; before 6.2 any page with one more reference', () => {
    for (const revision of ['v6.9', 'v6.18', 'v7.2']) {
      const { is, entry } = hinted(revision, RIGHTS, pin);
      expect(is.protnone(entry)).toBe(false);
    }
    const once = (model: Model, frame: number) => model.state.add(Frame.refcount, frame, 1);
    expect(hinted('v6.1', RIGHTS, once).is.protnone(hinted('v6.1', RIGHTS, once).entry)).toBe(
      false,
    );
    const { is, entry } = hinted('v6.18', RIGHTS, once);
    expect(is.protnone(entry)).toBe(true);
  });
});

describe('frames that must not be hidden (L1TF; SPEC 8.1)', () => {
  it('keep a VMA of raw frames from losing its rights', () => {
    const { model, mm, vma } = process('v6.18', RIGHTS | SHARED);
    const pfn = pageOf(model, OWNER.none);
    expect(remapPfnRange(model, vma, VPN, pfn, 4, pageProtOf(model, vma))).toBe(0);
    model.state.set(Global.modifyLimit, 0, pfn + 2);
    expect(mprotect(model, mm, VPN, 4, 0n)).toBe(-13);
    expect(mprotect(model, mm, VPN, 4, 1n)).toBe(0);
    expect(mprotect(model, mm, VPN, 2, 0n)).toBe(0);
  });
});

describe('entries that are not present, and fork (SPEC 7.5)', () => {
  it('swap loses its exclusive mark on both sides and is counted twice', () => {
    const { model, mm, vma, place, at } = process('v6.18');
    model.state.set(SwapSlot.count, 0, 1);
    model.state.set(Mm.swapEntries, mm, 1);
    place(model.pte.to.swp_mkexclusive(swapEntryOf(model, 0)));
    handleMmFault(model, vma, VPN + 1, FAULT_FLAG.WRITE);
    const child = forkMm(model, mm);
    expect(at(0, child)).toBe(at());
    expect(model.pte.is.swp_exclusive(at())).toBe(false);
    expect(model.state.get(SwapSlot.count, 0)).toBe(2);
    expect(model.state.get(Mm.swapEntries, child)).toBe(1);
  });

  it.each([
    ['migration-write', RIGHTS, 'migration-read'],
    ['migration-read-exclusive', RIGHTS, 'migration-read'],
    ['migration-read', RIGHTS, 'migration-read'],
    ['migration-write', RIGHTS | SHARED, 'migration-write'],
  ] as const)('%s in flags %s becomes %s in both', (kind, flags, becomes) => {
    const { model, vma, place, at } = process('v6.18', flags);
    place(model.pte.makeAbsent(kind, pageOf(model, OWNER.anon)));
    const child = newMm(model);
    const file = (flags & SHARED) === 0n ? {} : { ops: 0 };
    const copy = newVma(model, child, { start: VPN, end: VPN + 4, flags, ...file });
    expect(copyPageRange(model, copy, vma)).toBe(0);
    expect([at(), at(0, child)].map((entry) => model.pte.absent(entry).what)).toEqual([
      becomes,
      becomes,
    ]);
    expect(model.state.get(Mm.anonPages, child)).toBe(1);
    expect(model.state.ref(Vma.anonVma, copy)).toBe(-1);
  });
});

/** The zeropage's support with all that needs it. */
const ZEROPAGE = [
  'migration-uses-zeropage',
  'zeropage-rmap-check',
  'zeropage-in-readonly-vma',
  'zeropage-support',
];

describe('a kernel with one change less is caught', () => {
  it.each([
    ['mprotect', 'v6.9', { undoes: ['manual-write-upgrade'] }],
    ['mprotect', 'v6.12', { undoes: ZEROPAGE }],
    ['small', 'v7.2', { undoes: ['special-huge-without-file'] }],
    ['small', 'v7.2', { undoes: ['fork-by-destination-flags'] }],
  ] as const)('%s of %s, %o', (group, revision, change) => {
    const comparer = decisionComparers.find((each) => each.group === group);
    const file = RECORDED.find((each) => each.group === group && each.revision === revision);
    if (comparer === undefined || file === undefined) throw new Error('no such file');
    expect(compareRows(comparer, file.rows(), revisionWith(revision)).mismatches).toEqual([]);
    const changed = revisionWith(revision, change);
    expect(compareRows(comparer, file.rows(), changed).mismatches.length).toBeGreaterThan(0);
  });
});
