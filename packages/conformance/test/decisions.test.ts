import { fileURLToPath } from 'node:url';
import type { Revision } from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import {
  type DecisionComparer,
  decisionFileName,
  normalPageComparer,
  runDecisions,
} from '../src/decisions/index.js';
import { readVectorFolders } from '../src/node/read-folder.js';
import type { VectorFile } from '../src/vectors/folder.js';
import type { Tally } from '../src/vectors/tally.js';

const folder = fileURLToPath(new URL('../../../fixtures/decisions', import.meta.url));
/** The group that core alone decides; the model's package compares the others. */
const recorded = (readVectorFolders(folder)[0]?.files ?? []).filter(({ name }) =>
  name.startsWith('vm_normal_page.'),
);

const file = (name: string, ...rows: readonly unknown[]): VectorFile => ({
  name,
  lines: () => rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))),
});

function compared(files: readonly VectorFile[]): Tally {
  const result = runDecisions(files);
  if (!result.ok) throw new Error(result.problem.message);
  return result.value.tally;
}

const ROW = {
  lvl: 'pte',
  pte_special: 1,
  lvl_special: 1,
  hook: 'no_ops',
  pfnmap: 0,
  mixed: 0,
  shared: 0,
  maywrite: 1,
  special: 1,
  devmap: 0,
  linear: 0,
  out: { anon: '0 B:pte', zero: '0' },
};

describe('recorded decisions of the kernel', () => {
  for (const one of recorded) {
    test(`${one.name}: every answer`, () => {
      const tally = compared([one]);
      expect(tally.mismatches.slice(0, 5)).toEqual([]);
      expect(tally.mismatchCount).toBe(0);
      expect(tally.notComparedCount).toBe(0);
      expect(tally.compared).toBeGreaterThan(8000);
    });
  }

  test('all files, all answers', () => {
    const tally = compared(recorded);
    expect([recorded.length, tally.compared, tally.mismatchCount]).toEqual([16, 202_800, 0]);
  });
});

describe('a planted fault', () => {
  /** Compares one recorded file with a kernel that lacks a change, or has one too many. */
  function mismatches(name: string, fault: Pick<Revision, 'undoes' | 'changes'>): number {
    const honest = normalPageComparer();
    const faulty: DecisionComparer = {
      group: honest.group,
      compare: (row, { id, ...rest }) =>
        honest.compare(row, { ...rest, ...fault, id: 'faulty', basedOn: id }),
    };
    const files = recorded.filter((one) => one.name === `vm_normal_page.${name}.jsonl.gz`);
    const result = runDecisions(files, [faulty]);
    if (!result.ok) throw new Error(result.problem.message);
    expect(result.value.tally.compared).toBeGreaterThan(8000);
    return result.value.tally.mismatchCount;
  }

  // Not among them: the rows cannot show whether a hook or a devmap mark is looked at where the
  // kernel has neither; core's own tests and the rules matrix do.
  test.each([
    ['6.18.35', ['special-per-level']],
    ['7.2', ['zap-pmd-by-normal-page', 'special-per-level']],
    ['6.18', ['normal-page-by-level']],
    ['6.18', ['normal-page-pud']],
    ['6.17', ['is-huge-zero-pfn']],
    [
      '6.12',
      [
        'migration-uses-zeropage',
        'zeropage-in-readonly-vma',
        'zeropage-rmap-check',
        'zeropage-support',
      ],
    ],
    ['6.12', ['huge-pfnmap']],
    ['r4.1', ['drop-bound-check']],
    ['r4.9', ['is-huge-zero-pfn']],
    ['r4.10', ['common-normal-page']],
    ['r4.11', ['drop-linear-cow-rule']],
    ['r4.13', ['normal-page-pud']],
  ])('%s without %s is caught', (name, undoes) => {
    expect(mismatches(name, { undoes, changes: [] })).toBeGreaterThan(0);
  });

  test('patches that change no answer are told from those that do', () => {
    expect(mismatches('r4.1', { undoes: [], changes: ['drop-highest-memmap-pfn'] })).toBe(0);
    expect(mismatches('r4.12', { undoes: ['drop-pmd-addr-parameter'], changes: [] })).toBe(0);
    expect(mismatches('r4.8', { undoes: ['huge-zero-pmd-special'], changes: [] })).toBe(0);
  });
});

describe('the runner', () => {
  test('finds a wrong answer and says where', () => {
    const wrong = { ...ROW, out: { ...ROW.out, anon: 'N' } };
    const tally = compared([file('vm_normal_page.6.12.jsonl', ROW, '', wrong)]);
    expect([tally.compared, tally.mismatchCount]).toEqual([4, 1]);
    expect(tally.mismatches).toEqual([
      {
        file: 'vm_normal_page.6.12.jsonl',
        line: 3,
        key: 'anon',
        in: expect.stringContaining('lvl=pte pte_special=1'),
        expected: 'N',
        got: '0 B:pte',
      },
    ]);
  });

  test('counts what it cannot compare by group and function', () => {
    const tally = compared([
      file('gup.6.12.jsonl.gz', { fn: 'check_vma_flags', out: '0FO0' }, { fn: 'x', out: '01' }),
      file('mm_id.6.17.jsonl', { op: 'set', before: 1 }),
      file('vm_normal_page.4.19.jsonl', ROW),
      file('vm_normal_page.6.12.jsonl', { ...ROW, out: { moon: 'N' } }),
    ]);
    expect(tally.compared).toBe(0);
    expect(
      Object.fromEntries([...tally.notCompared].map(([key, { count }]) => [key, count])),
    ).toEqual({
      'gup/check_vma_flags': 4,
      'gup/x': 2,
      'mm_id/mm_id': 1,
      'vm_normal_page/vm_normal_page': 2,
      'vm_normal_page/moon': 1,
    });
  });

  test.each([
    ['no JSON', 'nonsense', 'not a JSON object'],
    ['a list', '[1]', 'not a JSON object'],
    ['no level', { ...ROW, lvl: 'pgd' }, 'lvl is no level'],
    ['no hook', { ...ROW, hook: 'toString' }, 'hook is none'],
    ['no flag', { ...ROW, mixed: 2 }, 'mixed is neither 0 nor 1'],
    ['no answers', { ...ROW, out: '01' }, 'out is no object'],
  ])('refuses a row with %s, naming file and line', (_, row, why) => {
    const result = runDecisions([file('vm_normal_page.7.2.jsonl', ROW, row)]);
    expect(result).toMatchObject({ ok: false, problem: { code: 'bad-row' } });
    expect(!result.ok && result.problem.message).toContain('vm_normal_page.7.2.jsonl:2: ');
    expect(!result.ok && result.problem.message).toContain(why);
  });

  test('takes comparers for other groups', () => {
    const seen: string[] = [];
    const gup: DecisionComparer = {
      group: 'gup',
      compare: ({ fields }, revision) => {
        seen.push(`${revision.id} ${String(fields.fn)}`);
        return undefined;
      },
    };
    const files = [file('gup.6.18.35.jsonl', { fn: 'try_grab_page', out: '1' })];
    expect(runDecisions(files, [normalPageComparer(), gup]).ok).toBe(true);
    expect(seen).toEqual(['v6.18-fixed try_grab_page']);
  });

  test('counts by file, and says which one it is at', () => {
    const wrong = { ...ROW, out: { ...ROW.out, anon: 'N' } };
    const names: string[] = [];
    const result = runDecisions(
      [
        file('vm_normal_page.6.12.jsonl', ROW, wrong),
        file('gup.r4.3.jsonl', { fn: 'x', out: '01' }),
      ],
      [normalPageComparer()],
      (name) => names.push(name),
    );
    expect(names).toEqual(['vm_normal_page.6.12.jsonl', 'gup.r4.3.jsonl']);
    expect(result.ok && result.value.files).toEqual([
      {
        file: 'vm_normal_page.6.12.jsonl',
        group: 'vm_normal_page',
        revision: 'v6.12',
        compared: 4,
        mismatchCount: 1,
        notCompared: 0,
      },
      {
        file: 'gup.r4.3.jsonl',
        group: 'gup',
        revision: 'rfc-2025-06/3',
        compared: 0,
        mismatchCount: 0,
        notCompared: 2,
      },
    ]);
  });

  test('reads revisions out of file names', () => {
    const revision = (name: string) => decisionFileName(name)?.revision;
    expect(revision('vm_normal_page.6.1.jsonl.gz')).toBe('v6.1');
    expect(revision('vm_normal_page.r4.14.jsonl')).toBe('rfc-2025-06/14');
    expect(revision('small.zeropage-v1.jsonl.gz')).toBe('zeropage-v1/2');
    expect(revision('vm_normal_page.constructor.jsonl')).toBe('vconstructor');
    expect(revision('README.md')).toBeUndefined();
  });
});
