import { VM_MAYWRITE, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { isAnonExclusive } from '../src/frames/folio.js';
import { Frame, Mm, Model, newMm, newVma, run } from '../src/index.js';
import { entryAt } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { vmaAt } from '../src/vma/vma.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;

function anonymous(arch: string, revision = 'v6.18') {
  const model = new Model(machineOf(arch, revision));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 8, flags: 0x3n | VM_WRITE | VM_MAYWRITE });
  return { model, mm, vma };
}

/** Frame that an address maps. */
function frameAt(model: Model, mm: number, vpn = VPN): number {
  return model.machine.memory.frame(model.pte.pfn(entryAt(model, mm, vpn, 'pte')));
}

describe.each(ARCHITECTURES)('faults of anonymous memory on %s', (arch) => {
  it('read maps the zeropage uncounted, a write after it a page of its own (SPEC 18.4 P23)', () => {
    const { model, mm, vma } = anonymous(arch);
    const { state, pte } = model;
    expect(handleMmFault(model, vma, VPN, 0)).toBe(0);
    const zero = entryAt(model, mm, VPN, 'pte');
    expect(model.machine.zeroFrames).toContain(frameAt(model, mm));
    expect(pte.is.write(zero)).toBe(false);
    expect(pte.is.special(zero)).toBe(model.kernel.hasSpecial('pte'));
    expect(state.get(Mm.anonPages, mm)).toBe(0);
    const outcome = run(model, () => handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE));
    expect(outcome).toEqual({ value: 0, events: [] });
    const frame = frameAt(model, mm);
    expect(pte.is.write(entryAt(model, mm, VPN, 'pte'))).toBe(true);
    expect(state.get(Mm.anonPages, mm)).toBe(1);
    expect([state.get(Frame.refcount, frame), state.get(Frame.mapcount, frame)]).toEqual([1, 1]);
    expect(isAnonExclusive(model, frame)).toBe(true);
  });

  it('a page shared by fork is reused by the last who has it (SPEC 18.4 P24)', () => {
    const { model, mm, vma } = anonymous(arch);
    handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
    const frame = frameAt(model, mm);
    const child = forkMm(model, mm);
    exitMm(model, child);
    expect(isAnonExclusive(model, frame)).toBe(false);
    handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
    expect(frameAt(model, mm)).toBe(frame);
    expect(isAnonExclusive(model, frame)).toBe(true);
    expect(model.pte.is.write(entryAt(model, mm, VPN, 'pte'))).toBe(true);
  });

  it('a write while the child has the page copies it', () => {
    const { model, mm, vma } = anonymous(arch);
    handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
    const frame = frameAt(model, mm);
    const child = forkMm(model, mm);
    handleMmFault(model, vma, VPN, FAULT_FLAG.WRITE);
    expect(frameAt(model, mm)).not.toBe(frame);
    expect(frameAt(model, child)).toBe(frame);
    expect(model.state.get(Frame.refcount, frame)).toBe(1);
    handleMmFault(model, vmaAt(model, child, VPN), VPN, FAULT_FLAG.WRITE);
    expect(frameAt(model, child)).toBe(frame);
    for (const each of [mm, child]) exitMm(model, each);
    const left: number[] = [];
    model.state.forEachSet((column, record) => {
      const own = model.machine.zeroFrames.includes(record);
      if (column === Frame.refcount && !own) left.push(record);
    });
    expect(left).toEqual([]);
  });
});
