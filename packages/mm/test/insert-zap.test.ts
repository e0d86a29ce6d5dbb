import { VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocFolio } from '../src/frames/allocate.js';
import {
  type Column,
  Frame,
  Global,
  MMAP_LOCK,
  Mm,
  Model,
  newMm,
  newVma,
  run,
  vmfInsertMixed,
  vmfInsertMixedMkwrite,
  vmfInsertPageMkwrite,
  vmfInsertPfn,
  vmInsertPage,
} from '../src/index.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const PAGES = 8;

/** What an insertion does to counts, a zap of the same entries must undo. */
const COUNTS: readonly Column[] = [
  Mm.filePages,
  Mm.anonPages,
  Mm.shmemPages,
  Mm.swapEntries,
  Global.nrFileMapped,
  Global.nrAnonMapped,
  Global.tainted,
];

const VMAS = {
  cow: VM_WRITE | VM_MAYWRITE,
  shared: VM_SHARED | VM_WRITE | VM_MAYWRITE,
  neverWritable: 0n,
} as const;

const INSERTIONS = ['page', 'page-mkwrite', 'mixed', 'mixed-mkwrite', 'pfn'] as const;

const step = fc.record({
  how: fc.constantFrom(...INSERTIONS),
  at: fc.nat(PAGES - 1),
  /** One of a few pages, or the zeropage, or a frame without struct page. */
  what: fc.constantFrom(0, 1, 2, 'zero' as const, 'register' as const),
  write: fc.boolean(),
});

/** highest_memmap_pfn lies above it, as above registers of a real machine. */
const REGISTER_PFN = 0x800;

function insert(model: Model, vma: number, { how, at, what, write }: Step, frames: number[]) {
  const { memory, zeroFrames } = model.machine;
  const frame = what === 'zero' ? (zeroFrames[0] as number) : frames[Number(what)];
  const pfn = frame === undefined ? REGISTER_PFN : memory.pfn(frame);
  const vpn = VPN + at;
  if (how === 'pfn') return vmfInsertPfn(model, vma, vpn, pfn);
  if (how === 'mixed') return vmfInsertMixed(model, vma, vpn, pfn);
  if (how === 'mixed-mkwrite') return vmfInsertMixedMkwrite(model, vma, vpn, pfn);
  if (frame === undefined) return 0;
  if (how === 'page') return vmInsertPage(model, vma, vpn, frame);
  return vmfInsertPageMkwrite(model, vma, vpn, frame, write);
}
type Step = (typeof step extends fc.Arbitrary<infer S> ? S : never) & object;

describe.each(ARCHITECTURES)(
  'insertions and a zap of all of them leave no trace, on %s',
  (arch) => {
    it.each(['v6.12', 'v6.17', 'v6.18-fixed', 'v7.2', 'rfc-2025-06/14'])('%s', (revision) => {
      const machine = machineOf(arch, revision, { vmOps: [{ name: 'driver' }] });
      fc.assert(
        fc.property(
          fc.constantFrom(...Object.values(VMAS)),
          fc.constantFrom(VM_MIXEDMAP, VM_PFNMAP),
          fc.array(step, { maxLength: 12 }),
          (flags, map, steps) => {
            const model = new Model(machine);
            const mm = newMm(model);
            model.state.set(Mm.mmapLock, mm, MMAP_LOCK.write);
            const vma = newVma(model, mm, {
              start: VPN,
              end: VPN + PAGES,
              flags: flags | map,
              ops: 0,
            });
            const frames = [allocFolio(model), allocFolio(model), allocFolio(model)];
            const zero = machine.zeroFrames[0] as number;
            model.state.set(Frame.refcount, zero, 1);
            const counted = [...frames, zero];
            const before = model.state.copy();
            for (const each of steps) {
              // Counted pages do not belong among raw pfns; nothing but the caller keeps them apart.
              if (each.how === 'page-mkwrite' && map === VM_PFNMAP) continue;
              // Where the kernel would stop, nothing was inserted.
              const outcome = run(model, () => insert(model, vma, each, frames));
              for (const { kind } of outcome.events) expect(kind).not.toBe('bad-page-map');
            }
            zapVmaRange(model, vma, VPN, VPN + PAGES);
            for (const column of COUNTS) {
              expect([column, model.state.get(column, 0)]).toEqual([column, before.get(column, 0)]);
            }
            for (const frame of counted) {
              for (const column of [Frame.refcount, Frame.mapcount]) {
                expect(model.state.get(column, frame)).toBe(before.get(column, frame));
              }
            }
          },
        ),
        { numRuns: 120 },
      );
    });
  },
);
