import { expect, it } from 'vitest';
import { explore } from '../src/index.js';
import { boundOf, groundFor } from './forms.js';

it('comes back to the state before a pin, though the kernel has counted it', () => {
  const bound = boundOf(`
bound: A page is pinned again and again
objects:
  processes: {A: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
before: [write: V]
actions:
  - pin_user_pages: V
    as: {first free of: [pin]}
  - unpin: pin
`);
  const { form, kernel } = groundFor('v6.18');
  const result = explore(bound, form, kernel);
  if (!result.ok) throw new Error(result.problem.message);
  // Before the first pin, pinned, and not pinned in a process that has pinned once.
  expect(result.value).toMatchObject({ finished: true, states: 3, transitions: 3, depth: 2 });
});
