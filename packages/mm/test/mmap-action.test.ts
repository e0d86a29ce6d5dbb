import { VM_IO, VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { allocFolio } from '../src/frames/allocate.js';
import { Global, Mm, Model, newMm, newVma, run } from '../src/index.js';
import {
  completeMmapAction,
  type MmapAction,
  prepareMmapAction,
  type VmaDescription,
} from '../src/insert/mmap-action.js';
import { entryAt } from '../src/tables/tables.js';
import { vmaAt } from '../src/vma/vma.js';
import { machineOf } from './machines.js';

const START = 0x1000;
const PFN = 0x5_0000;
const SHARED = VM_SHARED | VM_WRITE | VM_MAYWRITE;
const REMAP: MmapAction = { kind: 'remap', vpn: START, pfn: PFN, pages: 8 };

const model7_2 = (): Model => new Model(machineOf('x86', 'v7.2', { vmOps: [{ name: 'driver' }] }));
const described = (flags = SHARED, pgoff = 3): VmaDescription => ({
  start: START,
  end: START + 8,
  flags,
  pgoff,
});

/** What mmap() does with a driver that describes what it wants. */
function mmap(model: Model, vma: VmaDescription, asked: MmapAction, override = 0): number {
  const action = prepareMmapAction(model, vma, asked);
  if (typeof action === 'number') return action;
  const mm = newMm(model);
  const made = newVma(model, mm, { ...vma, ops: 0 });
  return completeMmapAction(model, made, action, override);
}

// SPEC-7.2 3.18
describe('an action of mmap', () => {
  it('maps raw frames; flags stand in the description before there is a VMA', () => {
    const model = model7_2();
    const vma = described();
    expect(prepareMmapAction(model, vma, REMAP)).toEqual(REMAP);
    expect(vma.flags & (VM_PFNMAP | VM_IO)).toBe(VM_PFNMAP | VM_IO);
    expect(mmap(model, described(), REMAP)).toBe(0);
    const entry = entryAt(model, 0, START + 7, 'pte');
    expect([model.pte.pfn(entry), model.pte.is.special(entry)]).toEqual([PFN + 7, true]);
  });

  it('moves vm_pgoff of a CoW mapping, which must be asked for whole', () => {
    const vma = described(VM_WRITE | VM_MAYWRITE);
    expect(prepareMmapAction(model7_2(), vma, { ...REMAP, pages: 7 } as MmapAction)).toBe(-22);
    expect(vma.pgoff).toBe(3);
    prepareMmapAction(model7_2(), vma, REMAP);
    expect(vma.pgoff).toBe(PFN);
  });

  it.each<[string, MmapAction, number]>([
    ['raw frames below', { ...REMAP, vpn: START - 1 } as MmapAction, -14],
    ['raw frames behind', { ...REMAP, pages: 9 } as MmapAction, -14],
    ['pages behind', { kind: 'map-kernel-pages', vpn: START + 8, frames: [0] }, -14],
    ['registers', { kind: 'simple-io-remap', start: 0xfe00_0000n, length: 0xa000n }, -22],
  ])('refuses %s the VMA', (_, action, answer) => {
    expect(prepareMmapAction(model7_2(), described(), action)).toBe(answer);
  });

  it('makes frames of registers', () => {
    const asked = { kind: 'simple-io-remap', start: 0xfe00_0000n, length: 0xb000n } as const;
    expect(prepareMmapAction(model7_2(), described(), asked)).toEqual({
      kind: 'remap',
      vpn: START,
      pfn: 0xfe003,
      pages: 8,
    });
    const io = { ...REMAP, kind: 'io-remap' } as MmapAction;
    expect(prepareMmapAction(model7_2(), described(), io)).toEqual(REMAP);
  });

  it('maps pages of the kernel', () => {
    const model = model7_2();
    const frames = [allocFolio(model), allocFolio(model)];
    const asked: MmapAction = { kind: 'map-kernel-pages', vpn: START + 1, frames };
    const vma = described(SHARED | VM_PFNMAP);
    expect(run(model, () => prepareMmapAction(model, vma, asked)).events).toEqual([
      { kind: 'vm-warn', id: 'pfnmap-vma' },
    ]);
    expect(vma.flags & VM_MIXEDMAP).toBe(VM_MIXEDMAP);
    expect(mmap(model, described(), asked)).toBe(0);
    expect(model.state.get(Mm.filePages, 0)).toBe(2);
  });

  it.each([
    [0, -13],
    [-11, -11],
  ])('unmaps the whole VMA when mapping fails; the driver may say how: %i', (override, answer) => {
    const model = model7_2();
    model.state.set(Global.modifyLimit, 0, PFN + 4);
    expect(mmap(model, described(), REMAP, override)).toBe(answer);
    expect(vmaAt(model, 0, START)).toBe(-1);
    expect(entryAt(model, 0, START, 'pte')).toBe(0);
  });

  it('may be none', () => {
    expect(mmap(model7_2(), described(), { kind: 'none' })).toBe(0);
  });

  it('must be prepared before it is completed', () => {
    const model = model7_2();
    const vma = newVma(model, newMm(model), { ...described(), ops: 0 });
    const io = { ...REMAP, kind: 'io-remap' } as MmapAction;
    expect(() => completeMmapAction(model, vma, io)).toThrow('was not prepared');
  });
});
