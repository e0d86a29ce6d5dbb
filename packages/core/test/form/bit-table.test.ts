import { expect, test } from 'vitest';
import { fieldMask, masksOf, withFields } from '../../src/index.js';

const field = (name: string, low: number, width?: number) => ({
  name,
  low,
  ...(width === undefined ? {} : { width }),
  levels: ['pte'] as const,
  meaning: name,
  source: 'this test',
});
const TABLE = [field('A', 0), field('B', 63), field('WIDE', 4, 8)];

test('masks are looked up by name, several are joined', () => {
  expect(TABLE.map(fieldMask)).toEqual([1n, 1n << 63n, 0xff0n]);
  expect(masksOf(TABLE)('A', 'WIDE')).toBe(0xff1n);
});

test('a table changes by field', () => {
  const changed = withFields(TABLE, { A: { low: 1 }, B: null });
  expect(changed.map(({ name, low }) => [name, low])).toEqual([
    ['A', 1],
    ['WIDE', 4],
  ]);
  expect(TABLE[0]?.low).toBe(0);
});

test('a mistake in a backend throws with the name', () => {
  expect(() => masksOf(TABLE)('C')).toThrow('no field "C"');
  expect(() => withFields(TABLE, { C: null })).toThrow('no field "C"');
  expect(() => masksOf([...TABLE, field('A', 2)])).toThrow('twice');
});
