import { describe, expect, it } from 'vitest';
import { blockAt, daxContent, setBlock } from '../src/dax/blocks.js';
import { DEVDAX_OPS } from '../src/dax/devdax.js';
import { DAX, daxEntryAt, entryFrame, entryIs } from '../src/dax/entry.js';
import { daxWriteback } from '../src/dax/writeback.js';
import { ERRNO, VM_FAULT } from '../src/errno.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { newFault } from '../src/fault/vmf.js';
import { CACHE_TAG, hasTag } from '../src/files/cache-slot.js';
import { OWNER } from '../src/frames/page-flags.js';
import { CacheSlot, Frame, Mm, type Model, NONE, newMm, newVma, run } from '../src/index.js';
import { entryAt } from '../src/tables/tables.js';
import { mmap } from '../src/vma/mmap.js';
import { munmap } from '../src/vma/munmap.js';
import { hasVmFlag, vmaAt } from '../src/vma/vma.js';
import { HPN, mappedDax, mappedDevdax, newDaxFile, PRIVATE, SHARED, VPN } from './dax.js';

const BEFORE = ['v6.1', 'v6.9', 'v6.12'];
const SINCE = ['v6.17', 'rfc-2025-06/14', 'v6.18', 'v6.18-fixed', 'v7.2'];
const VM_SYNC = 0x800000n;

/** [RC, MC] of a frame. */
const counts = ({ state }: Model, frame: number): number[] => [
  state.get(Frame.refcount, frame),
  state.get(Frame.mapcount, frame),
];

describe.each([...BEFORE, ...SINCE])('faults of a DAX file on %s', (revision) => {
  const counted = SINCE.includes(revision);

  it('a read of a hole shows the zeropage, and a write replaces it everywhere (SPEC 11.4)', () => {
    const { model, mapping, mm, vma } = mappedDax(revision, SHARED);
    const second = newVma(model, mm, {
      start: VPN + 64,
      end: VPN + 68,
      flags: SHARED,
      pgoff: 0,
      ops: 0,
      mapping,
    });
    expect(handleMmFault(model, vma, VPN + 1, 0)).toBe(VM_FAULT.NOPAGE);
    handleMmFault(model, second, VPN + 65, 0);
    expect(entryIs(model, daxEntryAt(model, mapping, 1), DAX.zeroPage)).toBe(true);
    const zero = entryAt(model, mm, VPN + 65, 'pte');
    expect(model.machine.zeroFrames).toContain(model.machine.memory.frame(model.pte.pfn(zero)));
    expect(model.pte.is.special(zero)).toBe(true);
    expect(writeMemory(model, mm, VPN + 1, 5)).toBe(0);
    expect(entryAt(model, mm, VPN + 65, 'pte')).toBe(0);
    expect(readMemory(model, mm, VPN + 65)).toBe(5);
    expect(daxContent(model, mapping, 1)).toBe(5);
  });

  it('a write maps the block at once: counts as of SPEC 11.2, and none are left (P34, P35)', () => {
    const { model, mapping, mm, vma } = mappedDax(revision, SHARED);
    const outcome = run(model, () => handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE));
    expect(outcome).toEqual({ value: VM_FAULT.NOPAGE | VM_FAULT.MAJOR, events: [] });
    const { state, pte } = model;
    const frame = blockAt(model, mapping, 0);
    const entry = entryAt(model, mm, VPN, 'pte');
    expect([pte.is.write(entry), pte.is.dirty(entry), pte.is.young(entry)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(pte.is.devmap(entry)).toBe(!counted);
    expect(counts(model, frame)).toEqual(counted ? [1, 1] : [1, 0]);
    expect(state.get(Mm.filePages, mm)).toBe(counted ? 1 : 0);
    expect(state.get(Frame.owner, frame)).toBe(OWNER.file);
    expect(state.ref(Frame.ownerId, frame)).toBe(mapping);
    expect(hasTag(model, daxEntryAt(model, mapping, 0), CACHE_TAG.dirty)).toBe(true);
    munmap(model, mm, VPN, 4);
    expect(counts(model, frame)).toEqual(counted ? [0, 0] : [1, 0]);
    expect(state.get(Mm.filePages, mm)).toBe(0);
    expect(entryFrame(model, daxEntryAt(model, mapping, 0))).toBe(frame);
  });

  it('a private write copies block, hole or what was read before, and the file keeps its own', () => {
    for (const readFirst of [false, true]) {
      const { model, mapping, mm } = mappedDax(revision, PRIVATE);
      const frame = firstOf(model);
      setBlock(model, mapping, 1, frame);
      model.state.set(Frame.content, frame, 7);
      if (readFirst) expect(readMemory(model, mm, VPN + 1)).toBe(7);
      expect(writeMemory(model, mm, VPN + 1, 9)).toBe(0);
      expect(writeMemory(model, mm, VPN, 4)).toBe(0);
      expect([readMemory(model, mm, VPN + 1), daxContent(model, mapping, 1)]).toEqual([9, 7]);
      expect(blockAt(model, mapping, 0)).toBe(-1);
      const { state } = model;
      expect([state.get(Mm.anonPages, mm), state.get(Mm.filePages, mm)]).toEqual([2, 0]);
      expect(counts(model, frame)).toEqual(counted ? [0, 0] : [1, 0]);
    }
  });

  it('writeback write-protects all mappings and takes the tag; a hole with a tag is -EIO', () => {
    const { model, mapping, mm } = mappedDax(revision, SHARED);
    writeMemory(model, mm, VPN, 5);
    expect(daxWriteback(model, mapping, 0, 4)).toBe(0);
    const entry = entryAt(model, mm, VPN, 'pte');
    expect([model.pte.is.write(entry), model.pte.is.dirty(entry)]).toEqual([false, false]);
    const slot = daxEntryAt(model, mapping, 0);
    expect(hasTag(model, slot, CACHE_TAG.dirty | CACHE_TAG.toWrite)).toBe(false);
    expect(writeMemory(model, mm, VPN, 6)).toBe(0);
    expect(hasTag(model, slot, CACHE_TAG.dirty)).toBe(true);
    readMemory(model, mm, VPN + 1);
    model.state.set(CacheSlot.tags, daxEntryAt(model, mapping, 1), CACHE_TAG.dirty);
    const outcome = run(model, () => daxWriteback(model, mapping, 1, 2));
    expect(outcome.bug === undefined && outcome.value).toBe(ERRNO.EIO);
    expect(outcome.events).toEqual([{ kind: 'warn', id: 'dax-writeback-of-hole' }]);
  });

  it('behind the end of the file, and on a full device: SIGBUS', () => {
    const { model, mapping, vma } = mappedDax(revision, SHARED);
    const { state } = model;
    expect(handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE) & VM_FAULT.SIGBUS).toBe(0);
    state.setRef(CacheSlot.block, 0, -1);
    for (let i = 0; i < 1024; i++) state.setRef(CacheSlot.block, 8 + i, firstOf(model) + i);
    expect(handleMmFault(model, vma, VPN + 1, FAULT_FLAG.WRITE)).toBe(VM_FAULT.SIGBUS);
    expect(daxEntryAt(model, mapping, 1)).toBeGreaterThanOrEqual(0);
  });

  it('MAP_SYNC: metadata is safe before the new block can be written, once', () => {
    const { model, mm } = mappedDax(revision, SHARED | VM_SYNC);
    const first = run(model, () => writeMemory(model, mm, VPN, 5));
    expect(first.events).toContainEqual({ kind: 'note', id: 'metadata-synced' });
    const second = run(model, () => writeMemory(model, mm, VPN, 6));
    expect(second).toEqual({ value: 0, events: [] });
  });
});

describe.each([...BEFORE, ...SINCE])('reflinked blocks of DAX on %s (SPEC 11.3)', (revision) => {
  it('share counts file offsets, and a write gets a block of its own', () => {
    const { model, mapping, pgmap, mm } = mappedDax(revision, SHARED);
    const { state } = model;
    const other = newDaxFile(model, pgmap, 4);
    const shared = firstOf(model);
    state.set(Frame.content, shared, 7);
    setBlock(model, mapping, 0, shared);
    setBlock(model, other, 2, shared);
    const parts = { flags: SHARED, pgoff: 0, ops: 0, mapping: other };
    const mm2 = newMm(model);
    newVma(model, mm2, { start: VPN, end: VPN + 4, ...parts });
    expect(readMemory(model, mm, VPN)).toBe(7);
    expect(readMemory(model, mm2, VPN + 2)).toBe(7);
    const before = BEFORE.includes(revision);
    expect(state.get(Frame.share, shared)).toBe(2);
    expect(state.get(Frame.owner, shared)).toBe(before ? OWNER.daxShared : OWNER.none);
    expect(writeMemory(model, mm, VPN, 9)).toBe(0);
    expect([daxContent(model, mapping, 0), daxContent(model, other, 2)]).toEqual([9, 7]);
    expect(state.get(Frame.share, shared)).toBe(1);
    expect(readMemory(model, mm2, VPN + 2)).toBe(7);
  });
});

describe.each([...BEFORE, ...SINCE])(
  'a DAX device of page alignment on %s (SPEC 11.8)',
  (revision) => {
    it('pages are mapped where they lie, and counted from 6.15 on over a base of 1', () => {
      const { model, mm, vma } = mappedDevdax(revision, SHARED);
      expect(handleMmFault(model, vma, VPN + 1, FAULT_FLAG.WRITE)).toBe(VM_FAULT.NOPAGE);
      const frame = firstOf(model) + 1;
      const counted = SINCE.includes(revision);
      expect(counts(model, frame)).toEqual(counted ? [2, 1] : [1, 0]);
      expect(model.pte.is.write(entryAt(model, mm, VPN + 1, 'pte'))).toBe(true);
      munmap(model, mm, VPN, 4);
      expect(counts(model, frame)).toEqual([1, 0]);
      expect(model.state.get(Mm.filePages, mm)).toBe(0);
    });

    it('mmap wants shared VMAs, aligned as the device is', () => {
      const { model, mm, mapping } = mappedDevdax(revision, SHARED, 9, HPN);
      const request = { prot: 0x3n, mapping, ops: 1, pgoff: 0, start: 2 * VPN, pages: HPN };
      expect(mmap(model, mm, { ...request, shared: false })).toBe(ERRNO.EINVAL);
      expect(vmaAt(model, mm, 2 * VPN)).toBe(-1);
      expect(mmap(model, mm, { ...request, shared: true, pages: HPN - 1 })).toBe(ERRNO.EINVAL);
      const vma = mmap(model, mm, { ...request, shared: true });
      expect(hasVmFlag(model, vma, 'VM_HUGEPAGE')).toBe(true);
    });

    it('private VMAs and faults smaller than the alignment are SIGBUS', () => {
      const small = mappedDevdax(revision, PRIVATE);
      expect(handleMmFault(small.model, small.vma, VPN, 0)).toBe(VM_FAULT.SIGBUS);
      const large = mappedDevdax(revision, SHARED, 9, HPN);
      const fault = newFault(large.vma, VPN, 0, NONE);
      expect(DEVDAX_OPS.fault?.(large.model, fault)).toBe(VM_FAULT.SIGBUS);
      const pages = mappedDevdax(revision, SHARED, 0, HPN);
      expect(DEVDAX_OPS.hugeFault?.(pages.model, fault, 'pmd')).toBe(VM_FAULT.FALLBACK);
    });
  },
);

/** First frame of the device's memory. */
function firstOf({ machine }: Model): number {
  return (machine.memory.framesOf('pmem')[0] ?? machine.memory.framesOf('dax')[0]) as number;
}
