import { Slot } from '@pagewright/mm';
import { expect, it } from 'vitest';
import { Judge } from '../src/search/judge.js';
import { boundOf, stepperOf } from './forms.js';

const DAX = `
objects:
  processes: {P: {}}
  pages: {D: {kind: fsdax, pages: 512}}
  files: {F: {kind: fsdax, pages: 512, on: D}}
  vmas: {V: {flags: rw-s, pages: 512, file: F}}
before: [{write: V}]
`;

it('asks I31 where a huge leaf of a file was split', () => {
  const stepper = stepperOf(
    boundOf(`bound: A split\n${DAX}actions: [{split_huge_pmd: V}]\nalways: [I31]\n`),
    'v6.18',
  );
  const { model } = stepper.world;
  const judge = new Judge(stepper);
  const before = model.state.copy();
  const done = stepper.apply(0);
  const [action] = stepper.bound.actions;
  if (done === undefined || action === undefined) throw new Error('it cannot happen');
  expect(judge.ofAction(action, done, before)).toEqual([]);
  // As if the leaf had been left where it was.
  let left = 0;
  for (let slot = 0; slot < model.state.layout.capacities.slot; slot++) {
    const [old, now] = [before.get(Slot.entry, slot), model.state.get(Slot.entry, slot)];
    if (old <= 0 || now === old) continue;
    model.state.set(Slot.entry, slot, old);
    left++;
  }
  expect(left).toBe(1);
  expect(judge.ofAction(action, done, before)).toEqual(['I31']);
});

const REMOVAL = `bound: A layout is broken
objects:
  processes: {P: {}}
  pages: {D: {kind: fsdax, pages: 1}}
  files: {F: {kind: fsdax, pages: 1, on: D}}
  vmas: {V: {flags: rw-s, pages: 1, file: F}}
before: [{write: V}]
actions:
  - dax_break_layout: {file: F, index: 0, pages: 1}
    as: T
  - dax_lock_entry: {file: F, index: 0}
  - dax_unlock_entry: {file: F, index: 0}
  - go_on: T
always: [I40]
`;

/** What the last of some actions breaks. */
function brokenBy(kernel: string, numbers: readonly number[]): readonly string[] {
  const stepper = stepperOf(boundOf(REMOVAL), kernel);
  const judge = new Judge(stepper);
  let broken: readonly string[] = [];
  for (const number of numbers) {
    const before = stepper.world.model.state.copy();
    const done = stepper.apply(number);
    const action = stepper.bound.actions[number];
    if (done === undefined || action === undefined) throw new Error('it cannot happen');
    broken = judge.ofAction(action, done, before);
  }
  return broken;
}

it('asks I40 when a layout was broken, at once or by a task that slept', () => {
  const lockedTwice = [1, 0, 2, 1, 3, 2, 3];
  expect(brokenBy('dax-v6/6', lockedTwice)).toEqual(['I40']);
  expect(brokenBy('v6.17', lockedTwice.slice(0, -1))).toEqual([]);
  expect(brokenBy('dax-v6/6', [0])).toEqual([]);
  // Before patch 6 breaking a layout takes no entries away.
  expect(brokenBy('dax-v6/5', [0])).toEqual([]);
});
