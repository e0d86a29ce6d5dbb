import { bits, decodeEntry, encodeEntry, pfn, swapValue, swapWord } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { x86 } from '../src/index.js';

const forms = x86.forms.flatMap(({ name, headers }) =>
  headers.map((generation) => {
    const made = x86.form(name, { headers: generation });
    if (!made.ok) throw new Error(made.problem.message);
    return made.value;
  }),
);
const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(bits);
/** Frames of a level, by how many of their low bits are zero. */
const frames = (aligned: number) =>
  fc.bigInt({ min: 0n, max: (1n << BigInt(40 - aligned)) - 1n }).map((n) => n << BigInt(aligned));

describe.each(forms)('$name, headers $headers', (form) => {
  const protections = [...form.definition.protectionMap];

  test.each([
    ['pte', 'pfn_pte', 0],
    ['pmd', 'mk_huge_pmd', 9],
    ['pud', 'mk_huge_pud', 18],
  ] as const)('every frame and protection of a %s reads back', (level, name, aligned) => {
    const make = form.function(name);
    if ('absent' in make) throw new Error(`${name} is missing`);
    fc.assert(
      fc.property(frames(aligned), fc.constantFrom(...protections), (frame, prot) => {
        const args = make.params.map((param) => (param === 'pfn' ? frame : prot));
        const entry = bits(make.bits(...args) as bigint);
        expect(form.pfn(level, entry)).toBe(frame);
        const decoded = decodeEntry(form, level, entry);
        if (decoded.kind === 'leaf') expect(decoded.pfn).toBe(pfn(frame));
        else expect(level).toBe('pud');
      }),
    );
  });

  test('every word is decoded, and what is decoded is written back', () => {
    fc.assert(
      fc.property(word, fc.constantFrom(...form.levels), (raw, { level, folded }) => {
        fc.pre(!folded);
        expect(encodeEntry(form, level, decodeEntry(form, level, raw))).toEqual({
          ok: true,
          value: raw,
        });
      }),
      { numRuns: 500 },
    );
  });

  test('swap values survive, and their three flags do not disturb them', () => {
    const type = fc.integer({ min: 0, max: 31 });
    const offset = fc.bigInt({ min: 0n, max: (1n << 50n) - 1n });
    fc.assert(
      fc.property(type, offset, fc.integer({ min: 0, max: 7 }), (kind, at, flags) => {
        const raw = bits(swapWord(form, 'pte', { type: kind, offset: at }) | (BigInt(flags) << 1n));
        expect(swapValue(form, 'pte', raw)).toEqual({ type: kind, offset: at });
      }),
    );
  });
});
