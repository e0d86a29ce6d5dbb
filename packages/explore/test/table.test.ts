import { describe, expect, it } from 'vitest';
import { Key } from '../src/key.js';
import { FULL, KNOWN, StateTable } from '../src/table.js';
import { FIRST_SLOTS, reserveTable } from '../src/table-memory.js';

const key = (...bytes: number[]): Key => {
  const made = new Key();
  made.set(Uint8Array.from(bytes));
  return made;
};
const numberKey = (value: number): Key => key(value & 0xff, (value >>> 8) & 0xff, value >>> 16, 1);
const bytesOf = (table: StateTable, number: number): number[] => {
  const found = new Key(1);
  table.read(number, found);
  return [...found.bytes.subarray(0, found.length)];
};
const tableOf = (states: number, keyBytes: number, shared = false): StateTable =>
  new StateTable(reserveTable({ states, keyBytes }, shared));

describe('the table of states', () => {
  it('holds every key once, whatever its length', () => {
    const table = tableOf(100, 1e6);
    const keys = [key(), key(0), key(0, 0), key(1, 2, 3, 4), key(1, 2, 3, 4, 0), key(4, 3, 2, 1)];
    expect(keys.map((each) => table.put(each, -1, 0))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(keys.map((each) => table.put(each, -1, 0))).toEqual(keys.map(() => KNOWN));
    table.numberNew();
    expect(keys.map((_, i) => bytesOf(table, i))).toEqual(
      keys.map((each) => [...each.bytes.subarray(0, each.length)]),
    );
  });

  it('grows, and keeps what it has', () => {
    const count = Math.ceil(FIRST_SLOTS * 0.8);
    const table = tableOf(2 * FIRST_SLOTS, 1e7);
    let grown = 0;
    for (let i = 0; i < count; i++) {
      table.put(numberKey(i), -1, 0);
      if (!table.isCrowded) continue;
      table.grow();
      grown++;
    }
    expect(grown).toBe(1);
    let known = 0;
    for (let i = 0; i < count; i++) if (table.put(numberKey(i), -1, 0) === KNOWN) known++;
    expect(known).toBe(count);
    expect(table.put(numberKey(count), -1, 0)).toBe(count);
  });

  it('says when it is full, of states or of bytes, and still knows what it has', () => {
    const few = tableOf(2, 1e6);
    expect([1, 2, 3, 1].map((i) => few.put(key(i), -1, 0))).toEqual([0, 1, FULL, KNOWN]);
    const small = tableOf(100, 4 * 4096);
    const long = new Key();
    long.set(new Uint8Array(3 * 4096));
    expect(small.put(long, -1, 0)).toBe(0);
    long.set(new Uint8Array(2 * 4096));
    expect(small.put(long, -1, 0)).toBe(FULL);
    expect(small.put(key(1), -1, 0)).toBe(1);
  });

  it('numbers states by the least way to them, in whatever order they were found', () => {
    const table = tableOf(100, 1e6);
    table.put(key(0), -1, 0);
    table.put(key(1), -1, 1);
    table.numberNew();
    table.put(key(9), 1, 4);
    table.put(key(8), 1, 2);
    table.put(key(7), 0, 6);
    table.put(key(9), 0, 7);
    table.put(key(8), 1, 1);
    table.put(key(7), 1, 0);
    table.numberNew();
    expect(table.count).toBe(5);
    const rows = [2, 3, 4].map((i) => [...bytesOf(table, i), table.parentOf(i), table.actionOf(i)]);
    // The last way to 8 is no better: actions of one parent come in order.
    expect(rows).toEqual([
      [7, 0, 6],
      [9, 0, 7],
      [8, 1, 2],
    ]);
  });

  it('is the same table for all who work on its memory', () => {
    const one = tableOf(100, 1e6, true);
    const other = new StateTable(one.memory);
    expect(one.put(key(5), -1, 0)).toBe(0);
    expect(other.put(key(6), -1, 0)).toBe(1);
    expect(other.put(key(5), -1, 0)).toBe(KNOWN);
    expect(one.put(key(6), -1, 0)).toBe(KNOWN);
  });

  it('takes at most 48 bytes a state besides its key', () => {
    const table = tableOf(1e7, 1e8);
    const count = FIRST_SLOTS * 2 * 0.69;
    for (let i = 0; i < count; i++) {
      table.put(numberKey(i), -1, 0);
      if (table.isCrowded) table.grow();
    }
    expect(table.usedBytes / count).toBeLessThan(4 + 48);
    const half = FIRST_SLOTS * 0.71;
    const worst = tableOf(1e7, 1e8);
    for (let i = 0; i < half; i++) worst.put(numberKey(i), -1, 0);
    worst.grow();
    expect(worst.usedBytes / half).toBeLessThan(4 + 48);
  });
});
