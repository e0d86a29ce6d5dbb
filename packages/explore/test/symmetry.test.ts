import { describe, expect, it } from 'vitest';
import { replay, Search, type SearchResult } from '../src/index.js';
import { Key } from '../src/key.js';
import { beginBound } from '../src/search/explore.js';
import { CanonicalCodec } from '../src/symmetry/canonical-codec.js';
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

/** How many states the states of a search without symmetry are written as. */
function standingFor(text: string, kernelName: string): number {
  const { form, kernel } = groundFor(kernelName);
  const stepper = beginBound(boundOf(text), form, kernel, false);
  if (!stepper.ok) throw new Error(stepper.problem.message);
  const search = new Search(stepper.value);
  const { states } = search.run();
  const canonical = new CanonicalCodec(stepper.value);
  const key = new Key();
  const found = new Set<string>();
  for (let number = 0; number < states; number++) {
    search.hand.enter(number);
    canonical.write(key);
    found.add(key.bytes.subarray(0, key.length).join());
  }
  return found.size;
}

describe('symmetry', () => {
  it.each(['v5.18', 'v6.12', 'v7.2'])('has frames that are alike, too: %s', (kernelName) => {
    const text = FORKS.replace(
      'WRITES\n',
      '  - write: {any: [P0:V, P1:V, P2:V, P3:V]}\n    at most: 2\n',
    )
      .replace('depth: 6', 'depth: 5')
      .replace('processes: [P0, P1, P2, P3]', 'processes: [P0, P1, P2, P3], frames: true');
    const plain = search(text, kernelName, false);
    const byProcess = search(text.replace(', frames: true', ''), kernelName, true);
    const reduced = search(text, kernelName, true);
    expect(reduced.states).toBeLessThanOrEqual(byProcess.states);
    expect(reduced.violations.map(({ id, actions }) => [id, actions.length])).toEqual(
      plain.violations.map(({ id, actions }) => [id, actions.length]),
    );
    expect(reduced.states).toBe(standingFor(text, kernelName));
  });

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
      expect(reduced.states).toBe(standingFor(text, kernelName));
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
