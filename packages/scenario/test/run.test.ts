import { describe, expect, it } from 'vitest';
import {
  parseScenario,
  resultData,
  resultLines,
  runAll,
  type ScenarioResult,
  selectKernels,
  succeededAll,
} from '../src/index.js';
import { allForms } from './forms.js';

const START = `scenario: one page
machine: {form: x86_64, kernel: [v6.12, v6.18]}
objects:
  processes: {P: {}}
  vmas:
    V: {flags: rw-p, pages: 2}
steps:
`;

function resultOf(rest: string, choice: { form?: string; kernel?: string } = {}): ScenarioResult {
  const parsed = parseScenario(START + rest, 'a.yaml');
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const result = runAll(parsed.value, allForms, { trace: true, ...choice });
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

const idsOf = (selector: string): readonly string[] => {
  const found = selectKernels(selector);
  return found.ok ? found.value.map(({ id }) => id) : [found.problem.code];
};

describe('expectations that are wrong fail', () => {
  it.each([
    ['an answer', '  - {write: V, expect: SIGBUS}\n', 'expected SIGBUS, answered 0'],
    [
      'a failure that nobody expected',
      '  - {write: V+2}\n',
      'expected to succeed, answered SIGSEGV',
    ],
    [
      'a note',
      '  - {exit: P, expect: {answer: done, notes: [x]}}\n',
      'notes: expected x, found none',
    ],
    [
      'a refcount',
      '  - {write: V}\n  - {page_at: V, as: a}\nexpect: {pages: {a: {refcount: 2}}}\n',
      'a: refcount is 1, expected 2',
    ],
    [
      'a counter',
      '  - {write: V}\nexpect: {processes: {P: {anon: 0}}}\n',
      'P: anon is 1, expected 0',
    ],
    [
      'an entry that is empty',
      '  - {write: V}\nexpect: {entries: {V+1: {}}}\n',
      'V+1: expected a present entry, found none',
    ],
    [
      'a bit of an entry that nobody said',
      '  - {write: V}\nexpect: {entries: {V: {}}}\n',
      'V: expected no write',
    ],
    ['a VMA flag', '  - {write: V}\nexpect: {vmas: {V: {has: VM_IO}}}\n', 'V: VM_IO is not set'],
    ['taint', '  - {write: V}\nexpect: {tainted: true}\n', 'the kernel is not tainted'],
    [
      'an invariant',
      '  - {write: V}\nexpect: {invariants: {broken: [I1]}}\n',
      'I1 holds, and should be broken',
    ],
  ])('%s', (_, rest, message) => {
    const result = resultOf(rest);
    expect(succeededAll(result)).toBe(false);
    expect(resultLines(result).join('\n')).toContain(message);
    expect(resultData(result).asExpected).toBe(false);
  });

  it('forms that do not agree, unless the file says why', () => {
    const rest = (why: string) => `  - {write: V}
  - {page_at: V, as: page}
  - {set_entry: {at: V, pfn: page, special: true, write: true}}
  - {vm_normal_page: V, expect: {all: {reports: 1}}, may fail with: [page]}
${why}forall: {forms: [x86_64, um]}
`;
    expect(resultOf(rest('')).disagreements).toHaveLength(2);
    expect(resultOf(rest('differs: um has no special bit\n')).disagreements).toEqual([]);
  });
});

describe('a scenario that goes as it says', () => {
  it('holds all invariants while it does', () => {
    const check = '  - {check: {invariants: hold}}\n';
    const steps = [
      '{write: V}',
      '{fork: P, as: C}',
      '{write: "C:V"}',
      '{munmap: {at: V, pages: 1}}',
    ];
    const result = resultOf(steps.map((step) => `  - ${step}\n${check}`).join(''));
    expect(resultLines(result).at(-1)).toBe('as expected');
  });

  it('prints the same each time', () => {
    const rest = '  - {write: V}\n  - {fork: P, as: C}\n  - {exit: C}\n';
    expect(resultLines(resultOf(rest))).toEqual(resultLines(resultOf(rest)));
  });

  it('runs elsewhere when told so', () => {
    const { runs, others } = resultOf('  - {write: V}\n', { form: 's390x', kernel: 'v6.9..v6.17' });
    expect(runs.map(({ form, kernel }) => `${form} ${kernel}`)).toEqual([
      's390x v6.9',
      's390x v6.12',
      's390x v6.17',
    ]);
    expect(others).toEqual([]);
  });

  it('takes the other failures that a step may have', () => {
    expect(succeededAll(resultOf('  - {write: V+2, may fail with: [SIGSEGV]}\n'))).toBe(true);
  });

  it('stops at a BUG', () => {
    const { runs } = resultOf(
      '  - {vmf_insert_pfn: {at: V, pfn: 5}, expect: BUG}\n  - {write: V}\n',
    );
    expect(runs.map(({ steps, stopped }) => [steps.length, stopped])).toEqual([
      [1, 'BUG neither-pfnmap-nor-mixedmap'],
      [1, 'BUG neither-pfnmap-nor-mixedmap'],
    ]);
  });
});

describe('kernels', () => {
  it.each([
    ['v6.9', ['v6.9']],
    ['v6.9..v6.17', ['v6.9', 'v6.12', 'v6.17']],
    ['v6.1..v6.9', ['v6.1', 'v6.9']],
    ['..rmap-log/1', ['v5.18', 'rmap-log/0', 'rmap-log/1']],
    [
      'with common-normal-page, v6.9',
      [
        'v6.9',
        'rfc-2025-06/10',
        'rfc-2025-06/11',
        'rfc-2025-06/12',
        'rfc-2025-06/13',
        'rfc-2025-06/14',
        'v6.18',
        'v6.18-fixed',
        'v7.2',
      ],
    ],
    ['without pfn-mkclean-range', ['v5.18', 'rmap-log/0']],
    ['with nothing', ['unknown-change']],
    ['v6.9+zeropage-support', ['v6.9+zeropage-support']],
    ['v6.9+zeropage-rmap-check', ['missing-requirement']],
    ['v6.18..', ['v6.18', 'v6.18-fixed', 'v7.2']],
    ['v7.2, v6.1', ['v6.1', 'v7.2']],
    ['v9', ['unknown-revision']],
    ['v6.18..v6.12', ['no-kernels']],
    ['v6.1~anon-vma-counters, v6.1', ['v6.1', 'v6.1~anon-vma-counters']],
    ['v6.1~folio-walk', ['change-not-there']],
    ['v6.1~nothing', ['unknown-change']],
    ['v9~folio-walk', ['unknown-revision']],
  ])('%s', (selector, expected) => {
    expect(idsOf(selector)).toEqual(expected);
  });

  it('branches are no bases of what came later', () => {
    expect(idsOf('rfc-2025-06/13..')).toEqual(['rfc-2025-06/13', 'rfc-2025-06/14']);
    expect(idsOf('..v6.18')).not.toContain('rfc-2025-06/14');
  });
});
