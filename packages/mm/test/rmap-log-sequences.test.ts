import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeWorld, rawSteps, runSteps, type WorldKind } from './make-random.js';

/** Sequences of each kernel; RANDOM_RUNS asks for more. */
const RUNS = Number(process.env.RANDOM_RUNS ?? 40);

/**
 * What kernels before 6.12 break: the zeropage is mapped as a page and pinned (SPEC 15.1, 15.2, 24.1),
 * long pins for reading hold pages that a write replaces (SPEC 15.3).
 */
const KNOWN = ['I3', 'I5', 'I6', 'I13', 'I26'];
/** What the last patch ends: an anon_vma is adopted twice (SPEC 15.69, 15.70). */
const ONE_DEGREE = [...KNOWN, 'I19', 'I20'];

const WORLDS: readonly (readonly [WorldKind, string, number])[] = [
  ['small', 'x86', 1],
  ['small', 'um', 0.5],
  ['huge', 'x86', 0.1],
];

describe.each(WORLDS)(
  'random sequences (%s) on %s break nothing but what is known',
  (kind, arch, share) => {
    it.each(['v5.18', 'rmap-log/2', 'rmap-log/6', 'rmap-log/7', 'rmap-log/7x', 'rmap-log/10'])(
      '%s',
      (revision) => {
        const known = revision === 'rmap-log/10' ? KNOWN : ONE_DEGREE;
        const world = makeWorld(arch, revision, kind);
        fc.assert(
          fc.property(rawSteps, (steps) => {
            const found = runSteps(world, steps)?.violations.map(({ id }) => id) ?? [];
            expect(found.filter((id) => !known.includes(id))).toEqual([]);
          }),
          { numRuns: Math.ceil(RUNS * share) },
        );
      },
    );
  },
);
