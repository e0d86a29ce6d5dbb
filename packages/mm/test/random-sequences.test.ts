import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeWorld, rawSteps, runSteps } from './make-random.js';

/** Revisions from v6.12 on without a known bug, on architectures where that is so. */
const SOUND = [
  ['x86', 'v6.12'],
  ['x86', 'v6.17'],
  ['x86', 'v6.18'],
  ['x86', 'v6.18-fixed'],
  ['x86', 'v7.2'],
  ['arm64', 'v6.12'],
  ['arm64', 'v6.18-fixed'],
  ['arm64', 'v7.2'],
  ['s390x', 'v6.12'],
  ['s390x', 'v6.18-fixed'],
  ['s390x', 'v7.2'],
  ['um', 'v6.12'],
  ['um', 'v6.17'],
  ['um', 'v6.18-fixed'],
  ['um', 'v7.2'],
] as const;

const RUNS = Number(process.env.RUNS ?? 100);

describe('random sequences keep the invariants of sound kernels', () => {
  it.each(SOUND)('%s, %s', (arch, revision) => {
    const world = makeWorld(arch, revision);
    fc.assert(
      fc.property(rawSteps, (steps) => {
        expect(runSteps(world, steps)).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });
});
