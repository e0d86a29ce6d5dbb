import { fc, test } from '@fast-check/vitest';
import { LEVELS } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { entriesOfArguments, entriesOfText } from '../src/input/entry-words.js';

const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const hexDigits = (raw: bigint): string => raw.toString(16);

describe('entriesOfArguments', () => {
  test.prop([fc.array(word, { minLength: 1 })])('reads back words with 0x and without', (raws) => {
    const args = raws.map((raw, i) => (i % 2 ? hexDigits(raw) : `0x${hexDigits(raw)}`));
    expect(entriesOfArguments(args)).toEqual({ ok: true, value: raws.map((raw) => ({ raw })) });
  });

  test.prop([word, fc.constantFrom(' ', '_')])('joins groups of four digits', (raw, gap) => {
    const digits = hexDigits(raw).padStart(16, '0');
    const grouped = digits.match(/.{4}/g)?.join(gap) ?? '';
    expect(entriesOfArguments([grouped])).toEqual({ ok: true, value: [{ raw }] });
  });

  test.prop([
    fc.array(fc.tuple(fc.constantFrom(...LEVELS), word), { minLength: 1, maxLength: 5 }),
    fc.constantFrom(':', '=', ' '),
    fc.boolean(),
    fc.constantFrom(' ', ', '),
  ])('reads what kernel logs print', (entries, mark, upper, between) => {
    const text = entries
      .map(([level, raw]) => (upper ? level.toUpperCase() : level) + mark + hexDigits(raw))
      .join(between);
    const expected = entries.map(([level, raw]) => ({ level, raw }));
    expect(entriesOfArguments([text])).toEqual({ ok: true, value: expected });
    expect(entriesOfText(text, 'x')).toEqual({ ok: true, value: expected });
  });

  it('reads the names of s390x fault reports', () => {
    expect(entriesOfArguments(['R1:0000000000000abf R3:1 S:20 P:400'])).toEqual({
      ok: true,
      value: [
        { level: 'pgd', raw: 0xabfn },
        { level: 'pud', raw: 1n },
        { level: 'pmd', raw: 0x20n },
        { level: 'pte', raw: 0x400n },
      ],
    });
  });

  it('takes a label from one argument and the word from the next', () => {
    const value = [{ level: 'pmd', raw: 0x25n }, { raw: 1n }];
    expect(entriesOfArguments(['PMD', '0x25', '1'])).toEqual({ ok: true, value });
  });
});

describe('entriesOfText', () => {
  test.prop([fc.string({ unit: 'binary' })])(
    'answers or refuses any text, never throws',
    (text) => {
      const read = entriesOfText(text, 'file');
      if (!read.ok) expect(read.problem.message).toMatch(/^file/);
      else for (const { raw } of read.value) expect(raw).toBeLessThan(1n << 64n);
    },
  );

  it('names the line', () => {
    const read = entriesOfText('1 2\n\n3\n4 zz', 'file');
    expect(read).toMatchObject({ ok: false, problem: { code: 'bad-entry' } });
    expect(read.ok || read.problem.message).toBe('file:4: entry "zz": not a hexadecimal number');
  });

  it('stops early at too many', () => {
    const read = entriesOfText('1 '.repeat(3_000_000), 'file');
    expect(read).toMatchObject({ ok: false, problem: { code: 'too-many-entries' } });
  });
});
