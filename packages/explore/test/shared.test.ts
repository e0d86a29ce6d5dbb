import { expect, it } from 'vitest';
import { Search, type SearchResult } from '../src/index.js';
import { Hand } from '../src/search/hand.js';
import { StateTable } from '../src/table.js';
import { boundOf, stepperOf } from './forms.js';

const FORKS = `
bound: Writes, forks and exits
machine: {ram: 6}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
actions:
  - write: {any: [V, P1:V, P2:V]}
  - fork: {any: [P0, P1, P2]}
    as: {first free of: [P1, P2]}
  - exit: {any: [P1, P2]}
depth: 5
`;
const [CONDITION, SYMMETRY] = [
  'never: {three: {processes: {P0: {anon: 3}}}}',
  'interchangeable: {processes: [P1, P2], frames: true}',
];

/**
 * One thread has looked up which cells there are, and then another one expands the same state first: all
 * that the first finds is known, with cells and values that it has not heard of.
 */
function overtaken(text: string): SearchResult {
  const search = new Search(stepperOf(boundOf(text), 'v6.12'));
  const table = new StateTable(search.table.memory);
  const late = new Hand(stepperOf(boundOf(text), 'v6.12'), table, search.expanders);
  const read = table.read.bind(table);
  table.read = (number, into) => {
    read(number, into);
    search.hand.expand(number);
  };
  const turns = search.turns();
  let step = turns.next();
  while (!step.done) {
    const { from, to } = step.value;
    late.begin();
    search.hand.begin();
    for (let number = from; number < to; number++) late.expand(number);
    late.result.broken.push(...search.hand.result.broken);
    step = turns.next(late.result);
  }
  return step.value;
}

it.each([
  ['alone', ['always: []']],
  ['with a condition', ['always: []', CONDITION]],
  ['with invariants', ['always: all']],
  ['with symmetry', ['always: all', SYMMETRY]],
])('a thread may use what another one has only just learned: states %s', (_, lines) => {
  const text = `${FORKS}${lines.join('\n')}\n`;
  const alone = new Search(stepperOf(boundOf(text), 'v6.12')).run();
  expect(alone.states).toBeGreaterThan(100);
  expect(overtaken(text)).toEqual(alone);
});
