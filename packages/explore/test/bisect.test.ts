import { findRevision } from '@pagewright/core';
import { expect, it } from 'vitest';
import { allForms } from '../../scenario/test/forms.js';
import { bisectBound } from '../src/index.js';
import { boundOf } from './forms.js';

const BOUND = `
bound: An anon_vma gets a second user
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
before: [{write: V}]
actions:
  - fork: {any: [P0, P1, P2, P3]}
    as: {first free of: [P1, P2, P3]}
    at most: 4
  - exit: P1
    at most: 1
always: [I20]
`;

it('names the change that ends a violation', () => {
  const [from, to] = ['v5.18', 'v6.1'].map((id) => {
    const revision = findRevision(id);
    if (!revision.ok) throw new Error(revision.problem.message);
    return revision.value;
  });
  if (from === undefined || to === undefined) throw new Error('no kernels');
  const found = bisectBound(boundOf(BOUND), allForms, 'x86_64', [from, to]);
  if (!found.ok) throw new Error(found.problem.message);
  const { altering, steps, searches } = found.value;
  expect([found.value.from, found.value.to]).toEqual(['I20 after 5 actions', 'holds']);
  expect(altering.map(({ change, before, after }) => [change.id, before, after])).toEqual([
    ['anon-vma-counters', 'I20 after 5 actions', 'holds'],
  ]);
  expect(searches).toBeLessThan(steps);
});
