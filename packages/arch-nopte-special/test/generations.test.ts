import { bits, decodeEntry, withFields } from '@pagewright/core';
import { expect, test } from 'vitest';
import { nopteSpecialForm } from '../src/index.js';
import { formOf } from './forms.js';

test('um had three tables until 6.12, and four after', () => {
  const tables = (headers: '6.1' | '6.12' | '7.2') =>
    formOf('um', headers).levels.filter(({ folded }) => !folded).length;
  expect([tables('6.1'), tables('6.12'), tables('7.2')]).toEqual([3, 3, 4]);
});

test('um 6.1 has no exclusive mark: bit 10 belongs to nobody', () => {
  const exclusive = bits(0x12345400n);
  expect(formOf('um', '6.1').is('pte', 'swp_exclusive', exclusive)).toBe(false);
  expect(formOf('um', '6.12').is('pte', 'swp_exclusive', exclusive)).toBe(true);
});

test('um 6.1 without markers and memory failure: 28 swap files, three migration types, failed reads', () => {
  const { types } = formOf('um', '6.1').definition.swap;
  expect(types).toMatchObject({ maxSwapfiles: 28, numbers: { 'swapin-error': 31 } });
});

test('alpha 6.12 loses the exclusive mark of a swap entry, 7.2 sees it', () => {
  const marked = bits(0x0000_0580_0000_0000n);
  expect(formOf('alpha', '6.12').is('pte', 'swp_exclusive', marked)).toBe(false);
  expect(formOf('alpha', '7.2').is('pte', 'swp_exclusive', marked)).toBe(true);
});

test.each(['alpha', 'm68k'])(
  '%s: a type that no kernel hands out is decoded all the same',
  (name) => {
    const form = formOf(name);
    const raw = bits(name === 'alpha' ? 0x0000_0521_0000_0000n : 0x0000_5210n);
    const decoded = decodeEntry(form, 'pte', raw);
    expect(decoded).toMatchObject({ kind: 'absent', what: 'unknown', type: 33, offset: 5n });
  },
);

test('a bit that moves in the table moves everywhere', () => {
  const moved = withFields(formOf('um').definition.bits, { _PAGE_DIRTY: { low: 9 } });
  const made = nopteSpecialForm('um', { bits: moved });
  if (!made.ok) throw new Error(made.problem.message);
  expect(made.value.apply('pte', 'mkdirty', bits(0xc1n))).toBe(0x2c1n);
  expect(made.value.is('pmd', 'bad', bits(0x10002e1n))).toBe(false);
  expect(made.value.definition.namedProtections.PAGE_KERNEL).toBe(0x2a1n);
});

test.each([
  ['sparc', undefined],
  ['alpha', '6.1'],
  ['m68k', '6.1'],
] as const)('%s %s does not exist', (name, headers) => {
  const made = nopteSpecialForm(name, headers === undefined ? {} : { headers });
  expect(made).toMatchObject({ ok: false, problem: { code: 'unknown-form' } });
});
