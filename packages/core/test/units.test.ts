import { describe, expect, test } from 'vitest';
import { bits, bitsTruncated, hex, MASK64, pfn, physAddr, virtAddr } from '../src/index.js';

describe('units', () => {
  test.each([
    ['Bits', bits],
    ['Pfn', pfn],
    ['VirtAddr', virtAddr],
    ['PhysAddr', physAddr],
  ] as const)('%s is unsigned and has 64 bits', (label, make) => {
    expect([make(0n), make(MASK64)]).toEqual([0n, MASK64]);
    for (const wrong of [-1n, MASK64 + 1n]) {
      expect(() => make(wrong)).toThrow(new RegExp(`${label} must be .*, got ${wrong}`));
      expect(() => make(wrong)).toThrow(RangeError);
    }
  });

  test('cutting never throws; hexadecimal is lower-case without padding', () => {
    expect([bitsTruncated(-1n), bitsTruncated(MASK64 + 2n)]).toEqual([MASK64, 1n]);
    expect([hex(0xabn), hex(0)]).toEqual(['0xab', '0x0']);
  });
});
