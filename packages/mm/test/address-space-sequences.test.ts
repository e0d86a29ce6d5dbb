import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import {
  AnonVma,
  Avc,
  COLUMNS,
  Frame,
  Mm,
  Model,
  newMm,
  run,
  SwapSlot,
  Table,
  Vma,
} from '../src/index.js';
import { changeProtNuma } from '../src/mprotect/change-protection.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { exitMm } from '../src/vma/exit.js';
import { ADVICE, madvise } from '../src/vma/madvise.js';
import { mmap } from '../src/vma/mmap.js';
import { mremap } from '../src/vma/mremap.js';
import { munmap } from '../src/vma/munmap.js';
import { hasVmFlag, vmaAt, vmasOf } from '../src/vma/vma.js';
import { machineOf } from './machines.js';

/** Around the end of what a leaf table maps, so that tables come and go. */
const BASE = 0x11f8;
const PAGES = 16;

interface Step {
  readonly what: string;
  readonly mm: number;
  readonly at: number;
  readonly pages: number;
  readonly other: number;
}

const WHAT = [
  'mmap',
  'mmap',
  'munmap',
  'mprotect',
  'read',
  'write',
  'write',
  'fork',
  'exit',
  'madvise',
  'mremap',
  'numa',
] as const;

const steps = fc.array(
  fc.record({
    what: fc.constantFrom(...WHAT),
    mm: fc.nat(7),
    at: fc.nat(PAGES - 1),
    pages: fc.integer({ min: 1, max: 6 }),
    other: fc.nat(63),
  }),
  { maxLength: 40 },
);

/** Does one step, in one of the processes that there are. */
function take(model: Model, { what, mm: which, at, pages, other }: Step): void {
  const { state } = model;
  const vpn = BASE + at;
  const alive = [...Array(8).keys()].filter((mm) => state.get(Mm.used, mm) === 1);
  if (alive.length === 0) return;
  const mm = alive[which % alive.length] as number;
  const vma = vmaAt(model, mm, vpn);
  switch (what) {
    case 'mmap':
      mmap(model, mm, { start: vpn, pages, prot: other % 2 === 0 ? 1n : 3n, shared: false });
      break;
    case 'munmap':
      munmap(model, mm, vpn, pages);
      break;
    case 'mprotect':
      mprotect(model, mm, vpn, pages, [0n, 1n, 3n][other % 3] as bigint);
      break;
    case 'read':
      if (vma >= 0) handleMmFault(model, vma, vpn, FAULT_FLAG.USER);
      break;
    case 'write':
      if (vma >= 0 && hasVmFlag(model, vma, 'VM_WRITE')) {
        handleMmFault(model, vma, vpn, FAULT_FLAG.USER | FAULT_FLAG.WRITE);
      }
      break;
    case 'fork':
      if (alive.length < 8) forkMm(model, mm);
      break;
    case 'exit':
      if (alive.length > 1) exitMm(model, mm);
      break;
    case 'madvise':
      madvise(model, mm, vpn, pages, ADVICE[other % ADVICE.length] as (typeof ADVICE)[number]);
      break;
    case 'numa':
      if (vma >= 0) changeProtNuma(model, vma, vpn, vpn + 1);
      break;
    default: {
      const to = BASE + (other % PAGES);
      mremap(model, mm, {
        start: vpn,
        oldPages: pages,
        newPages: pages,
        to,
        dontUnmap: other > 40,
      });
    }
  }
}

/** VMAs of every process lie in order and apart. */
function checkOrder(model: Model): void {
  for (let mm = 0; mm < 8; mm++) {
    if (model.state.get(Mm.used, mm) === 0) continue;
    let end = 0;
    for (const vma of vmasOf(model, mm)) {
      expect(model.state.get(Vma.start, vma)).toBeGreaterThanOrEqual(end);
      end = model.state.get(Vma.end, vma);
      expect(end).toBeGreaterThan(model.state.get(Vma.start, vma));
    }
  }
}

describe.each([
  ['x86', 'v6.1'],
  ['x86', 'v6.12'],
  ['arm64', 'v6.17'],
  ['s390x', 'v6.18'],
  ['x86', 'v7.2'],
  ['um', 'v7.2'],
])('any sequence of calls on %s, %s', (arch, revision) => {
  const machine = machineOf(arch, revision, { ramFrames: 128 });

  it('says nothing bad, and leaves nothing when all processes are gone', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const model = new Model(machine);
        newMm(model);
        const said = run(model, () => {
          for (const step of sequence) {
            take(model, step);
            checkOrder(model);
          }
          for (let mm = 0; mm < 8; mm++) if (model.state.get(Mm.used, mm) === 1) exitMm(model, mm);
        });
        const { state } = model;
        expect(said.events.filter(({ kind }) => kind !== 'note')).toEqual([]);
        const notes = said.events.map((event) => ('id' in event ? event.id : event.kind));
        expect(notes.filter((id) => /bad|non-zero/.test(id))).toEqual([]);
        const fresh = new Model(machine).state;
        for (const [column, records] of [
          [Frame.refcount, machine.memory.count],
          [Frame.mapcount, machine.memory.count],
          [SwapSlot.count, 64],
          [Table.used, 64],
          [Vma.used, 64],
          [AnonVma.used, 64],
          [Avc.used, 256],
        ] as const) {
          for (let i = 0; i < records; i++) {
            if (state.get(column, i) !== fresh.get(column, i)) {
              expect([COLUMNS[column]?.field, i, state.get(column, i)]).toBe('as in the beginning');
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
