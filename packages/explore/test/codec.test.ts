import { expect, it } from 'vitest';
import { Key } from '../src/key.js';
import { StateCodec } from '../src/state/codec.js';
import { boundOf, stepperOf } from './forms.js';

const BOUND = `
bound: Writes, forks, unmaps and exits
machine: {ram: 8}
objects:
  processes: {P0: {}}
  vmas: {V: {flags: rw-p, pages: 2}}
actions:
  - write: {any: [V, V+1, P1:V, P2:V+1]}
  - mprotect: {at: {any: [V, P1:V]}, pages: 1, prot: {any: [r--, rw-]}}
  - munmap: {at: {any: [V, P1:V+1]}, pages: 1}
  - fork: {any: [P0, P1]}
    as: {first free of: [P1, P2]}
  - exit: {any: [P1, P2]}
    at most: 2
`;
const bytesOf = ({ bytes, length }: Key): Buffer => Buffer.from(bytes.subarray(0, length));

it('reads back what it writes, on whatever machine', () => {
  const stepper = stepperOf(boundOf(BOUND), 'v6.12');
  const codec = new StateCodec(stepper);
  const other = new StateCodec(stepperOf(boundOf(BOUND), 'v6.12'));
  const [key, again] = [new Key(), new Key()];
  codec.write(key);
  const known = new Map([[bytesOf(key).toString('latin1'), bytesOf(key)]]);
  let compared = 0;
  for (const from of known.values()) {
    for (const { number } of stepper.bound.actions) {
      codec.read(from);
      const done = stepper.apply(number);
      if (done === undefined || done.bug !== undefined) continue;
      codec.write(key);
      other.read(bytesOf(key));
      other.write(again);
      expect(bytesOf(key).equals(bytesOf(again))).toBe(true);
      compared++;
      if (known.size < 200) known.set(bytesOf(key).toString('latin1'), bytesOf(key));
    }
  }
  expect(compared).toBeGreaterThan(400);
});
