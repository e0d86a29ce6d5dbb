import { expect, it } from 'vitest';
import { foldLines } from '../src/run/fold-lines.js';

it('shows the ends of what happens alike to neighbours, and all of what differs', () => {
  const alike = [0, 1, 2, 3, 4, 5].map((n) => `V+${n}: none -> Z`);
  expect(foldLines(['V: x', ...alike, 'V+9: none -> Z'])).toEqual([
    'V: x',
    'V+0: none -> Z',
    '... 4 more alike ...',
    'V+5: none -> Z',
    'V+9: none -> Z',
  ]);
  expect(foldLines(alike.slice(0, 4))).toEqual(alike.slice(0, 4));
  expect(foldLines([])).toEqual([]);
});
