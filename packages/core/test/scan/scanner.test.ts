import { describe, expect, test } from 'vitest';
import { ENTRY_KINDS } from '../../src/index.js';
import { scannerFor } from '../../src/scan.js';
import { PRESENT, toy } from '../toy-form.js';

/** A table of big-endian entries as the 32-bit words of this machine. */
function tableOf(entries: readonly bigint[]): Uint32Array {
  const view = new DataView(new ArrayBuffer(4 * entries.length));
  entries.forEach((entry, i) => {
    view.setUint32(4 * i, Number(entry));
  });
  return new Uint32Array(view.buffer);
}

const scanner = scannerFor(toy, 'pte');

describe('the scanner', () => {
  test('counts kinds and adds up frames, over more entries than a 32-bit sum holds', () => {
    const highest = 0xfffffn;
    const leaves = Array<bigint>(10_000).fill((highest << 12n) | PRESENT);
    const { kinds, pfnSum } = scanner.count(tableOf([...leaves, 0n, 0x1000n]));
    expect(kinds).toEqual({ none: 1, table: 0, leaf: 10_000, absent: 1, invalid: 0 });
    expect(pfnSum).toBe(highest * 10_000n);
    expect(scanner.count(tableOf([]))).toMatchObject({ pfnSum: 0n, kinds: { leaf: 0 } });
  });

  test('writes kind and frame of each entry, the frame of leaves alone', () => {
    const kinds = new Uint8Array(3);
    const pfns = new Uint32Array(6).fill(7);
    expect(scanner.collect(tableOf([0x5001n, 0x6000n, 0n]), kinds, pfns)).toBe(3);
    expect([...kinds].map((kind) => ENTRY_KINDS[kind])).toEqual(['leaf', 'absent', 'none']);
    expect([...pfns]).toEqual([5, 0, 0, 0, 0, 0]);
  });

  test('throws when an output is too short', () => {
    const table = tableOf([1n, 2n]);
    expect(() => scanner.collect(table, new Uint8Array(1), new Uint32Array(4))).toThrow(RangeError);
    expect(() => scanner.collect(table, new Uint8Array(2), new Uint32Array(3))).toThrow(RangeError);
  });
});
