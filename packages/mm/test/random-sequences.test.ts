import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeWorld, rawSteps, runSteps, type WorldKind } from './make-random.js';
import { revisionWith } from './recorded.js';

/** Sequences of each kernel; RANDOM_RUNS asks for more. */
const RUNS = Number(process.env.RANDOM_RUNS ?? 40);

const SMALL = ['v6.12', 'v6.17', 'rfc-2025-06/7', 'v6.18', 'v6.18-fixed', 'v7.2'] as const;

/**
 * Kernels from v6.12 on without a known bug that such sequences reach, by architecture. A view of free
 * memory is sound where raw frames have a mark of their own; v6.18 has a bug where huge zero PMDs
 * have none.
 */
const SOUND: readonly (readonly [WorldKind, string, readonly string[], number])[] = [
  ['small', 'x86', SMALL, 1],
  ['small', 'arm64', SMALL, 0.5],
  ['small', 's390x', SMALL, 0.5],
  ['small', 'um', SMALL, 1],
  ['large folios', 'x86', ['v6.12', 'v6.17', 'v6.18', 'v7.2'], 0.5],
  ['large folios', 'um', ['v6.12', 'v7.2'], 0.5],
  ['memory view', 'x86', ['v6.12', 'rfc-2025-06/14', 'v7.2'], 0.5],
  ['memory view', 's390x', ['v6.12', 'rfc-2025-06/14', 'v7.2'], 0.5],
  ['huge', 'x86', ['v6.12', 'v6.18', 'v7.2'], 0.1],
  ['huge', 's390x', ['v6.17', 'v6.18-fixed', 'v7.2'], 0.1],
];

describe.each(SOUND)('random sequences (%s) on %s', (kind, arch, revisions, share) => {
  it.each(revisions)('keep the invariants of %s', (revision) => {
    const world = makeWorld(arch, revision, kind);
    fc.assert(
      fc.property(rawSteps, (steps) => {
        expect(runSteps(world, steps)).toBeUndefined();
      }),
      { numRuns: Math.ceil(RUNS * share) },
    );
  });
});

const NO_PTE_SPECIAL = 'um';
const NO_PMD_SPECIAL = 's390x';
/** One counter for an anon_vma's children and VMAs. */
const DEGREE = revisionWith('v6.18', { undoes: ['anon-vma-counters'] });

/** Kernels with a known bug, and what shows it. */
const KNOWN_BAD = [
  // The zeropage is mapped as a page: counted, writable, not special (SPEC 15.1, 15.2).
  ['x86', 'v6.9', 'small', ['I3', 'I5', 'I6'], 'v6.9'],
  [NO_PTE_SPECIAL, 'v6.9', 'small', ['I3', 'I5', 'I13'], 'v6.9'],
  // Long pins for reading hold pages that a write replaces (SPEC 15.3).
  ['x86', 'v6.1', 'small', ['I26'], 'v6.1'],
  // Fork copies the huge zero folio as a raw frame (SPEC 15.9).
  ['x86', 'rfc-2025-06/8', 'huge', ['I29', 'I30'], 'rfc-2025-06/8'],
  ['x86', 'rfc-2025-06/14', 'huge', ['I29', 'I30'], 'rfc-2025-06/14'],
  // A free frame that is in view becomes somebody's page (SPEC 15.6).
  [NO_PTE_SPECIAL, 'rfc-2025-06/11', 'memory view', ['I1', 'I2', 'I17'], 'rfc-2025-06/11'],
  [NO_PTE_SPECIAL, 'rfc-2025-06/14', 'memory view', ['I1', 'I2', 'I17'], 'rfc-2025-06/14'],
  // A private copy comes to lie in line (SPEC 15.5).
  [NO_PTE_SPECIAL, 'v6.12', 'memory view', ['I17'], 'v6.12'],
  [NO_PTE_SPECIAL, 'v6.18', 'memory view', ['I17'], 'v6.18'],
  // The huge zero folio passes for a page (SPEC 2.9).
  [NO_PMD_SPECIAL, 'v6.18', 'huge', ['VM_WARN'], 'v6.18'],
  // One anon_vma is adopted twice (SPEC 15.11).
  ['x86', 'one degree', 'small', ['I19', 'I20'], DEGREE],
] as const;

/** How soon chance shows a bug is chance: rarely, tens of thousands of sequences are gone through. */
const LONG = { timeout: 600_000 };

describe('random sequences find the bug of a kernel that has one', LONG, () => {
  it.each(KNOWN_BAD)('%s, %s: %s, shown by %j', (arch, _, kind, ids, revision) => {
    const world = makeWorld(arch, revision, kind);
    const shows: readonly string[] = ids;
    const search = fc.check(
      fc.property(
        rawSteps,
        (steps) => runSteps(world, steps)?.violations.some(({ id }) => shows.includes(id)) !== true,
      ),
      { numRuns: 100_000, endOnFailure: true },
    );
    const [steps] = search.counterexample ?? [];
    if (steps === undefined) throw new Error('no sequence shows it');
    const found = runSteps(world, steps)?.violations.map(({ id }) => id) ?? [];
    expect(found.some((id) => shows.includes(id))).toBe(true);
  });
});
