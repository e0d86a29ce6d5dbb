import { describe, expect, it } from 'vitest';
import { explore } from '../src/index.js';
import { boundOf, groundFor } from './forms.js';

const REUSE = `
bound: An anon_vma gets a second user
machine: {ram: 4}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
actions:
  - write: V
    at most: 1
  - fork: {any: [P0, P1, P2, P3]}
    as: {first free of: [P1, P2, P3, P4]}
  - exit: {any: [P1, P2, P3]}
always: [I20]
depth: 6
`;

describe('search', () => {
  it('finds the double reuse of an anon_vma with six actions', () => {
    const bound = boundOf(REUSE);
    const { form, kernel } = groundFor('v5.18');
    const result = explore(bound, form, kernel);
    if (!result.ok) throw new Error(result.problem.message);
    const { violations } = result.value;
    expect(violations.map(({ id, actions }) => [id, actions.length])).toEqual([['I20', 6]]);
    const words = violations[0]?.actions.map((number) => {
      const { operation, args } = bound.actions[number]?.call ?? {};
      return `${operation?.name} ${Object.values(args ?? {}).join(' ')}`;
    });
    expect(words).toEqual(['write V', 'fork P0', 'fork P1', 'exit P1', 'fork P2', 'fork P1']);
  });
});

it('ends where nothing new can happen: forks and exits count for nothing', () => {
  const bound = boundOf(`
bound: One page that was written
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
before: [{write: V}]
actions:
  - fork: P0
    as: {first free of: [P1]}
  - exit: P1
`);
  const { form, kernel } = groundFor('v6.12');
  const result = explore(bound, form, kernel);
  expect(result).toMatchObject({ ok: true, value: { finished: true, states: 3, transitions: 3 } });
});
