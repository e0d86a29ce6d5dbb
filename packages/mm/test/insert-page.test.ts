import { VM_MAYWRITE, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { allocFolio } from '../src/frames/allocate.js';
import { Frame, MMAP_LOCK, Mm, Model, newMm, newVma, run, vmInsertPage } from '../src/index.js';
import { vmNormalPage } from '../src/normal-page.js';
import { entryAt, slotAt } from '../src/tables/tables.js';
import { ZAP_ALL } from '../src/zap/details.js';
import { zapPresentPte } from '../src/zap/zap-pte.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;

function driverVma(arch: string, revision: string, flags: bigint) {
  const model = new Model(machineOf(arch, revision, { vmOps: [{ name: 'driver' }] }));
  const mm = newMm(model);
  model.state.set(Mm.mmapLock, mm, MMAP_LOCK.write);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 16, flags, ops: 0 });
  return { model, mm, vma };
}

describe.each(ARCHITECTURES)('vm_insert_page on %s', (arch) => {
  it('counts a page, and zap takes all of it back', () => {
    const { model, mm, vma } = driverVma(arch, 'v6.18', VM_SHARED | VM_WRITE | VM_MAYWRITE);
    const frame = allocFolio(model);
    const before = model.state.copy();
    expect(run(model, () => vmInsertPage(model, vma, VPN, frame))).toEqual({
      value: 0,
      events: [],
    });
    const { state } = model;
    expect(state.get(Frame.refcount, frame)).toBe(2);
    expect(state.get(Frame.mapcount, frame)).toBe(1);
    expect(state.get(Mm.filePages, mm)).toBe(1);
    const entry = entryAt(model, mm, VPN, 'pte');
    expect(model.pte.is.present(entry)).toBe(true);
    expect(model.pte.is.special(entry)).toBe(false);
    expect(vmNormalPage(model, 'pte', vma, VPN, entry)).toBe(frame);
    zapPresentPte(model, vma, VPN, slotAt(model, mm, VPN, 'pte'), entry, ZAP_ALL);
    expect(state.get(Frame.refcount, frame)).toBe(before.get(Frame.refcount, frame));
    expect(state.get(Mm.filePages, mm)).toBe(0);
  });

  // SPEC 18.4, P1 to P3
  it.each([
    ['v6.9', VM_SHARED | VM_WRITE | VM_MAYWRITE, 0, 1],
    ['v6.12', VM_SHARED | VM_WRITE | VM_MAYWRITE, -22, 0],
    ['v6.12', 0n, 0, 0],
  ])('of the zeropage in %s, flags %s', (revision, flags, answer, counted) => {
    const { model, mm, vma } = driverVma(arch, revision, flags);
    const zero = model.machine.zeroFrames[0] as number;
    model.state.set(Frame.refcount, zero, 1);
    expect(vmInsertPage(model, vma, VPN, zero)).toBe(answer);
    expect(model.state.get(Frame.refcount, zero)).toBe(1 + counted);
    expect(model.state.get(Mm.filePages, mm)).toBe(counted);
    const entry = entryAt(model, mm, VPN, 'pte');
    const hasMark = model.kernel.hasSpecial('pte');
    expect(model.pte.is.special(entry)).toBe(hasMark && answer === 0 && counted === 0);
  });
});
