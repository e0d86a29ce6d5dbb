import {
  bits,
  decodeEntry,
  type EntryForm,
  type FormOptions,
  type HeaderGeneration,
  isAbsentHelper,
  withFields,
} from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { x86Form } from '../src/index.js';

function formOf(headers: HeaderGeneration, name = 'x86_64', options: FormOptions = {}): EntryForm {
  const made = x86Form(name, { headers, ...options });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

/** Words of DAX pages as dumped kernels held them: the same mapping before and after 6.6. */
test.each([
  ['6.1', 0x840000000b800a25n],
  ['6.12', 0x820000000b800a25n],
] as const)('a devmap pte of %s', (headers, raw) => {
  const form = formOf(headers);
  expect(form.is('pte', 'devmap', bits(raw))).toBe(true);
  expect(form.is('pte', 'special', bits(raw))).toBe(true);
  expect(form.apply('pte', 'mkdevmap', bits(0x800000000b800825n))).toBe(raw);
});

test('devmap is gone in 7.2, and in 6.12 where a revision lost it', () => {
  expect(isAbsentHelper(formOf('7.2').helper('pte', 'devmap'))).toBe(true);
  const without = formOf('6.12', 'x86_64', { devmap: false });
  expect(without.is('pte', 'devmap', bits(0x820000000b800a25n))).toBe(false);
  expect(without.is('pmd', 'trans_huge', bits(0x82000000088008a5n))).toBe(true);
  expect(formOf('6.12').is('pmd', 'trans_huge', bits(0x82000000088008a5n))).toBe(false);
});

describe('6.1', () => {
  const form = formOf('6.1');

  test('dirty stays where the processor sets it', () => {
    expect(form.apply('pte', 'wrprotect', bits(0x67n))).toBe(0x65n);
    expect(form.apply('pmd', 'mkdirty', bits(0xa5n))).toBe(0x8e5n);
    expect(isAbsentHelper(form.helper('pte', 'mksaveddirty'))).toBe(true);
  });

  test('userfaultfd marks without write-protecting', () => {
    expect(form.apply('pte', 'mkuffd_wp', bits(0x67n))).toBe(0x467n);
  });

  test('pte_modify keeps frame, devmap and dirty', () => {
    const prot = form.definition.protectionMap[1] as bigint;
    expect(form.apply('pte', 'modify', bits(0x840000000b800a67n), prot)).toBe(0x840000000b800a65n);
  });

  test('upper levels have no special mark', () => {
    expect(form.geometry('pmd')?.hasSpecial).toBe(false);
    expect(form.is('pmd', 'special', bits(0x2a7n))).toBe(false);
    expect(form.apply('pud', 'mkspecial', bits(0xa7n))).toBe(0xa7n);
  });

  test('a pud leaf needs PRESENT, later PSE alone', () => {
    expect(form.is('pud', 'leaf', bits(0x80n))).toBe(false);
    expect(formOf('6.12').is('pud', 'leaf', bits(0x80n))).toBe(true);
  });

  test('a failed read from swap is the last type and the marker the one before', () => {
    const numbers = formOf('6.1', 'x86_64-nodevpriv').definition.swap.types.numbers;
    expect(numbers).toMatchObject({ hwpoison: 26, marker: 30, 'swapin-error': 31 });
    expect(decodeEntry(form, 'pte', bits((31n << 59n) | (0x3ffffffffffffn << 9n)))).toMatchObject({
      kind: 'absent',
      what: 'swapin-error',
    });
  });

  test('kernel protections are read-only and dirty', () => {
    expect(form.definition.namedProtections.PAGE_KERNEL_RO).toBe(0x8000000000000161n);
    expect(formOf('6.12').definition.namedProtections.PAGE_KERNEL_RO).toBe(0x8000000000000121n);
  });

  test('there is no form with shadow stacks', () => {
    const made = x86Form('x86_64-shstk', { headers: '6.1' });
    expect(made).toMatchObject({ ok: false, problem: { code: 'unknown-form' } });
  });
});

test('a moved bit moves decode, helpers and names', () => {
  const table = withFields(formOf('7.2').definition.bits, { _PAGE_SPECIAL: { low: 52 } });
  const made = x86Form('x86_64', { bits: table });
  if (!made.ok) throw new Error(made.problem.message);
  const moved = made.value;
  expect(moved.is('pte', 'special', bits(0x225n))).toBe(false);
  expect(moved.apply('pte', 'mkspecial', bits(0x25n))).toBe(0x10000000000025n);
  expect(moved.mask('_PAGE_SPECIAL')).toBe(0x10000000000000n);
});
