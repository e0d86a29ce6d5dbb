import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NEVER_POSTED_CHANGES } from '../../src/kernel/changes-never-posted.js';
import {
  applyStep,
  applySteps,
  CHANGES,
  type ChangeSet,
  changesOf,
  findChange,
  findRevision,
  placesOf,
  REVISIONS,
  type Revision,
  SERIES,
  stepsBetween,
} from '../../src/kernel/index.js';
import { REVISION_TREES } from '../../src/texts.js';

const setOf = (id: string): ChangeSet => {
  const revision = findRevision(id);
  const set = revision.ok ? changesOf(revision.value) : revision;
  if (!set.ok) throw new Error(set.problem.message);
  return set.value;
};
const ids = (set: ChangeSet): string[] => set.map(({ id }) => id);
const change = (id: string) => {
  const found = findChange(id);
  if (found === undefined) throw new Error(id);
  return found;
};
const words = (from: string, to: string): string[] =>
  stepsBetween(setOf(from), setOf(to)).map(({ step, change: { id } }) => `${step} ${id}`);
const problem = (revision: Partial<Revision>): string => {
  const base: Revision = {
    id: 'mine',
    specId: '',
    headers: '6.12',
    basedOn: 'v6.17',
    undoes: [],
    changes: [],
  };
  const set = changesOf({ ...base, ...revision });
  return set.ok ? 'fine' : `${set.problem.code}: ${set.problem.message}`;
};

describe('changes', () => {
  test('have distinct ids and name only changes that exist', () => {
    const known = new Set(CHANGES.map(({ id }) => id));
    expect(known.size).toBe(CHANGES.length);
    expect(known.size).toBeGreaterThan(60);
    for (const { id, requires, replaces } of CHANGES) {
      for (const other of [...requires, ...replaces]) {
        expect([id, known.has(other)]).toEqual([id, true]);
      }
    }
  });

  test('every declared change is part of some revision, but for those that nobody posted', () => {
    const used = new Set(REVISIONS.flatMap(({ changes }) => changes));
    const unused = CHANGES.filter(({ id }) => !used.has(id)).map(({ id }) => id);
    expect(unused).toEqual(Object.keys(NEVER_POSTED_CHANGES));
  });

  test('53 patches: RFC 14, rmap log 10, DAX 26, zeropage 3 in two versions', () => {
    const patches = SERIES.map(({ name, states }) => [
      name,
      states.filter(({ patch }) => patch !== undefined).length,
    ]);
    expect(Object.fromEntries(patches)).toEqual({
      'rmap-log': 10,
      'zeropage-v1': 2,
      'zeropage-v2': 3,
      'dax-v6': 26,
      'rfc-2025-06': 14,
    });
    for (const { states } of SERIES) {
      const numbers = states.flatMap(({ patch }) => (patch === undefined ? [] : [patch]));
      expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    }
  });

  test('a change says in which series it stands', () => {
    const places = (id: string): string[] =>
      placesOf(id).map(({ series, state }) => `${series.name}/${state.patch}`);
    expect(places('zeropage-support')).toEqual(['zeropage-v1/1', 'zeropage-v2/2']);
    expect(places('dax-pmd-zap-counted')).toEqual(['dax-v6/21']);
    expect(places('guard-markers')).toEqual([]);
  });
});

describe('revisions', () => {
  test.each(REVISIONS.map((revision) => [revision.id, revision] as const))('%s', (_, revision) => {
    const set = changesOf(revision);
    expect(set.ok).toBe(true);
    expect(REVISION_TREES[revision.id]).not.toBe(undefined);
    for (const { requires } of setOf(revision.id)) {
      expect(ids(setOf(revision.id))).toEqual(expect.arrayContaining([...requires]));
    }
  });

  test('branch: the RFC is no ancestor of v6.18', () => {
    expect(ids(setOf('v6.18'))).not.toContain('drop-bound-check');
    expect(ids(setOf('v6.18'))).toContain('huge-zero-pmd-special');
    expect(ids(setOf('rfc-2025-06/0'))).not.toContain('is-huge-zero-pfn');
    expect(ids(setOf('v6.17'))).toContain('is-huge-zero-pfn');
    expect(ids(setOf('rfc-2025-06/14'))).toContain('is-huge-zero-pfn');
  });

  test('an unknown id is answered with those known', () => {
    const found = findRevision('v5.4');
    expect(found).toMatchObject({ ok: false, problem: { code: 'unknown-revision' } });
    expect(!found.ok && found.problem.message).toContain(
      'known: v5.18, rmap-log/0 to /10, v6.1, v6.9, zeropage-v1/0 to /2, zeropage-v2/0 to /3, v6.12, dax-v6/0 to /26, v6.17, rfc-2025-06/0 to /14, v6.18, v6.18-fixed, v7.2',
    );
  });
});

describe('impossible sets', () => {
  test('a missing requirement', () => {
    expect(problem({ changes: ['drop-linear-cow-rule'] })).toBe(
      'missing-requirement: change drop-linear-cow-rule: needs common-normal-page',
    );
    expect(problem({ basedOn: 'v6.18', undoes: ['common-normal-page'] })).toMatch(
      /^missing-requirement: .*is needed by normal-page-pud/,
    );
  });

  test('two changes that exclude each other', () => {
    expect(problem({ basedOn: 'v6.18', changes: ['drop-bound-check'] })).toBe(
      'change-conflict: change drop-bound-check: normal-page-by-level replaces it',
    );
  });

  test('the same change twice, one that is not there, one that nobody knows, a loop', () => {
    expect(problem({ changes: ['is-huge-zero-pfn'] })).toMatch(/^change-twice/);
    expect(problem({ undoes: ['drop-bound-check'] })).toMatch(/^change-not-there/);
    expect(problem({ changes: ['make-it-fast'] })).toMatch(/^unknown-change/);
    expect(problem({ basedOn: 'v0' })).toMatch(/^unknown-revision/);
  });

  test('a change takes away what it replaces', () => {
    const rfc = setOf('rfc-2025-06/14');
    const after = applySteps(rfc, [
      { step: 'undo', change: change('drop-pmd-addr-parameter') },
      { step: 'apply', change: change('bad-page-map-report') },
      { step: 'apply', change: change('normal-page-by-level') },
    ]);
    expect(after.ok && ids(after.value)).toContain('normal-page-by-level');
    expect(after.ok && ids(after.value)).not.toContain('drop-bound-check');
    expect(after.ok && ids(after.value)).not.toContain('drop-highest-memmap-pfn');
  });
});

describe('A..B', () => {
  test('along one line it is the later changes in order', () => {
    expect(words('v6.18', 'v6.18-fixed')).toEqual([
      'apply special-per-level',
      'apply device-zap-checks-folio',
      'apply p2pmem-failure-resets-count',
      'apply p2pmem-warns-of-references',
      'apply p2pmem-failure-drops-user',
    ]);
    expect(words('v6.18-fixed', 'v6.18')).toEqual([
      'undo p2pmem-failure-drops-user',
      'undo p2pmem-warns-of-references',
      'undo p2pmem-failure-resets-count',
      'undo device-zap-checks-folio',
      'undo special-per-level',
    ]);
    expect(words('v6.17', 'v6.17')).toEqual([]);
    expect(words('rfc-2025-06/9', 'rfc-2025-06/11')).toEqual([
      'apply common-normal-page',
      'apply drop-linear-cow-rule',
    ]);
  });

  test('between branches it says what is undone first, newest first', () => {
    const steps = words('rfc-2025-06/14', 'v6.18');
    // drop-bound-check and drop-highest-memmap-pfn go by being replaced.
    expect(steps.slice(0, 4)).toEqual([
      'undo drop-pmd-addr-parameter',
      'undo drop-linear-cow-rule',
      'undo compare-only-present',
      'apply fork-keeps-huge-zero',
    ]);
    expect(steps).toContain('apply normal-page-by-level');
    expect(steps).not.toContain('apply common-normal-page');
  });

  test('its steps lead from any revision to any other, through possible sets alone', () => {
    const some = fc.constantFrom(...REVISIONS.map(({ id }) => id));
    fc.assert(
      fc.property(some, some, (from, to) => {
        let set = setOf(from);
        for (const step of stepsBetween(set, setOf(to))) {
          const next = applyStep(set, step);
          expect(next).toMatchObject({ ok: true });
          if (next.ok) set = next.value;
        }
        expect(ids(set).sort()).toEqual(ids(setOf(to)).sort());
      }),
      { numRuns: 300 },
    );
  });
});
