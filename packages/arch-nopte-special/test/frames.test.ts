import { bits, decodeEntry, encodeEntry, swapValue, swapWord } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allForms } from './forms.js';

describe.each(allForms)('$name, headers $headers', (form) => {
  const { wordBits, pageShift, protectionMap, bits: table } = form.definition;
  const frame = table.find(({ name }) => name === 'PAGE_MASK' || name === '_PFN_MASK');
  const word = fc.bigInt({ min: 0n, max: (1n << BigInt(wordBits)) - 1n }).map(bits);

  test('every frame of the field and every protection read back', () => {
    const frames = fc.bigInt({ min: 0n, max: (1n << BigInt(frame?.width ?? 0)) - 1n });
    const make = form.function('pfn_pte');
    if ('absent' in make) throw new Error('pfn_pte is missing');
    fc.assert(
      fc.property(frames, fc.constantFrom(...protectionMap), (pfn, prot) => {
        const entry = bits(make.bits(pfn, prot) as bigint);
        expect(form.pfn('pte', entry)).toBe(pfn);
        const decoded = decodeEntry(form, 'pte', entry);
        expect(decoded).toMatchObject({ kind: 'leaf', pfn, attributes: prot });
      }),
    );
  });

  test('every word is decoded, and what is decoded is written back', () => {
    const tables = form.levels.filter(({ folded }) => !folded);
    fc.assert(
      fc.property(word, fc.constantFrom(...tables), (raw, { level }) => {
        const again = encodeEntry(form, level, decodeEntry(form, level, raw));
        expect(again).toEqual({ ok: true, value: raw });
      }),
      { numRuns: 500 },
    );
  });

  test('swap values survive, and the exclusive mark does not disturb them', () => {
    const offsetField = table.find(({ name }) => name === '__swp_offset');
    const offsets = fc.bigInt({ min: 0n, max: (1n << BigInt(offsetField?.width ?? 0)) - 1n });
    const types = fc.integer({ min: 0, max: 31 });
    fc.assert(
      fc.property(types, offsets, fc.boolean(), (type, offset, exclusive) => {
        const raw = swapWord(form, 'pte', { type, offset });
        const marked = exclusive ? form.apply('pte', 'swp_mkexclusive', raw) : raw;
        expect(swapValue(form, 'pte', marked)).toEqual({ type, offset });
      }),
    );
  });

  test('a table is found where its entry says', () => {
    const aligned = wordBits === 32 ? 0xab_cd00n : 0x1234n << BigInt(pageShift);
    const flags = { um: 0x1e1n, alpha: 0x63301n, m68k: 0xan }[form.name] ?? 0n;
    const raw = bits((form.name === 'alpha' ? 0x1234n << 32n : aligned) | flags);
    expect(decodeEntry(form, 'pmd', raw)).toMatchObject({ kind: 'table', next: aligned });
    expect(decodeEntry(form, 'pgd', raw)).toMatchObject({ kind: 'table', next: aligned });
  });

  test('nothing is special', () => {
    expect(form.levels.some(({ hasSpecial }) => hasSpecial)).toBe(false);
    fc.assert(
      fc.property(word, (raw) => {
        expect(form.is('pte', 'special', raw)).toBe(false);
        expect(form.apply('pte', 'mkspecial', raw)).toBe(raw);
      }),
    );
  });
});
