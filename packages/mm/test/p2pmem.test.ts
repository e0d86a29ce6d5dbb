import { VM_SHARED } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { newDeviceMemory } from '../src/dax/device.js';
import { p2pmemAllocMmap, poolPages } from '../src/devices/p2pmem.js';
import { ERRNO } from '../src/errno.js';
import { MMAP_LOCK } from '../src/frames/page-flags.js';
import { Frame, Global, Mm, Model, newMm, newVma, Pgmap } from '../src/index.js';
import { checkInvariants } from '../src/invariants/check.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { machineOf } from './machines.js';
import { PRIVATE, quietly, VPN } from './processes.js';

const SHARED = PRIVATE | VM_SHARED | 0x80n;

/** A PCI device with some pages, and a VMA of its file. */
function mapped(revision: string, pages: number, { flags = SHARED, pgoff = 0, device = 4 } = {}) {
  const machine = machineOf('x86', revision, {
    memory: [
      { name: 'bar', purpose: 'device', zone: 'device', firstPfn: 0x100000, frames: device },
    ],
    vmOps: [{ name: 'p2pmem' }],
  });
  const model = new Model(machine);
  const pgmap = newDeviceMemory(model, 'bar', 'p2pdma');
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + pages, flags, pgoff, ops: 0 });
  model.state.set(Mm.mmapLock, mm, MMAP_LOCK.write);
  const mmap = () => p2pmemAllocMmap(model, vma, pgmap);
  const first = model.state.get(Pgmap.firstFrame, pgmap);
  const counts = () =>
    [0, 1, 2, 3].slice(0, device).map((i) => model.state.get(Frame.refcount, first + i));
  return { model, pgmap, vma, mmap, counts, users: () => model.state.get(Pgmap.users, pgmap) };
}

describe('p2pmem_alloc_mmap() (SPEC 15.27)', () => {
  it.each(['dax-v6/9', 'dax-v6/10', 'v7.2'])('%s: pages come and go', (revision) => {
    const { model, pgmap, vma, mmap, counts, users } = mapped(revision, 3);
    const idle = revision === 'dax-v6/9' ? 1 : 0;
    expect(mmap()).toBe(0);
    const warned = revision === 'dax-v6/10' ? 3 : 0;
    expect(model.events).toEqual(Array(warned).fill({ kind: 'vm-warn', id: 'p2pmem-page-count' }));
    expect([poolPages(model, pgmap), users(), counts()]).toEqual([1, 3, [1, 1, 1, idle]]);
    expect(checkInvariants(model)).toEqual([]);
    quietly(model, () => zapVmaRange(model, vma, VPN, VPN + 3));
    expect([poolPages(model, pgmap), users(), counts()]).toEqual([4, 0, [idle, idle, idle, idle]]);
    expect(checkInvariants(model)).toEqual([]);
  });

  it('refuses a private VMA, one that begins elsewhere, and more pages than there are', () => {
    expect(mapped('v6.17', 1, { flags: PRIVATE }).mmap()).toBe(ERRNO.EINVAL);
    expect(mapped('v6.17', 1, { pgoff: 1 }).mmap()).toBe(ERRNO.EINVAL);
    const { mmap, model, pgmap } = mapped('v6.17', 5);
    expect(mmap()).toBe(ERRNO.ENOMEM);
    expect(poolPages(model, pgmap)).toBe(4);
  });

  it('refuses while the device goes, and takes nothing', () => {
    const { model, pgmap, mmap, users } = mapped('v6.17', 2);
    model.state.set(Pgmap.dying, pgmap, 1);
    expect(mmap()).toBe(ERRNO.ENODEV);
    expect([poolPages(model, pgmap), users()]).toEqual([4, 0]);
  });

  it.each([
    ['v6.12', 1, 0],
    ['dax-v6/9', 1, 1],
    ['dax-v6/10', 1, 1],
    ['v6.18-fixed', 0, 0],
  ])(
    '%s without a page table: the page that failed keeps %i references, the device %i users',
    (revision, references, left) => {
      const { model, mmap, counts, users } = mapped(revision, 1);
      model.state.set(Global.tablesRunOut, 0, 1);
      expect(mmap()).toBe(ERRNO.ENOMEM);
      expect([counts()[0], users()]).toEqual([references, left]);
    },
  );
});
