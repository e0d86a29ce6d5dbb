import { VM_MAYWRITE, VM_SHARED, VM_WRITE } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daxBreakLayout, daxPunchHole, daxTruncate } from '../src/dax/change-file.js';
import { newDeviceMemory, placeOnDevice } from '../src/dax/device.js';
import { FSDAX_OPS } from '../src/dax/file-ops.js';
import { daxWriteback } from '../src/dax/writeback.js';
import { readMemory, writeMemory } from '../src/fault/access.js';
import { FILE_OPS, SHMEM_OPS } from '../src/files/filemap-ops.js';
import { newMapping } from '../src/files/new-mapping.js';
import { truncateFile } from '../src/files/truncate.js';
import { forkMm } from '../src/fork/fork.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import { putReference } from '../src/gup/reference.js';
import { checkInvariants, Mm, Model, newMm, newVma, Reference, run } from '../src/index.js';
import { exitMm } from '../src/vma/exit.js';
import { pageOut } from '../src/vma/madvise-pageout.js';
import { vmaAt } from '../src/vma/vma.js';
import { ZAP_KEEP_COWS } from '../src/zap/details.js';
import { zapVmaRange } from '../src/zap/zap-range.js';
import { interrupted } from './dax.js';
import { machineOf } from './machines.js';

const PAGES = 4;
const GAP = 16;
const VPN = 0x1000;
const PRIVATE = 0x1n | VM_WRITE | VM_MAYWRITE | 0x8000000n;
const SHARED = PRIVATE | VM_SHARED | 0x80n;

/** VMAs one behind the other: anonymous, then file, shmem and DAX, each private and shared. */
const KINDS = [
  { flags: PRIVATE },
  { flags: PRIVATE, ops: 0, mapping: 0 },
  { flags: SHARED, ops: 0, mapping: 0 },
  { flags: PRIVATE, ops: 1, mapping: 1 },
  { flags: SHARED, ops: 1, mapping: 1 },
  { flags: PRIVATE, ops: 2, mapping: 2 },
  { flags: SHARED, ops: 2, mapping: 2 },
];

function start(arch: string, revision: string): Model {
  const machine = machineOf(arch, revision, {
    vmOps: [FILE_OPS, SHMEM_OPS, FSDAX_OPS],
    memory: [{ name: 'pmem', purpose: 'device', zone: 'device', firstPfn: 0x400000, frames: 8 }],
  });
  const model = new Model(machine);
  newMapping(model, 'file', PAGES);
  newMapping(model, 'shmem', PAGES);
  placeOnDevice(model, newMapping(model, 'fsdax', PAGES), newDeviceMemory(model, 'pmem', 'fsdax'));
  const mm = newMm(model);
  KINDS.forEach((kind, i) => {
    const at = VPN + i * GAP;
    newVma(model, mm, { pgoff: i === 0 ? at : 0, ...kind, start: at, end: at + PAGES });
  });
  return model;
}

/** Steps by name; `mm` and `vpn` are of a process that lives, and of one of the VMAs. */
const STEPS: Readonly<Record<string, (model: Model, mm: number, vpn: number) => void>> = {
  read: (model, mm, vpn) => readMemory(model, mm, vpn),
  write: (model, mm, vpn) => writeMemory(model, mm, vpn, 1 + (vpn % 7)),
  zap: (model, mm, vpn) => zapVmaRange(model, vmaAt(model, mm, vpn), vpn, vpn + 2),
  'zap file': (model, mm, vpn) =>
    zapVmaRange(model, vmaAt(model, mm, vpn), vpn, vpn + 2, ZAP_KEEP_COWS),
  fork: (model, mm) => {
    if (model.state.get(Mm.used, 3) === 0) forkMm(model, mm);
  },
  exit: (model, mm) => {
    if (mm > 0) exitMm(model, mm);
  },
  pin: (model, mm, vpn) => getUserPages(model, mm, vpn, 1, FOLL.PIN | FOLL.WRITE),
  unpin: (model) => {
    if (model.state.get(Reference.used, 0) === 1) putReference(model, 0);
  },
  truncate: (model, _mm, vpn) => truncateFile(model, vpn % 2, vpn % PAGES),
  'page out': (model, mm, vpn) => pageOut(model, vmaAt(model, mm, vpn), vpn, vpn + 1),
  'dax truncate': (model, _mm, vpn) => interrupted(model, daxTruncate(model, 2, vpn % PAGES)),
  'dax punch': (model, _mm, vpn) => interrupted(model, daxPunchHole(model, 2, vpn % PAGES, PAGES)),
  'dax break': (model) => interrupted(model, daxBreakLayout(model, 2, 0, PAGES)),
  'dax writeback': (model) => daxWriteback(model, 2, 0, PAGES),
};

const sequences = fc.array(
  fc.record({
    step: fc.constantFrom(...Object.keys(STEPS)),
    process: fc.nat(3),
    kind: fc.nat(KINDS.length - 1),
    page: fc.nat(PAGES - 1),
  }),
  { maxLength: 60, size: 'max' },
);

describe.each([
  ['x86', 'v6.12'],
  ['x86', 'v6.17'],
  ['x86', 'v6.18'],
  ['x86', 'v7.2'],
  ['arm64', 'v6.18'],
  ['s390x', 'v7.2'],
])('random accesses on %s, %s', (arch, revision) => {
  const origin = start(arch, revision);

  it('keep all invariants', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const model = new Model(origin.machine, origin.state.copy());
        for (const { step, process, kind, page } of steps) {
          const mm = model.state.get(Mm.used, process) === 1 ? process : 0;
          const outcome = run(model, () => STEPS[step]?.(model, mm, VPN + kind * GAP + page));
          expect(outcome.bug).toBeUndefined();
          expect(outcome.events.filter((event) => event.kind !== 'note')).toEqual([]);
          expect(checkInvariants(model)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });
});
