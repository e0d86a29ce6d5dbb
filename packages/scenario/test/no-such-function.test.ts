import { BROUGHT_BY, OPERATIONS } from '@pagewright/mm';
import { expect, it } from 'vitest';
import { parseScenario, resultLines, runAll } from '../src/index.js';
import { allForms } from './forms.js';

const FILE = (expected: string) => `scenario: a function that came with a patch
machine: {form: x86_64, kernel: [dax-v6/12, dax-v6/13]}
objects:
  processes: {P: {}}
  pages: {D: driver}
  vmas:
    V: {flags: rw-s, pages: 1, ops: {}}
steps:
  - {vmf_insert_page_mkwrite: {at: V, page: D}${expected}}
`;

const printed = (text: string): readonly string[] => {
  const parsed = parseScenario(text, 'a.yaml');
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const result = runAll(parsed.value, allForms, { trace: true });
  if (!result.ok) throw new Error(result.problem.message);
  return resultLines(result.value);
};

it('a step that needs a function which the kernel lacks says so, changes nothing and fails', () => {
  const lines = printed(FILE(''));
  const place = lines.findIndex((line) => line.endsWith(' = no such function'));
  expect(lines.slice(place, place + 2)).toEqual([
    '  1. vmf_insert_page_mkwrite V page=D = no such function',
    '       FAILED: expected to succeed, answered no such function',
  ]);
  expect(lines).toContain('  1. vmf_insert_page_mkwrite V page=D = NOPAGE');
  expect(lines.at(-1)).toBe('NOT as expected');
});

it('it can be expected', () => {
  const expected =
    ', expect: {without vmf-insert-page-mkwrite: no such function, with vmf-insert-page-mkwrite: NOPAGE}';
  expect(printed(FILE(expected)).at(-1)).toBe('as expected');
});

it('all functions that came with a change are operations', () => {
  const names = OPERATIONS.map(({ name }) => name);
  expect(Object.keys(BROUGHT_BY).filter((name) => !names.includes(name))).toEqual([]);
});
