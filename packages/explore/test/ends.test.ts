import { expect, it } from 'vitest';
import { countEnds } from '../src/index.js';
import { boundOf, stepperOf } from './forms.js';

const race = (departure: string, steps: number): string => `
bound: GUP-fast against migration
objects:
  processes: {A: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
before:
  - write: V
  - page_at: V
    as: P
  - begin_gup_fast: {at: V, flags: [PIN, WRITE]}
    as: gup
  - begin_try_to_migrate: {at: V, departure: "${departure}"}
    as: unmap
actions:
  - advance: gup
    at most: 3
  - advance: unmap
    at most: ${steps}
ends:
  pinned and not exclusive: {pages: {P: {pinned: true, exclusive: false}}}
`;

it.each([
  ['none', 5, 38, 0],
  ['no clear, no flush', 3, 20, 7],
  ['pins first', 5, 29, 2],
  ['no flush', 4, 35, 0],
])('counts the orders of SPEC 15.59: %s', (departure, steps, ways, bad) => {
  const stepper = stepperOf(boundOf(race(departure, steps)), 'rmap-log/7');
  expect(countEnds(stepper, 8)).toEqual({
    ways,
    conditions: [{ id: 'pinned and not exclusive', ways: bad }],
  });
});

it('counts no ways that may be too long', () => {
  const bound = boundOf(`
bound: Reads for ever
objects:
  processes: {A: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
actions: [{read: V}]
`);
  expect(countEnds(stepperOf(bound, 'v6.12'), 20)).toBeUndefined();
});
