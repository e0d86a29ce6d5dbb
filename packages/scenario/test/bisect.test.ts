import type { Revision } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import {
  bisect,
  bisectionData,
  bisectionLines,
  parseScenario,
  runAll,
  selectKernels,
} from '../src/index.js';
import { allForms } from './forms.js';

const kernel = (name: string): Revision => {
  const found = selectKernels(name);
  const [revision] = found.ok ? found.value : [];
  if (revision === undefined) throw new Error(name);
  return revision;
};

const DRIVER = `scenario: a driver inserts the zeropage
objects:
  processes: {P: {}}
  pages: {Z: zeropage}
  vmas:
    V: {flags: rw-s, pages: 2, ops: {}}
steps:
`;

function walk(steps: string, from: string, to: string, form = 'x86_64') {
  const parsed = parseScenario(DRIVER + steps, 'a.yaml');
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return bisect(parsed.value, allForms, form, kernel(from), kernel(to));
}

function found(steps: string, from: string, to: string) {
  const result = walk(steps, from, to);
  if (!result.ok) throw new Error(result.problem.message);
  return { ...bisectionData(result.value), lines: bisectionLines(result.value).join('\n') };
}

const INSERT = '  - {vm_insert_page: {at: V, page: Z}}\n';

describe('bisect', () => {
  it('names the patch that altered the result, with both outcomes', () => {
    const { change, before, after, runs, comesAndGoes, together } = found(INSERT, 'v6.9', 'v6.12');
    expect(change?.id).toBe('zeropage-support');
    expect(change?.title).toMatch(/^mm\/memory: cleanly support zeropage in vm_insert_page/);
    expect(change?.source).toMatch(
      /^zeropage-v1 patch 1 of 2, zeropage-v2 patch 2 of 3, SPEC 23.5/,
    );
    expect(before?.told[0]).toBe('1. vm_insert_page V page=Z = 0');
    expect(after?.told[0]).toBe('1. vm_insert_page V page=Z = -EINVAL');
    expect([before?.step, comesAndGoes, together]).toEqual([1, false, []]);
    // Far fewer than there are changes: most are asked for by nobody here.
    expect(runs).toBeLessThan(10);
  });

  it('looks at answers first: a mark that comes in between is not what altered them', () => {
    const steps = `  - {write: M}
  - {page_at: M, as: page}
  - {anon_vma_lock_write: M}
  - {folio_referenced: page}
`;
    const scenario = parseScenario(
      `scenario: aging\nobjects: {processes: {P: {}}, vmas: {M: {flags: rw-p, pages: 1}}}\nsteps:\n${steps}`,
      'a.yaml',
    );
    if (!scenario.ok) throw new Error(scenario.problem.message);
    const ends = [kernel('v5.18'), kernel('v6.1')] as const;
    const result = bisect(scenario.value, allForms, 'x86_64', ...ends);
    if (!result.ok) throw new Error(result.problem.message);
    const { change, before, after, together } = bisectionData(result.value);
    expect(change?.id).toBe('rmap-try-lock');
    expect(together).toEqual([]);
    expect(before?.told[0]).toBe('4. folio_referenced page = 1, waits 1');
    expect(after?.told[0]).toBe('4. folio_referenced page = -1, waits 0');
  });

  it('walks backwards as well', () => {
    const { change, lines } = found(INSERT, 'v6.12', 'v6.9');
    expect(change).toMatchObject({ id: 'zeropage-support' });
    expect(lines).toContain('without: mm/memory: cleanly support zeropage');
  });

  it('takes kernels that are altered', () => {
    expect(found(INSERT, 'v6.9', 'v6.9+zeropage-support').change?.id).toBe('zeropage-support');
    expect(found(INSERT, 'v6.9+zeropage-support', 'v6.12').change).toBe(null);
  });

  it('says that no change alters the result', () => {
    const { change, before, after, lines } = found('  - {read: V}\n', 'v6.9', 'v6.12');
    expect([change, before, after]).toEqual([null, null, null]);
    expect(lines).toMatch(
      /^No change alters the result \(\d+ changes from v6.9 to v6.12, \d+ runs/,
    );
  });

  it('says which changes it takes together', () => {
    // The function alone would count the zeropage as it counts any page.
    const steps = '  - {vmf_insert_page_mkwrite: {at: V, page: Z, write: false}}\n';
    const { change, together, lines } = found(steps, 'v6.9', 'v6.17');
    expect(change?.id).toBe('vmf-insert-page-mkwrite');
    expect(together).toEqual(['zeropage-support', 'vmf-insert-page-mkwrite']);
    expect(lines).toContain('It takes these together: zeropage-support, vmf-insert-page-mkwrite');
  });

  it('sees what comes and goes, where the ends agree', () => {
    // v1 refuses a VMA that can never be written, and before and after it the zeropage is mapped.
    const hole = DRIVER.replace('rw-s', 'r--s no-maywrite');
    const parsed = parseScenario(
      hole + INSERT.replace('vm_insert_page', 'vmf_insert_mixed').replace('page: Z', 'pfn: Z'),
      'a.yaml',
    );
    if (!parsed.ok) throw new Error(parsed.problem.message);
    const result = bisect(
      parsed.value,
      allForms,
      'x86_64',
      kernel('zeropage-v1/0'),
      kernel('v6.12'),
    );
    if (!result.ok) throw new Error(result.problem.message);
    expect(bisectionData(result.value)).toMatchObject({
      change: { id: 'zeropage-support' },
      comesAndGoes: true,
    });
    expect(result.value.endsAgree).toBe(true);
  });

  it('does the steps that the file means for either end on all kernels between', () => {
    const steps = `  - {kernels: v6.9, read: V}
  - {kernels: v6.12, read: V+1}
`;
    expect(found(steps, 'v6.9', 'v6.12').change).toBe(null);
  });

  it('finds what runs of the two kernels show', () => {
    const parsed = parseScenario(DRIVER + INSERT, 'a.yaml');
    if (!parsed.ok) throw new Error(parsed.problem.message);
    const { before, after } = found(INSERT, 'v6.9', 'v6.12');
    for (const [name, told] of [
      ['v6.9', before],
      ['v6.12', after],
    ] as const) {
      const choice = { form: 'x86_64', kernel: name, trace: false };
      const result = runAll(parsed.value, allForms, choice);
      const answer = result.ok ? result.value.runs[0]?.steps[0]?.answer : undefined;
      expect(told?.told[0]).toContain(` = ${answer}`);
    }
  });

  it.each([
    ['a form that nobody knows', 'pdp11', 'unknown-form'],
    ['a form on which the scenario does not run', 'x86_64', 'nothing-to-run'],
  ])('refuses %s', (_, form, code) => {
    const parsed = parseScenario(`needs: [no-pte-special]\n${DRIVER}${INSERT}`, 'a.yaml');
    if (!parsed.ok) throw new Error(parsed.problem.message);
    const result = bisect(parsed.value, allForms, form, kernel('v6.9'), kernel('v6.12'));
    expect(result.ok ? 'fine' : result.problem.code).toBe(code);
  });

  it('crosses header generations both ways', () => {
    for (const [from, to] of [
      ['v5.18', 'v7.2'],
      ['v7.2', 'v5.18'],
    ] as const) {
      expect(walk(INSERT, from, to).ok).toBe(true);
    }
  });
});

it('a PUD of memory whose end has no struct page is a BUG, and no mistake of ours', () => {
  const text = `scenario: a PUD beyond its device
objects:
  processes: {P: {}}
  pages: {D: {kind: fsdax, pages: 512}}
  files: {F: {kind: fsdax, on: D}}
  vmas:
    V: {flags: rw-s, at: 262144, pages: 262144, file: F}
steps:
  - vmf_insert_pfn_pud: {at: V, pfn: D, flags: [dev, map]}
  - handle_mm_fault: {at: V, flags: [WRITE]}
`;
  const parsed = parseScenario(text, 'a.yaml');
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const result = bisect(parsed.value, allForms, 'x86_64', kernel('v6.12'), kernel('v6.17'));
  if (!result.ok) throw new Error(result.problem.message);
  const { change, after } = bisectionData(result.value);
  expect([change?.id, after?.told[0]]).toEqual([
    'dax-pud-zap-counted',
    '2. handle_mm_fault V flags=[WRITE] = BUG wild-page',
  ]);
});
