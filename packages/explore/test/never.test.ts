import { expect, it } from 'vitest';
import { explore } from '../src/index.js';
import { boundOf, groundFor } from './forms.js';

const BOUND = `
bound: A child never shares what the parent wrote
objects:
  processes: {A: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
before:
  - write: V
  - page_at: V
    as: page
actions:
  - fork: A
    as: {first free of: [B]}
never:
  shared: {pages: {page: {mapcount: 2}}}
`;

it('calls a state that must not be reached by its name', () => {
  const { form, kernel } = groundFor('v6.18');
  const result = explore(boundOf(BOUND), form, kernel);
  if (!result.ok) throw new Error(result.problem.message);
  expect(result.value.violations).toEqual([{ id: 'shared', actions: [0] }]);
});
