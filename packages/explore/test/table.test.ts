import { describe, expect, it } from 'vitest';
import { Row } from '../src/state/row.js';
import { FULL, KNOWN, StateTable } from '../src/table.js';
import { FIRST_SLOTS, reserveTable } from '../src/table-memory.js';

const row = (...bytes: number[]): Row => {
  const made = new Row();
  made.reserve((bytes.length + 3) >>> 2);
  bytes.forEach((byte, cell) => {
    made.set(cell, byte);
  });
  return made;
};
const numberRow = (value: number): Row => row(value & 0xff, (value >>> 8) & 0xff, value >>> 16, 1);
const bytesOf = (table: StateTable, number: number): number[] => {
  const found = new Row();
  table.read(number, found);
  return [...found.bytes.subarray(0, 4 * found.count)];
};
const tableOf = (states: number, rowBytes: number, shared = false): StateTable =>
  new StateTable(reserveTable({ states, rowBytes }, shared));

describe('the table of states', () => {
  it('holds every row once; cells that a row does not have are 0', () => {
    const table = tableOf(100, 1e6);
    const rows = [row(), row(1, 2, 3, 4), row(4, 3, 2, 1), row(0, 0, 0, 0, 1, 2, 3, 4)];
    for (const each of rows) expect(table.put(each, -1, 0)).toBeGreaterThanOrEqual(0);
    const same = [row(0), row(0, 0, 0, 0, 0), row(1, 2, 3, 4, 0), ...rows];
    expect(same.map((each) => table.put(each, -1, 0))).toEqual(same.map(() => KNOWN));
    const other = row(0, 0, 0, 0, 0, 0, 0, 0, 9);
    expect(table.put(other, -1, 0)).toBeGreaterThan(0);
    expect(table.put(row(0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0), -1, 0)).toBe(KNOWN);
    table.numberNew();
    expect(table.count).toBe(5);
    const whole = [...rows, other].map(({ bytes, count }) => [...bytes.subarray(0, 4 * count)]);
    expect(whole.map((_, i) => bytesOf(table, i))).toEqual(whole);
  });

  it('tells rows apart that have the same hash', () => {
    const table = tableOf(100, 1e6);
    const [one, other] = [row(1, 2), row(2, 1)];
    other.hash = one.hash;
    table.put(one, -1, 0);
    expect(table.put(other, -1, 0)).not.toBe(KNOWN);
    expect(table.put(one, -1, 0)).toBe(KNOWN);
  });

  it('grows, and keeps what it has', () => {
    const count = Math.ceil(FIRST_SLOTS * 0.8);
    const table = tableOf(2 * FIRST_SLOTS, 1e7);
    let grown = 0;
    for (let i = 0; i < count; i++) {
      table.put(numberRow(i), -1, 0);
      if (!table.isCrowded) continue;
      table.grow();
      grown++;
    }
    expect(grown).toBe(1);
    let known = 0;
    for (let i = 0; i < count; i++) if (table.put(numberRow(i), -1, 0) === KNOWN) known++;
    expect(known).toBe(count);
    expect(table.put(numberRow(count), -1, 0)).toBeGreaterThan(0);
  });

  it('says when it is full, of states or of bytes, and still knows what it has', () => {
    const few = tableOf(2, 1e6);
    expect(few.put(row(1), -1, 0)).toBeGreaterThanOrEqual(0);
    expect(few.put(row(2), -1, 0)).toBeGreaterThan(0);
    expect([3, 1].map((i) => few.put(row(i), -1, 0))).toEqual([FULL, KNOWN]);
    const small = tableOf(100, 4 * 4096);
    expect(small.put(row(...new Array(3 * 4096).fill(1)), -1, 0)).toBe(0);
    expect(small.put(row(...new Array(2 * 4096).fill(1)), -1, 0)).toBe(FULL);
    expect(small.put(row(1), -1, 0)).toBeGreaterThan(0);
  });

  it('numbers states by the least way to them, in whatever order they were found', () => {
    const table = tableOf(100, 1e6);
    table.put(row(0), -1, 0);
    table.put(row(1), -1, 1);
    table.numberNew();
    table.put(row(9), 1, 4);
    table.put(row(8), 1, 2);
    table.put(row(7), 0, 6);
    table.put(row(9), 0, 7);
    table.put(row(8), 1, 1);
    table.put(row(7), 1, 0);
    table.numberNew();
    expect(table.count).toBe(5);
    const rows = [2, 3, 4].map((i) => [...bytesOf(table, i), table.parentOf(i), table.actionOf(i)]);
    // The last way to 8 is no better: actions of one parent come in order.
    expect(rows).toEqual([
      [7, 0, 0, 0, 0, 6],
      [9, 0, 0, 0, 0, 7],
      [8, 0, 0, 0, 1, 2],
    ]);
  });

  it('is the same table for all who work on its memory', () => {
    const one = tableOf(100, 1e6, true);
    const other = new StateTable(one.memory);
    expect(one.put(row(5), -1, 0)).toBeGreaterThanOrEqual(0);
    expect(other.put(row(6), -1, 0)).toBeGreaterThan(0);
    expect(other.put(row(5), -1, 0)).toBe(KNOWN);
    expect(one.put(row(6), -1, 0)).toBe(KNOWN);
  });

  it('takes at most 48 bytes a state besides its row', () => {
    const table = tableOf(1e7, 1e8);
    const count = FIRST_SLOTS * 2 * 0.69;
    for (let i = 0; i < count; i++) {
      table.put(numberRow(i), -1, 0);
      if (table.isCrowded) table.grow();
    }
    expect(table.usedBytes / count).toBeLessThan(4 + 48);
    const half = FIRST_SLOTS * 0.71;
    const worst = tableOf(1e7, 1e8);
    for (let i = 0; i < half; i++) worst.put(numberRow(i), -1, 0);
    worst.grow();
    expect(worst.usedBytes / half).toBeLessThan(4 + 48);
  });
});
