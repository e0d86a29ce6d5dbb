import { VM_MAYWRITE, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { Frame, MMAP_LOCK, Mm, Model, newMm, newVma, vmInsertPage } from '../src/index.js';
import { disableCowSharing } from '../src/insert/disable-cow-sharing.js';
import { mmForbidsZeropage } from '../src/insert/mixed-zeropage.js';
import { entryAt } from '../src/tables/tables.js';
import { machineOf } from './machines.js';

const VPN = 0x1000;

function guest(revision: string) {
  const model = new Model(machineOf('s390x', revision, { vmOps: [{ name: 'driver' }] }));
  const mm = newMm(model);
  model.state.set(Mm.mmapLock, mm, MMAP_LOCK.write);
  const flags = VM_WRITE | VM_MAYWRITE;
  const vma = newVma(model, mm, { start: VPN, end: VPN + 16, flags });
  const zero = model.machine.zeroFrames[0] as number;
  model.state.set(Frame.refcount, zero, 1);
  const frameAt = (vpn: number) => {
    const entry = entryAt(model, mm, vpn, 'pte');
    return entry === 0 ? -1 : model.machine.memory.frame(model.pte.pfn(entry));
  };
  return { model, mm, vma, zero, frameAt };
}

// SPEC 3.2, 6.3
describe('a guest that gets storage keys', () => {
  it('has its zeropages replaced by pages of its own, and gets no more', () => {
    const { model, mm, vma, zero, frameAt } = guest('v6.18');
    expect(handleMmFault(model, vma, VPN + 3, FAULT_FLAG.USER)).toBe(0);
    expect(frameAt(VPN + 3)).toBe(zero);
    expect(disableCowSharing(model, mm)).toBe(0);
    expect(mmForbidsZeropage(model, mm)).toBe(true);
    expect(frameAt(VPN + 3)).not.toBe(zero);
    expect(model.state.get(Mm.anonPages, mm)).toBe(1);
    expect(handleMmFault(model, vma, VPN + 4, FAULT_FLAG.USER)).toBe(0);
    expect(frameAt(VPN + 4)).not.toBe(zero);
    expect(disableCowSharing(model, mm)).toBe(0);
  });

  it('lost them before 6.10', () => {
    const { model, mm, vma, zero, frameAt } = guest('v6.9');
    handleMmFault(model, vma, VPN, FAULT_FLAG.USER);
    expect(frameAt(VPN)).toBe(zero);
    expect(disableCowSharing(model, mm)).toBe(0);
    expect(frameAt(VPN)).toBe(-1);
  });

  it('is refused where a zeropage cannot be replaced', () => {
    const { model, mm, zero, frameAt } = guest('v6.18');
    const vma = newVma(model, mm, { start: 0x2000, end: 0x2010, flags: 0n, ops: 0 });
    expect(vmInsertPage(model, vma, 0x2001, zero)).toBe(0);
    expect(disableCowSharing(model, mm)).toBe(-14);
    expect(mmForbidsZeropage(model, mm)).toBe(false);
    expect(frameAt(0x2001)).toBe(zero);
  });
});
