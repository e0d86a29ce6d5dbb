import { VM_MAYWRITE, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { ERRNO } from '../src/errno.js';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { Frame, Model, newMm, newVma, Vma, vmfInsertPfn } from '../src/index.js';
import { entryAt, setEntry, slotMade } from '../src/tables/tables.js';
import { CLEAR_REFS, clearRefs } from '../src/walk/clear-refs.js';
import { HMM_PFN, HMM_REQ, hmmRangeFault } from '../src/walk/hmm.js';
import { numaMaps } from '../src/walk/numa-maps.js';
import { PAGEMAP, pagemap } from '../src/walk/pagemap.js';
import { PAGE_IS, pagemapScan } from '../src/walk/pagemap-scan.js';
import { smaps } from '../src/walk/smaps.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const PRIVATE = 0x73n | VM_WRITE | VM_MAYWRITE;
const VM_PFNMAP = 0x400n;

function process(arch: string, revision = 'v6.18', flags = PRIVATE, ops?: number) {
  const model = new Model(machineOf(arch, revision, { vmOps: [{ name: 'driver' }] }));
  const mm = newMm(model);
  const parts = { start: VPN, end: VPN + 8, flags, ...(ops === undefined ? {} : { ops }) };
  const vma = newVma(model, mm, parts);
  return { model, mm, vma, state: model.state };
}

/** Written at VPN, the zeropage at VPN + 1, a hole at VPN + 2. */
function lived(arch: string, revision?: string) {
  const made = process(arch, revision);
  handleMmFault(made.model, made.vma, VPN, FAULT_FLAG.WRITE);
  handleMmFault(made.model, made.vma, VPN + 1, 0);
  return made;
}

describe.each(ARCHITECTURES)('walkers on %s', (arch) => {
  it('smaps counts pages, and no zeropage; what fork shares is shared (SPEC 12.1)', () => {
    const { model, mm, vma } = lived(arch);
    expect(smaps(model, vma)).toMatchObject({
      rss: 1,
      pss: 1,
      pssAnon: 1,
      anonymous: 1,
      privateDirty: 1,
      sharedDirty: 0,
      swap: 0,
    });
    forkMm(model, mm);
    expect(smaps(model, vma)).toMatchObject({ rss: 1, pss: 0.5, privateDirty: 0, sharedDirty: 1 });
  });

  it('pagemap shows the zeropage as present, of no file and not exclusive (SPEC 12.2)', () => {
    const { model, mm } = lived(arch);
    const words = pagemap(model, mm, VPN - 1, 4);
    const bits = (i: number) =>
      (words[i] as bigint) & (PAGEMAP.present | PAGEMAP.exclusive | PAGEMAP.file);
    expect([0, 1, 2, 3].map(bits)).toEqual([
      0n,
      PAGEMAP.present | PAGEMAP.exclusive,
      PAGEMAP.present,
      0n,
    ]);
    const pfn = model.pte.pfn(entryAt(model, mm, VPN, 'pte'));
    expect((words[1] as bigint) & 0xffffffffn).toBe(BigInt(pfn));
    expect((pagemap(model, mm, VPN, 1, false)[0] as bigint) & 0xffffffffn).toBe(0n);
  });

  it('PAGEMAP_SCAN: what is written, zero, or empty in a table (SPEC 12.3, SPEC-7.2 12.7)', () => {
    const asked = PAGE_IS.PRESENT | PAGE_IS.WRITTEN | PAGE_IS.PFNZERO | PAGE_IS.FILE;
    const found = (revision: string) => {
      const { model, mm } = lived(arch, revision);
      return pagemapScan(model, mm, VPN, 3).map((category) => category & asked);
    };
    const present = PAGE_IS.PRESENT | PAGE_IS.WRITTEN;
    expect(found('v6.18')).toEqual([present, present | PAGE_IS.PFNZERO, 0]);
    expect(found('v7.2')[2]).toBe(PAGE_IS.WRITTEN);
    expect(found('v6.12')[2]).toBe(PAGE_IS.WRITTEN);
  });

  it('numa_maps counts normal pages that are not reserved (SPEC 12.5)', () => {
    const { model, vma, mm } = lived(arch);
    forkMm(model, mm);
    expect(numaMaps(model, vma)).toMatchObject({ pages: 1, anon: 1, dirty: 1, mapmax: 2 });
  });

  it('clear_refs forgets references; soft-dirty tracking takes the write bit', () => {
    const { model, mm } = lived(arch);
    const { is } = model.pte;
    expect(is.young(entryAt(model, mm, VPN, 'pte'))).toBe(true);
    expect(clearRefs(model, mm, CLEAR_REFS.ALL)).toBe(0);
    expect(is.young(entryAt(model, mm, VPN, 'pte'))).toBe(false);
    expect(clearRefs(model, mm, CLEAR_REFS.SOFT_DIRTY)).toBe(0);
    expect(is.write(entryAt(model, mm, VPN, 'pte'))).toBe(false);
    expect(is.soft_dirty(entryAt(model, mm, VPN, 'pte'))).toBe(false);
    expect(clearRefs(model, mm, 9)).toBe(ERRNO.EINVAL);
  });

  it('hmm mirrors what is there, and faults in what is asked', () => {
    const { model, mm } = lived(arch);
    const flags = (asked: number) => {
      const found = hmmRangeFault(model, mm, VPN, 3, asked);
      return typeof found === 'number' ? found : found.map((page) => page.flags);
    };
    const { VALID, WRITE } = HMM_PFN;
    expect(flags(0)).toEqual([VALID | WRITE, VALID, 0]);
    expect(flags(HMM_REQ.FAULT)).toEqual([VALID | WRITE, VALID, VALID]);
    expect(flags(HMM_REQ.FAULT | HMM_REQ.WRITE)).toEqual(Array(3).fill(VALID | WRITE));
    expect(hmmRangeFault(model, mm, VPN + 6, 4, HMM_REQ.FAULT)).toBe(ERRNO.EFAULT);
  });
});

describe('VMAs of raw frames (SPEC 12.0)', () => {
  /** A raw frame at VPN, a private copy at VPN + 1. */
  function raw(revision: string) {
    const made = process('x86', revision, PRIVATE | VM_PFNMAP, 0);
    const { model, mm, vma } = made;
    const slot = slotMade(model, mm, VPN, 'pte');
    const { pte, machine } = model;
    setEntry(model, slot, pte.to.mkspecial(pte.leaf(0x9_0000, model.state.get(Vma.pageProt, vma))));
    const frame = machine.memory.frame(0x1000);
    model.state.set(Frame.refcount, frame, 1);
    model.state.set(Frame.owner, frame, 1);
    model.state.set(Frame.mapcount, frame, 1);
    const copy = pte.leaf(0x1000, model.state.get(Vma.pageProt, vma));
    setEntry(model, slotMade(model, mm, VPN + 1, 'pte'), copy);
    return made;
  }

  it('smaps counts private copies from 6.2 on, pagemap shows a hole', () => {
    const now = raw('v6.12');
    expect(smaps(now.model, now.vma)).toMatchObject({ rss: 1, anonymous: 1 });
    expect(pagemap(now.model, now.mm, VPN, 2)).toEqual([0n, 0n]);
    expect(pagemapScan(now.model, now.mm, VPN, 2)).toEqual([0, 0]);
    const then = raw('v6.1');
    expect(smaps(then.model, then.vma)).toMatchObject({ rss: 0, anonymous: 0 });
    expect(hmmRangeFault(now.model, now.mm, VPN, 1, 0)).toEqual([
      { pfn: -1, flags: HMM_PFN.ERROR },
    ]);
  });

  it('a driver maps frames that only pagemap would have shown', () => {
    const { model, vma } = process('x86', 'v6.18', 0xfbn | VM_PFNMAP, 0);
    vmfInsertPfn(model, vma, VPN, 0x9_0000);
    expect(smaps(model, vma).rss).toBe(0);
    expect(numaMaps(model, vma).pages).toBe(0);
  });
});
