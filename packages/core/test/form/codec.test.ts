import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bits,
  type DecodedEntry,
  decodeEntry,
  encodeEntry,
  type LeafEntry,
  type Level,
  pfn,
  physAddr,
  physicalOf,
} from '../../src/index.js';
import { HUGE, PRESENT, toy } from '../toy-form.js';

const levels = fc.constantFrom<Level>('pte', 'pmd');

test('encode(decode(w)) = w', () => {
  fc.assert(
    fc.property(levels, fc.bigInt(0n, 0xffff_ffffn), (level, raw) => {
      const decoded = decodeEntry(toy, level, bits(raw));
      expect(encodeEntry(toy, level, decoded)).toEqual({ ok: true, value: raw });
    }),
  );
});

describe('what the form cannot represent is refused', () => {
  const leafOf = (frame: bigint): LeafEntry => ({
    kind: 'leaf',
    pfn: pfn(frame),
    physical: physicalOf(toy, pfn(frame)),
    attributes: bits(PRESENT),
  });
  const absent = { kind: 'absent', what: 'swap', residue: bits(0n) } as const;
  const cases: readonly [string, Level, DecodedEntry][] = [
    ['a frame wider than its field', 'pte', leafOf(1n << 20n)],
    ['a frame that is another in C', 'pte', leafOf(1n << 52n)],
    ['an address that is not of the frame', 'pte', { ...leafOf(1n), physical: physAddr(0n) }],
    ['a type wider than its field', 'pte', { ...absent, type: 33, offset: 1n }],
    ['an offset wider than its field', 'pte', { ...absent, type: 1, offset: 1n << 20n }],
    ['a type that is of another kind', 'pte', { ...absent, type: 31, offset: 1n }],
    ['a swap entry where there are none', 'pmd', { ...absent, type: 1, offset: 1n }],
    ['a table below the last level', 'pte', tableAt(0x1000n)],
    ['a table that is not aligned', 'pmd', tableAt(0x1800n)],
    ['a table beyond 32 bits', 'pmd', tableAt(1n << 32n)],
    ['an empty entry that is present', 'pte', { kind: 'none', residue: bits(PRESENT) }],
  ];
  function tableAt(next: bigint): DecodedEntry {
    return { kind: 'table', next: physAddr(next), attributes: bits(PRESENT) };
  }
  test.each(cases)('%s', (_, level, entry) => {
    expect(encodeEntry(toy, level, entry)).toMatchObject({
      ok: false,
      problem: { code: 'not-representable', evidence: { level, kind: entry.kind } },
    });
  });
});

test('words that mean nothing say why', () => {
  const reason = (level: Level, raw: bigint, form = toy): string => {
    const decoded = decodeEntry(form, level, bits(raw));
    return decoded.kind === 'invalid' ? decoded.reason : decoded.kind;
  };
  expect(reason('pmd', 0x1000n)).toBe('neither empty nor present, and a pmd holds no swap entry');
  const mapless = toy.with({
    levels: toy.levels.map((g) => ({ ...g, mayMap: g.level === 'pte' })),
  });
  expect(reason('pmd', HUGE | PRESENT, mapless)).toBe('a leaf, but nothing may be mapped at pmd');
});
