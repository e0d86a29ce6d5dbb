import { VM_MAYWRITE, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { Mm, Model, newMm, newVma, run, Vma } from '../src/index.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { entryAt } from '../src/tables/tables.js';
import { munmap } from '../src/vma/munmap.js';
import { vmasOf } from '../src/vma/vma.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const READ = 1n;

function written(arch: string) {
  const model = new Model(machineOf(arch, 'v6.18', { config: { MEM_SOFT_DIRTY: false } }));
  const mm = newMm(model);
  const flags = READ | VM_WRITE | VM_MAYWRITE | 0x10n;
  const vma = newVma(model, mm, { start: VPN, end: VPN + 8, flags });
  for (let i = 0; i < 8; i++) handleMmFault(model, vma, VPN + i, FAULT_FLAG.WRITE);
  return { model, mm, vma };
}

const isWritable = (model: Model, mm: number, vpn: number): boolean =>
  model.pte.is.write(entryAt(model, mm, vpn, 'pte'));

describe.each(ARCHITECTURES)('mprotect and munmap on %s', (arch) => {
  it('gives the write bit of an exclusive page back without a fault (SPEC 18.4 P29)', () => {
    const { model, mm } = written(arch);
    expect(mprotect(model, mm, VPN, 8, READ)).toBe(0);
    expect(isWritable(model, mm, VPN)).toBe(false);
    expect(mprotect(model, mm, VPN, 8, READ | VM_WRITE)).toBe(0);
    expect(isWritable(model, mm, VPN)).toBe(true);
  });

  it('leaves a shared page to the write fault (SPEC 18.4 P30)', () => {
    const { model, mm } = written(arch);
    forkMm(model, mm);
    mprotect(model, mm, VPN, 8, READ);
    mprotect(model, mm, VPN, 8, READ | VM_WRITE);
    expect(isWritable(model, mm, VPN)).toBe(false);
  });

  it('splits VMAs at the ends of the range, and munmap takes just what it covers', () => {
    const { model, mm } = written(arch);
    expect(mprotect(model, mm, VPN + 2, 2, READ)).toBe(0);
    const starts = () => [...vmasOf(model, mm)].map((vma) => model.state.get(Vma.start, vma) - VPN);
    expect(starts()).toEqual([0, 2, 4]);
    expect(run(model, () => munmap(model, mm, VPN + 1, 4))).toEqual({ value: 0, events: [] });
    expect(starts()).toEqual([0, 5]);
    expect(model.state.get(Mm.anonPages, mm)).toBe(4);
    munmap(model, mm, VPN, 8);
    expect(model.state.get(Mm.anonPages, mm)).toBe(0);
    expect(model.state.get(Mm.nrPtes, mm)).toBe(0);
  });

  it.each([
    ['a hole', VPN + 4, 8, READ, -12],
    ['what VM_MAY* forbids', VPN, 8, READ | 4n, -13],
  ])('refuses %s', (_, start, pages, prot, answer) => {
    const { model, mm } = written(arch);
    expect(mprotect(model, mm, start, pages, prot)).toBe(answer);
  });
});
