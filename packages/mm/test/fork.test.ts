import { VM_MAYWRITE, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { forkMm } from '../src/fork/fork.js';
import { allocFolio } from '../src/frames/allocate.js';
import { isAnonExclusive } from '../src/frames/folio.js';
import { Frame, MM_FLAG, Mm, Model, newMm, newVma, run } from '../src/index.js';
import { addNewAnonRmap } from '../src/rmap/anon-rmap.js';
import { anonVmaPrepare } from '../src/rmap/anon-vma.js';
import { entryAt, setEntry, slotMade } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { pageProtOf } from '../src/vma/vma.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;

/** A process with one written anonymous page, as a write fault leaves it. */
function written(arch: string, revision = 'v6.18') {
  const model = new Model(machineOf(arch, revision));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 8, flags: VM_WRITE | VM_MAYWRITE });
  anonVmaPrepare(model, vma);
  const frame = allocFolio(model);
  addNewAnonRmap(model, frame, vma, VPN);
  const { pte, machine, state } = model;
  const leaf = pte.leaf(machine.memory.pfn(frame), pageProtOf(model, vma));
  setEntry(model, slotMade(model, mm, VPN, 'pte'), pte.mkwrite(pte.to.mkdirty(leaf)));
  state.add(Mm.anonPages, mm, 1);
  return { model, mm, vma, frame };
}

describe.each(ARCHITECTURES)('fork on %s', (arch) => {
  it('shares an anonymous page read-only, and exit gives everything back (SPEC 18.4 P24)', () => {
    const { model, mm, frame } = written(arch);
    const before = model.state.copy();
    const forked = run(model, () => forkMm(model, mm));
    expect(forked.events).toEqual([]);
    const child = forked.bug === undefined ? forked.value : -1;
    const { state, pte } = model;
    expect(state.get(Frame.refcount, frame)).toBe(2);
    expect(state.get(Frame.mapcount, frame)).toBe(2);
    expect(isAnonExclusive(model, frame)).toBe(false);
    expect(state.get(Mm.anonPages, child)).toBe(1);
    for (const each of [mm, child]) {
      const entry = entryAt(model, each, VPN, 'pte');
      expect(pte.is.present(entry)).toBe(true);
      expect(pte.is.write(entry)).toBe(false);
    }
    expect(run(model, () => exitMm(model, child)).events).toEqual([]);
    expect(state.get(Frame.refcount, frame)).toBe(1);
    expect(state.get(Frame.mapcount, frame)).toBe(1);
    const left: string[] = [];
    const wordsOf = (which: typeof before) => {
      const words = new Map<string, number>();
      which.forEachSet((column, record, value) => words.set(`${column} ${record}`, value));
      return words;
    };
    const [was, is] = [wordsOf(before), wordsOf(state)];
    for (const key of new Set([...was.keys(), ...is.keys()])) {
      if (was.get(key) !== is.get(key)) left.push(key);
    }
    // The page is shared no more, yet nobody has noticed; the entry stays read-only; the seqcount moved.
    expect(left).toHaveLength(3);
  });

  it('gives the child a copy of a page that may be pinned (SPEC 18.4 P25)', () => {
    const { model, mm, frame } = written(arch);
    model.state.set(Mm.flags, mm, MM_FLAG.hasPinned);
    model.state.add(Frame.refcount, frame, 1024);
    const parent = entryAt(model, mm, VPN, 'pte');
    const child = forkMm(model, mm);
    expect(entryAt(model, mm, VPN, 'pte')).toBe(parent);
    expect(isAnonExclusive(model, frame)).toBe(true);
    const copied = entryAt(model, child, VPN, 'pte');
    expect(model.pte.is.write(copied)).toBe(true);
    expect(model.pte.pfn(copied)).not.toBe(model.pte.pfn(parent));
  });
});
