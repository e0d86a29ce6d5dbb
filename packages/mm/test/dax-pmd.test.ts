import { describe, expect, it } from 'vitest';
import { blockAt, setBlock } from '../src/dax/blocks.js';
import { daxBreakLayout } from '../src/dax/change-file.js';
import { DAX, daxEntriesIn, daxEntryAt, entryIs } from '../src/dax/entry.js';
import { FSDAX_OPS } from '../src/dax/file-ops.js';
import { daxPmdLoadHole } from '../src/dax/load-pmd-hole.js';
import { daxPmdFault } from '../src/dax/pmd-fault.js';
import { VM_FAULT } from '../src/errno.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { newFault } from '../src/fault/vmf.js';
import { Frame, Mm, type Model, NONE } from '../src/index.js';
import { entryAt } from '../src/tables/tables.js';
import { HPN, interrupted, mappedDax, PRIVATE, SHARED, VPN } from './dax.js';

const BEFORE = ['v6.12'];
const SINCE = ['v6.17', 'v6.18', 'v7.2'];

/** A fault of a whole PMD at a page of the VMA. */
const pmdFault = (model: Model, vma: number, flags: number, page = 3): number =>
  FSDAX_OPS.hugeFault?.(model, newFault(vma, VPN + page, flags, NONE), 'pmd') as number;

describe.each([...BEFORE, ...SINCE])('DAX by PMDs on %s (SPEC 11.6)', (revision) => {
  const since = SINCE.includes(revision);

  it('a write maps aligned blocks by one leaf: a folio of their own since 6.15', () => {
    const { model, mapping, mm, vma } = mappedDax(revision, SHARED, HPN);
    expect(pmdFault(model, vma, FAULT_FLAG.WRITE)).toBe(VM_FAULT.NOPAGE);
    const { state, pmd } = model;
    const entry = entryAt(model, mm, VPN, 'pmd');
    const frame = blockAt(model, mapping, 0);
    expect(model.machine.memory.frame(pmd.pfn(entry))).toBe(frame);
    expect([pmd.is.write(entry), pmd.is.devmap(entry)]).toEqual([true, !since]);
    expect(entryIs(model, daxEntryAt(model, mapping, 5), DAX.pmd)).toBe(true);
    expect(state.get(Frame.order, frame)).toBe(since ? 9 : 0);
    expect(state.get(Frame.refcount, frame)).toBe(1);
    expect(state.get(Frame.entireMapcount, frame)).toBe(since ? 1 : 0);
    expect(state.get(Mm.filePages, mm)).toBe(since ? HPN : 0);
  });

  it('a read of a hole shows the huge zero folio, uncounted', () => {
    const { model, mapping, mm, vma } = mappedDax(revision, SHARED, HPN);
    expect(pmdFault(model, vma, 0)).toBe(VM_FAULT.NOPAGE);
    const entry = entryAt(model, mm, VPN, 'pmd');
    expect(model.machine.memory.frame(model.pmd.pfn(entry))).toBe(model.machine.hugeZeroFrame);
    expect(model.pmd.is.write(entry)).toBe(false);
    expect(entryIs(model, daxEntryAt(model, mapping, 5), DAX.zeroPage | DAX.pmd)).toBe(true);
    expect(model.state.get(Mm.filePages, mm)).toBe(0);
  });

  it('falls back: private writes, files and blocks that do not fit, pages there already', () => {
    const priv = mappedDax(revision, PRIVATE, HPN);
    expect(pmdFault(priv.model, priv.vma, FAULT_FLAG.WRITE)).toBe(VM_FAULT.FALLBACK);
    const short = mappedDax(revision, SHARED, HPN - 1);
    expect(pmdFault(short.model, short.vma, 0)).toBe(VM_FAULT.FALLBACK);
    const scattered = mappedDax(revision, SHARED, HPN);
    const first = scattered.model.machine.memory.framesOf('pmem')[0] as number;
    setBlock(scattered.model, scattered.mapping, 7, first + 3);
    expect(pmdFault(scattered.model, scattered.vma, 0)).toBe(VM_FAULT.FALLBACK);
    const mixed = mappedDax(revision, SHARED, HPN);
    FSDAX_OPS.fault?.(mixed.model, newFault(mixed.vma, VPN + 9, FAULT_FLAG.WRITE, NONE));
    expect(daxPmdFault(mixed.model, newFault(mixed.vma, VPN, 0, NONE))).toBe(VM_FAULT.FALLBACK);
    expect(daxEntriesIn(mixed.model, mixed.mapping, 0, HPN)).toHaveLength(1);
  });

  it('a hole on a PMD in use: given up until it is inserted like any folio (SPEC 15.8)', () => {
    const { model, mapping, mm, vma } = mappedDax(revision, SHARED, HPN);
    pmdFault(model, vma, 0);
    const before = entryAt(model, mm, VPN, 'pmd');
    const stays = model.has('dax-huge-zero-by-insert-folio');
    expect(daxPmdLoadHole(model, vma, VPN)).toBe(stays ? VM_FAULT.NOPAGE : VM_FAULT.FALLBACK);
    expect(entryAt(model, mm, VPN, 'pmd')).toBe(before);
    expect(pmdFault(model, vma, 0)).toBe(stays ? VM_FAULT.NOPAGE : VM_FAULT.FALLBACK);
    expect(entryAt(model, mm, VPN, 'pmd')).toBe(stays ? before : NONE);
    expect(entryIs(model, daxEntryAt(model, mapping, 0), DAX.zeroPage)).toBe(true);
  });

  it('behind the end of the file: SIGBUS', () => {
    const { model, vma } = mappedDax(revision, SHARED, HPN);
    expect(pmdFault(model, vma, 0, HPN)).toBe(VM_FAULT.SIGBUS);
  });
});

describe.each(SINCE)('folios of DAX on %s (SPEC 11.3)', (revision) => {
  it('the last entry takes a large folio apart', () => {
    const { model, mapping, vma } = mappedDax(revision, SHARED, HPN);
    pmdFault(model, vma, FAULT_FLAG.WRITE);
    const frame = blockAt(model, mapping, 0);
    const { state } = model;
    // Unmapped by hand: what huge zapping does is not this test's.
    for (const column of [Frame.refcount, Frame.entireMapcount, Frame.largeMapcount]) {
      state.set(column, frame, 0);
    }
    state.clear('vma', vma);
    expect(interrupted(model, daxBreakLayout(model, mapping, 0, HPN))).toBe(0);
    expect([state.get(Frame.order, frame), state.ref(Frame.head, frame + 1)]).toEqual([0, -1]);
    expect(state.get(Frame.owner, frame)).toBe(0);
  });
});
