import { COLUMNS, type State } from '@pagewright/mm';
import { expect, it } from 'vitest';
import { Search } from '../src/index.js';
import type { Stepper } from '../src/world/stepper.js';
import { boundOf, stepperOf } from './forms.js';

/** A search as simple as can be: texts of states in a map, and each state copied. */
function naive(stepper: Stepper): { states: number; transitions: number; depth: number } {
  const { world, bound } = stepper;
  const textOf = (): string => {
    const words: unknown[] = [];
    world.model.state.forEachSet((column, record, value) => {
      if (/^pins/.test(COLUMNS[column]?.field ?? '')) return;
      words.push([COLUMNS[column]?.record, COLUMNS[column]?.field, record, value]);
    });
    return JSON.stringify(words);
  };
  interface Saved {
    readonly state: State;
    readonly depth: number;
  }
  const save = (depth: number): Saved => ({
    state: world.model.state.copy(),
    depth,
  });
  const known = new Map([[textOf(), 0]]);
  const queue = [save(0)];
  let transitions = 0;
  for (let saved = queue.shift(); saved !== undefined; saved = queue.shift()) {
    if (saved.depth === bound.file.depth) continue;
    for (const { number } of bound.actions) {
      world.model.state = saved.state.copy();
      const done = stepper.apply(number);
      if (done === undefined) continue;
      transitions++;
      const text = textOf();
      if (done.bug !== undefined || known.has(text)) continue;
      known.set(text, saved.depth + 1);
      queue.push(save(saved.depth + 1));
    }
  }
  return { states: known.size, transitions, depth: Math.max(...known.values()) };
}

const COW = `
bound: fork and CoW
machine: {ram: 3}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
actions:
  - write: {any: [V, P1:V]}
  - read: {any: [V, P1:V]}
  - fork: {any: [P0, P1]}
    as: {first free of: [P1]}
  - exit: P1
  - pin_user_pages: {at: {any: [V, P1:V]}, flags: [WRITE]}
    as: {first free of: [R]}
  - unpin: R
always: []
`;
const DAX = `
bound: A DAX file
objects:
  processes: {P: {}}
  pages: {D: {kind: fsdax, pages: 2}}
  files: {F: {kind: fsdax, pages: 2, on: D}}
  vmas: {V: {flags: rw-s, pages: 2, file: F}}
actions:
  - write: {any: [V, V+1]}
  - read: V
  - zap_page_range_single: {at: V, pages: {any: [1, 2]}}
always: []
`;
/** A word takes more values than a byte has, and words get cells late. */
const MANY = `
bound: Many reads, and a fork late
machine: {ram: 4}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
actions:
  - read: V
    at most: 700
  - write: V
    when: {processes: {P0: {anon: 0}}}
  - fork: P0
    as: {first free of: [P1]}
    at most: 1
always: []
depth: 600
`;
const NEAR = `${COW}depth: 6\n`;
const LIMITED = COW.replace('write: {any: [V, P1:V]}', '$&\n    at most: 2').concat('depth: 5\n');

it.each([
  ['fork and CoW', NEAR, 'v6.12', 'x86_64'],
  ['fork and CoW before exclusive pages', NEAR, 'v5.18', 'x86_64'],
  ['fork and CoW', NEAR, 'v6.18', 'arm64'],
  ['a DAX file', DAX, 'v6.12', 'x86_64'],
  ['a DAX file', DAX, 'v7.2', 'x86_64'],
  ['more values than a byte has', MANY, 'v6.12', 'x86_64'],
  ['limits', LIMITED, 'v6.18', 's390x'],
])('finds what a simple search finds: %s', (_, text, kernel, form) => {
  const bound = boundOf(text);
  const found = new Search(stepperOf(bound, kernel, form)).run();
  const simple = naive(stepperOf(bound, kernel, form));
  expect(simple.states).toBeGreaterThan(10);
  expect([found.states, found.transitions]).toEqual([simple.states, simple.transitions]);
  if (bound.file.depth === undefined) expect(found.depth).toBe(simple.depth);
});
