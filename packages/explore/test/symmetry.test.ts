import { describe, expect, it } from 'vitest';
import { replay, Search, type SearchResult } from '../src/index.js';
import { beginBound } from '../src/search/explore.js';
import { boundOf, groundFor } from './forms.js';

const FORKS = `
bound: Processes that fork, write and end
machine: {ram: 8}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
before: [{write: V}]
actions:
  - fork: {any: [P0, P1, P2, P3]}
    as: {first free of: [P0, P1, P2, P3]}
  - exit: {any: [P0, P1, P2, P3]}
WRITES
depth: 6
interchangeable: {processes: [P0, P1, P2, P3]}
`;

function search(text: string, kernelName: string, symmetry: boolean): SearchResult {
  const { form, kernel } = groundFor(kernelName);
  const stepper = beginBound(boundOf(text), form, kernel, symmetry);
  if (!stepper.ok) throw new Error(stepper.problem.message);
  return new Search(stepper.value).run();
}

describe('symmetry', () => {
  for (const [kernelName, writes] of [
    ['v5.18', ''],
    ['v6.12', ''],
    ['v6.12', '  - write: {any: [P0:V, P1:V, P2:V, P3:V]}\n    at most: 2'],
  ] as const) {
    it(`loses no violation and adds no state: ${kernelName} ${writes.length}`, () => {
      const text = FORKS.replace('WRITES\n', writes === '' ? '' : `${writes}\n`);
      const plain = search(text, kernelName, false);
      const reduced = search(text, kernelName, true);
      expect(reduced.states).toBeLessThan(plain.states / 1.5);
      const found = ({ violations }: SearchResult) =>
        violations.map(({ id, actions }) => [id, actions.length]).sort();
      expect(found(reduced)).toEqual(found(plain));
      expect([reduced.finished, reduced.depth]).toEqual([plain.finished, plain.depth]);
      for (const { id, actions } of reduced.violations) {
        const { form, kernel } = groundFor(kernelName);
        const stepper = beginBound(boundOf(text), form, kernel);
        const went = stepper.ok ? replay(stepper.value, actions) : stepper;
        expect(went.ok && went.value.at(-1)?.broken).toContain(id);
      }
    });
  }
});
