import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frame, Mm, type Model, packState, unpackState } from '../src/index.js';
import { ARCHITECTURES } from './machines.js';
import { makeWorld, type RawStep, rawSteps, runSteps, type World } from './make-random.js';
import { DRAWS } from './make-random-draws.js';

/** What a sequence does, as far as forms must agree: answers, references, mapcounts and counters. */
function history(world: World, steps: readonly RawStep[], draws = DRAWS): string[] {
  const told: string[] = [];
  const wrong = runSteps(
    world,
    steps,
    ({ name, value, bug }) => told.push(`${name} ${bug ?? value} ${counts(world.model)}`),
    draws,
  );
  expect(wrong).toBeUndefined();
  return told;
}

function counts({ state, machine }: Model): string {
  const words: number[] = [];
  for (const frame of machine.memory.framesOf('RAM')) {
    for (const field of [Frame.refcount, Frame.mapcount, Frame.flags]) {
      words.push(state.get(field, frame));
    }
  }
  for (let mm = 0; mm < state.layout.capacities.mm; mm++) {
    for (const field of [Mm.filePages, Mm.anonPages, Mm.swapEntries, Mm.shmemPages]) {
      words.push(state.get(field, mm));
    }
  }
  return words.join(' ');
}

// Soft-dirty tracking, which x86 has, makes shared memory fault once more.
const CONFIG = { MEM_SOFT_DIRTY: false };

// Some forms have no room in migration entries for "young": pages come back old there.
const ALIKE = DRAWS.filter(({ name }) => name !== 'migrate');

describe('a sequence has the same outcome on every form that has what it needs', () => {
  it.each(['v6.12', 'v6.17', 'v6.18-fixed', 'v7.2'])('%s', (revision) => {
    const worlds = ARCHITECTURES.map((arch) => makeWorld(arch, revision, 'small', CONFIG));
    const [first, ...others] = worlds as [World, ...World[]];
    const everywhere = ALIKE.filter(({ needs }) => needs === undefined);
    fc.assert(
      fc.property(rawSteps, (steps) => {
        const expected = history(first, steps, everywhere);
        for (const other of others) expect(history(other, steps, everywhere)).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  it.each(['v6.17', 'v7.2'])(
    '%s, with what needs a special mark, GUP-fast or NUMA hints',
    (revision) => {
      const worlds = ['x86', 'arm64', 's390x'].map((arch) =>
        makeWorld(arch, revision, 'small', CONFIG),
      );
      const [first, ...others] = worlds as [World, ...World[]];
      fc.assert(
        fc.property(rawSteps, (steps) => {
          const expected = history(first, steps, ALIKE);
          for (const other of others) expect(history(other, steps, ALIKE)).toEqual(expected);
        }),
        { numRuns: 25 },
      );
    },
  );
});

describe.each(ARCHITECTURES)('states that random sequences come to on %s', (arch) => {
  const revision = 'v6.18-fixed';
  const world = makeWorld(arch, revision);
  const { machine } = world.model;

  it('come back from their bytes, on another machine too', () => {
    const other = makeWorld(arch, revision).model.machine;
    fc.assert(
      fc.property(rawSteps, (steps) => {
        runSteps(world, steps);
        const packed = packState(machine, world.model.state);
        expect(packState(machine, unpackState(machine, packed))).toEqual(packed);
        expect(packState(other, unpackState(other, packed))).toEqual(packed);
      }),
      { numRuns: 40 },
    );
  });

  it('do not change when their copies do, nor the other way round', () => {
    fc.assert(
      fc.property(rawSteps, rawSteps, (steps, more) => {
        runSteps(world, steps);
        const kept = world.model.state;
        const before = packState(machine, kept);
        const copy = kept.copy();
        runSteps({ ...world, start: kept }, more);
        expect(packState(machine, kept)).toEqual(before);
        expect(packState(machine, copy)).toEqual(before);
        kept.set(Frame.content, 0, 1 + kept.get(Frame.content, 0));
        expect(packState(machine, copy)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });
});
