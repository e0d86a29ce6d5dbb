import { VM_MAYWRITE, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FILE_OPS } from '../src/files/filemap-ops.js';
import { newMapping } from '../src/files/new-mapping.js';
import { Mapping, Model, newMm, newVma } from '../src/index.js';
import { folioMkclean, mappingWrprotectRange, pfnMkcleanRange } from '../src/rmap/mkclean.js';
import { rmapWalk } from '../src/rmap/walk.js';
import { ARCHITECTURES, machineOf } from './machines.js';
import { entryOf, frameAt, PRIVATE, quietly, VPN, write } from './processes.js';

const SHARED = PRIVATE | VM_SHARED | VM_WRITE | VM_MAYWRITE;

describe.each(ARCHITECTURES)('a file mapped by three VMAs on %s', (arch) => {
  /** Two processes share four pages of a file; one of them has the second half privately as well. */
  function mapped() {
    const model = new Model(machineOf(arch, 'v6.18', { vmOps: [FILE_OPS] }));
    const mapping = newMapping(model, 'file', 4);
    const [a, b] = [newMm(model), newMm(model)];
    const of = (mm: number, start: number, pgoff: number, pages: number, flags: bigint) =>
      newVma(model, mm, { start, end: start + pages, flags, pgoff, ops: 0, mapping });
    return {
      model,
      mapping,
      whole: of(a, VPN, 0, 4, SHARED),
      half: of(b, VPN + 64, 2, 2, SHARED),
      own: of(a, VPN + 64, 2, 2, PRIVATE),
    };
  }

  it('loses write access and dirty marks where it is shared, and nowhere else (SPEC 9.12)', () => {
    const { model, whole, half, own } = mapped();
    const { is } = model.pte;
    const page = write(model, whole, VPN + 3, 1);
    expect(write(model, half, VPN + 65, 1)).toBe(page);
    const copy = write(model, own, VPN + 65, 2);
    const other = write(model, whole, VPN + 2, 3);
    const pfn = model.machine.memory.pfn(page);
    expect(quietly(model, () => pfnMkcleanRange(model, pfn, 1, 3, own))).toBe(0);
    expect(quietly(model, () => pfnMkcleanRange(model, pfn, 1, 3, half))).toBe(1);
    expect(quietly(model, () => folioMkclean(model, page))).toBe(1);
    expect(quietly(model, () => folioMkclean(model, page))).toBe(0);
    for (const [vma, vpn] of [
      [whole, VPN + 3],
      [half, VPN + 65],
    ] as const) {
      const entry = entryOf(model, vma, vpn);
      expect([is.present(entry), is.write(entry), is.dirty(entry)]).toEqual([true, false, false]);
    }
    expect(is.write(entryOf(model, own, VPN + 65))).toBe(true);
    expect(is.write(entryOf(model, whole, VPN + 2))).toBe(true);
    expect([frameAt(model, own, VPN + 65), frameAt(model, whole, VPN + 2)]).toEqual([copy, other]);
    expect(quietly(model, () => folioMkclean(model, copy))).toBe(0);
  });

  it('is protected by frames of a range as well', () => {
    const { model, mapping, whole, half } = mapped();
    const pages = [2, 3].map((i) => write(model, whole, VPN + i, i));
    expect(write(model, half, VPN + 64, 2)).toBe(pages[0]);
    const { memory } = model.machine;
    const cleaned = pages.map((page, i) =>
      quietly(model, () => mappingWrprotectRange(model, mapping, 2 + i, memory.pfn(page), 1)),
    );
    expect(cleaned).toEqual([2, 1]);
    expect(model.pte.is.write(entryOf(model, half, VPN + 64))).toBe(false);
  });

  it('is walked in the order of offsets, until somebody has enough', () => {
    const { model, mapping, whole, half, own } = mapped();
    const page = write(model, whole, VPN + 3, 1);
    const seen: [number, number][] = [];
    const one = (vma: number, vpn: number): boolean => {
      seen.push([vma, vpn]);
      return true;
    };
    expect(rmapWalk(model, page, { one })).toBe(false);
    expect(seen).toEqual([
      [whole, VPN + 3],
      [half, VPN + 65],
      [own, VPN + 65],
    ]);
    seen.length = 0;
    rmapWalk(model, page, { one, skips: (vma) => vma === whole, done: () => seen.length > 0 });
    expect(seen).toEqual([[half, VPN + 65]]);
    model.state.set(Mapping.locked, mapping, 1);
    expect(rmapWalk(model, page, { one, tryLock: true })).toBe(true);
    expect(seen.length).toBe(1);
  });
});
