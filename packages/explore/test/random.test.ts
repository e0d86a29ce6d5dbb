import { describe, expect, it } from 'vitest';
import { replay, walkAtRandom } from '../src/index.js';
import { boundOf, stepperOf } from './forms.js';

const bound = boundOf(`
bound: An anon_vma gets a second user
machine: {ram: 4}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 1}}
before: [{write: V}]
actions:
  - fork: {any: [P0, P1, P2, P3]}
    as: {first free of: [P1, P2, P3]}
  - exit: {any: [P1, P2, P3]}
  - write: {any: [V, P1:V]}
always: [I20]
`);
const options = { seed: 7, walks: 2000, depth: 30 };

describe.each([false, true])('walks at random, swarm %s', (swarm) => {
  const found = walkAtRandom(() => stepperOf(bound, 'v5.18'), { ...options, swarm });

  it('find what is broken, with no action too many', () => {
    expect(found.violation?.id).toBe('I20');
    expect(found.violation?.actions.length).toBeLessThanOrEqual(12);
    const went = replay(stepperOf(bound, 'v5.18'), found.violation?.actions ?? []);
    expect(went.ok && went.value.at(-1)?.broken).toEqual(['I20']);
  });

  it('are the same for the same seed', () => {
    const again = walkAtRandom(() => stepperOf(bound, 'v5.18'), {
      ...options,
      seed: found.seed ?? 0,
      walks: 1,
      swarm,
    });
    expect([again.seed, again.violation]).toEqual([found.seed, found.violation]);
  });

  it('find nothing where nothing is broken', () => {
    const fixed = walkAtRandom(() => stepperOf(bound, 'v6.1'), { ...options, walks: 50, swarm });
    expect([fixed.violation, fixed.walks]).toEqual([undefined, 50]);
  });
});
