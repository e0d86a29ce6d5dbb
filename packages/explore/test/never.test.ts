import { expect, it } from 'vitest';
import { beginBound, explore, replay } from '../src/index.js';
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

const TRUNCATION = `
bound: Truncation answers what it did
objects:
  processes: {P: {}}
  pages: {D: {kind: fsdax, pages: 1}}
  files: {F: {kind: fsdax, pages: 1, on: D}}
  vmas: {V: {flags: rw-s, pages: 1, file: F}}
actions:
  - dax_truncate: {file: F, pages: 0, unset: 7}
    as: {first free of: [T]}
    never answers: [7]
`;

it('asks a task what it answered before it is forgotten', () => {
  const idsOn = (kernelName: string) => {
    const { form, kernel } = groundFor(kernelName);
    const result = explore(boundOf(TRUNCATION), form, kernel);
    if (!result.ok) throw new Error(result.problem.message);
    return result.value.violations.map(({ id }) => id);
  };
  expect(idsOn('dax-v6/5')).toEqual(['dax_truncate answers 7']);
  expect(idsOn('dax-v6/4')).toEqual([]);
});

it('tells what a task answered on a way', () => {
  const { form, kernel } = groundFor('dax-v6/5');
  const stepper = beginBound(boundOf(TRUNCATION), form, kernel);
  if (!stepper.ok) throw new Error(stepper.problem.message);
  const went = replay(stepper.value, [0]);
  expect(went).toMatchObject({ ok: true, value: [{ answer: '7', succeeded: false }] });
});
