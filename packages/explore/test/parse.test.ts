import { describe, expect, it } from 'vitest';
import { parseBound } from '../src/index.js';

const HEAD = `bound: forks and exits
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
`;
const mistake = (rest: string): string => {
  const bound = parseBound(HEAD + rest, 'b.yaml');
  return bound.ok ? 'none' : bound.problem.message;
};

describe('bound files', () => {
  it('have an action for each choice of arguments', () => {
    const text = `${HEAD}actions:
  - fork: {any: [P0, P1]}
    as: {first free of: [P1, P2]}
  - mprotect: {at: {any: [V, P1:V]}, pages: 1, prot: {any: [r--, rw-]}}
`;
    const bound = parseBound(text, 'b.yaml');
    if (!bound.ok) throw new Error(bound.problem.message);
    expect(bound.value.actions.map(({ call }) => call.args)).toEqual([
      { process: 'P0' },
      { process: 'P1' },
      { at: 'V', pages: 1, prot: 'r--' },
      { at: 'V', pages: 1, prot: 'rw-' },
      { at: 'P1:V', pages: 1, prot: 'r--' },
      { at: 'P1:V', pages: 1, prot: 'rw-' },
    ]);
    expect(bound.value.actions[1]?.names).toEqual(['P1', 'P2']);
  });

  it('say where they are wrong', () => {
    expect(mistake('actions: [{frok: P0}]')).toBe(
      'b.yaml:5:12: unknown operation or field "frok"; did you mean "fork"?',
    );
    expect(mistake('actions: [{fork: {any: [P0, P7]}}]')).toBe(
      'b.yaml:5:18: there is no process "P7"; did you mean "P0"?',
    );
    expect(mistake('actions: [{write: V}]\nalways: [I20, I99]')).toBe(
      'b.yaml:6:15: there is no invariant I99; there are I1 to I42',
    );
    expect(mistake('actions: [{write: V}]\nexpect: {v9.9: holds}')).toContain(
      'b.yaml:6:10: unknown',
    );
    expect(mistake('actions: [{write: V}]\ndepht: 3')).toBe(
      'b.yaml:6:1: unknown field "depht"; did you mean "depth"?',
    );
    expect(mistake('actions: [{write: V, as: X}]')).toContain('write answers nothing');
  });

  it('hold interchangeable things to be alike', () => {
    const alike = `actions:
  - fork: {any: [P0, P1]}
    as: {first free of: [P0, P1]}
  - write: {any: [V, P1:V]}
`;
    const two = 'interchangeable: {processes: [P0, P1]}';
    expect(mistake(alike + two)).toBe('none');
    expect(mistake(`${alike.replace(', P1:V', '')}${two}`)).toContain(
      '"P0" and "P1" are not: at may be',
    );
    const pages = (kinds: string, inserted: string) =>
      mistake(`  files: {F: {kind: device}}
  pages: ${kinds}
actions: [{vm_insert_page: {at: V, page: ${inserted}}}]
interchangeable: {pages: [A, B]}
`);
    expect(pages('{A: driver, B: driver}', '{any: [A, B]}')).toBe('none');
    expect(pages('{A: driver, B: driver}', 'A')).toContain('"A" and "B" are not: page may be');
    // The allocator hands out the lowest of free pages: which one that is makes a difference.
    expect(pages('{A: driver, B: free}', '{any: [A, B]}')).toBe(
      'b.yaml:8:30: "B" is no single page of kind driver',
    );
  });
});
