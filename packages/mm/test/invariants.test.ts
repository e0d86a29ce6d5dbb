import { VM_MAYWRITE, VM_WRITE } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { FAULT_FLAG } from '../src/fault/flags.js';
import { handleMmFault } from '../src/fault/handle-mm-fault.js';
import { forkMm } from '../src/fork/fork.js';
import { FOLL } from '../src/gup/flags.js';
import { getUserPages } from '../src/gup/get-user-pages.js';
import {
  AnonVma,
  Frame,
  Global,
  MM_FLAG,
  Mm,
  Model,
  NONE,
  newMm,
  newVma,
  PAGE_FLAG,
  type StandardMachine,
  Vma,
} from '../src/index.js';
import { checkInvariants } from '../src/invariants/check.js';
import { INVARIANTS } from '../src/invariants/list.js';
import { checkStep } from '../src/invariants/steps.js';
import { mprotect } from '../src/mprotect/mprotect.js';
import { entryAt, setEntry, slotMade } from '../src/tables/tables.js';
import { exitMm } from '../src/vma/exit.js';
import { munmap } from '../src/vma/munmap.js';
import { addVmFlags, pageProtOf, vmaAt } from '../src/vma/vma.js';
import { ARCHITECTURES, machineOf } from './machines.js';

const VPN = 0x1000;
const PRIVATE = 0x73n | VM_WRITE | VM_MAYWRITE;

/** Machines whose pages of memory fill more than a chunk of the state's words, and less. */
const SIZES = [
  ['usual', {}],
  ['small', { ramFrames: 24, capacities: { table: 16 } }],
] as const;

function process(arch: string, revision = 'v6.18', size: Partial<StandardMachine> = {}) {
  const model = new Model(machineOf(arch, revision, size));
  const mm = newMm(model);
  const vma = newVma(model, mm, { start: VPN, end: VPN + 16, flags: PRIVATE });
  return { model, mm, vma, state: model.state };
}
const write = (model: Model, vma: number, vpn: number) =>
  handleMmFault(model, vma, vpn, FAULT_FLAG.WRITE);

const ids = (model: Model) => [...new Set(checkInvariants(model).map(({ id }) => id))];

it('there are 42, each with a sentence and what it needs', () => {
  expect(INVARIANTS.map(({ id }) => id)).toEqual(Array.from({ length: 42 }, (_, i) => `I${i + 1}`));
  for (const { sentence, needs } of INVARIANTS) {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(needs).not.toBe('');
  }
});

const REVISIONS = ['v6.1', 'v6.9', 'v6.12', 'v6.17', 'v6.18', 'v6.18-fixed', 'v7.2'];
const LIVES = SIZES.flatMap(([name, size]) =>
  REVISIONS.map((revision) => [revision, name, size] as const),
);
describe.each(ARCHITECTURES)('on %s', (arch) => {
  it.each(LIVES)('ordinary life breaks none on %s on a %s machine', (revision, _, size) => {
    const { model, mm, vma } = process(arch, revision, size);
    expect(checkInvariants(model)).toEqual([]);
    for (let i = 0; i < 8; i++) {
      if (i % 2 === 0) write(model, vma, VPN + i);
      else handleMmFault(model, vma, VPN + i, 0);
      expect(checkInvariants(model)).toEqual([]);
    }
    const child = forkMm(model, mm);
    expect(checkInvariants(model)).toEqual([]);
    getUserPages(model, mm, VPN, 8, FOLL.PIN | FOLL.WRITE);
    expect(checkInvariants(model)).toEqual([]);
    mprotect(model, mm, VPN + 2, 4, 0x1n);
    expect(checkInvariants(model)).toEqual([]);
    forkMm(model, child);
    expect(checkInvariants(model)).toEqual([]);
    munmap(model, mm, VPN + 3, 3);
    expect(checkInvariants(model)).toEqual([]);
    exitMm(model, child);
    exitMm(model, mm);
    expect(checkInvariants(model)).toEqual([]);
  });
});

it('answers the same empty list while nothing is wrong', () => {
  const { model } = process('x86');
  expect(checkInvariants(model)).toBe(checkInvariants(model));
});

describe('each damage breaks the invariant that speaks of it', () => {
  const FRAME_OF = (model: Model, mm: number, vpn: number) =>
    model.machine.memory.frame(model.pte.pfn(entryAt(model, mm, vpn, 'pte')));
  const change = (
    model: Model,
    mm: number,
    vpn: number,
    to: (entry: ReturnType<typeof entryAt>) => ReturnType<typeof entryAt>,
  ) => setEntry(model, slotMade(model, mm, vpn, 'pte'), to(entryAt(model, mm, vpn, 'pte')));

  type Damage = (life: ReturnType<typeof process>, frame: number, child: number) => unknown;
  /** A written page at VPN that a child shares, a zeropage at VPN + 1, one of the parent's own at VPN + 2. */
  const DAMAGES: readonly (readonly [string, string, Damage])[] = [
    ['I1', 'a mapcount too many', ({ state }, frame) => state.add(Frame.mapcount, frame, 1)],
    ['I2', 'a reference too many', ({ state }, frame) => state.add(Frame.refcount, frame, 1)],
    [
      'I3',
      'a zeropage that was counted',
      ({ state, model }) => state.add(Frame.mapcount, model.machine.zeroFrames[0] as number, 1),
    ],
    [
      'I5',
      'a writable zeropage',
      ({ model, mm }) => change(model, mm, VPN + 1, (e) => model.pte.mkwrite(e)),
    ],
    [
      'I9',
      'a shared page writable',
      ({ model, mm }) => change(model, mm, VPN, (e) => model.pte.mkwrite(e)),
    ],
    [
      'I7',
      'a special mark that nobody may have',
      ({ model, mm }) => change(model, mm, VPN + 2, (e) => model.pte.to.mkspecial(e)),
    ],
    [
      'I11',
      'a shared page marked exclusive',
      ({ state }, frame) =>
        state.set(Frame.flags, frame, state.get(Frame.flags, frame) | PAGE_FLAG.anonExclusive),
    ],
    ['I13', 'a counter of its own', ({ state, mm }) => state.add(Mm.anonPages, mm, -1)],
    ['I14', 'a swap entry that is none', ({ state, mm }) => state.add(Mm.swapEntries, mm, 1)],
    [
      'I15',
      'both kinds of raw VMA',
      ({ model, vma }) => addVmFlags(model, vma, 'VM_PFNMAP', 'VM_MIXEDMAP'),
    ],
    ['I18', 'another index', ({ state }, frame) => state.add(Frame.index, frame, 1)],
    [
      'I20',
      'an anon_vma of two processes',
      ({ state, vma, model }, _, child) =>
        state.set(Vma.anonVma, vmaAt(model, child, VPN), state.get(Vma.anonVma, vma)),
    ],
    ['I21', 'a VMA too many', ({ state }) => state.add(AnonVma.numActiveVmas, 0, 1)],
    [
      'I22',
      'the frame of a table mapped',
      ({ model, mm, vma }) =>
        setEntry(
          model,
          slotMade(model, mm, VPN + 3, 'pte'),
          model.pte.leaf(
            model.machine.memory.pfn(model.machine.tableFrame),
            pageProtOf(model, vma),
          ),
        ),
    ],
    ['I22', 'a page that was freed', ({ state }, frame) => state.set(Frame.refcount, frame, 0)],
    ['I29', 'a huge zero reference too many', ({ state }) => state.add(Global.hugeZeroRefs, 0, 1)],
    ['I30', 'a table too many', ({ state, mm }) => state.add(Mm.nrPtes, mm, 1)],
    [
      'I35',
      'zeropages where none may be',
      ({ state, mm }) => state.set(Mm.flags, mm, MM_FLAG.forbidsZeropage),
    ],
    [
      'I36',
      'a report without taint',
      ({ model, vma }) =>
        model.events.push({
          kind: 'bad-page-map',
          level: 'pte',
          vma,
          vpn: VPN,
          entry: NONE,
          frame: -1,
        }),
    ],
  ];

  const SIZED = SIZES.flatMap(([name, size]) =>
    DAMAGES.map(([id, what, damage]) => [id, what, name, size, damage] as const),
  );
  it.each(SIZED)('%s: %s, on a %s machine', (id, _what, _name, size, damage) => {
    const life = process('x86', 'v6.18', size);
    const { model, mm, vma } = life;
    write(model, vma, VPN);
    handleMmFault(model, vma, VPN + 1, 0);
    const child = forkMm(model, mm);
    write(model, vma, VPN + 2);
    expect(checkInvariants(model)).toEqual([]);
    damage(life, FRAME_OF(model, mm, VPN), child);
    expect(ids(model)).toContain(id);
  });

  it('I10: a pinned page that lost its mark', () => {
    const { model, mm, state } = process('x86');
    getUserPages(model, mm, VPN, 1, FOLL.PIN | FOLL.WRITE);
    const frame = FRAME_OF(model, mm, VPN);
    state.set(Frame.flags, frame, state.get(Frame.flags, frame) & ~PAGE_FLAG.anonExclusive);
    expect(ids(model)).toEqual(['I9', 'I10']);
  });

  it('I26: a long pin for reading of the zeropage, as in 6.1', () => {
    const { model, mm } = process('x86', 'v6.1');
    getUserPages(model, mm, VPN, 1, FOLL.PIN | FOLL.LONGTERM);
    expect(ids(model)).toEqual(['I26']);
    const now = process('x86', 'v6.9');
    getUserPages(now.model, now.mm, VPN, 1, FOLL.PIN | FOLL.LONGTERM);
    expect(ids(now.model)).toEqual([]);
  });
});

describe('operations', () => {
  it('fork and mprotect break none', () => {
    const { model, mm, vma } = process('x86');
    for (let i = 0; i < 4; i++) write(model, vma, VPN + i);
    let before = model.state.copy();
    const child = forkMm(model, mm);
    expect(checkStep(model, before, { kind: 'fork', parent: mm, child })).toEqual([]);
    before = model.state.copy();
    mprotect(model, mm, VPN, 4, 0x1n);
    expect(checkStep(model, before, { kind: 'mprotect' })).toEqual([]);
  });

  it('what fork left writable, and what mprotect made exclusive, is found', () => {
    const { model, mm, vma, state } = process('x86');
    write(model, vma, VPN);
    const entry = entryAt(model, mm, VPN, 'pte');
    const frame = model.machine.memory.frame(model.pte.pfn(entry));
    let before = state.copy();
    const child = forkMm(model, mm);
    setEntry(model, slotMade(model, mm, VPN, 'pte'), entry);
    const fork = checkStep(model, before, { kind: 'fork', parent: mm, child });
    expect(fork.map(({ id }) => id)).toEqual(['I33']);
    before = state.copy();
    state.set(Frame.flags, frame, state.get(Frame.flags, frame) | PAGE_FLAG.anonExclusive);
    setEntry(model, slotMade(model, mm, VPN, 'pte'), model.pte.to.mkspecial(entry));
    const changed = checkStep(model, before, { kind: 'mprotect' });
    expect(changed.map(({ id }) => id)).toEqual(['I32', 'I34']);
  });
});
