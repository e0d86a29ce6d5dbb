import { bits, decodeEntry, isAbsentHelper, withFields } from '@pagewright/core';
import { expect, test } from 'vitest';
import { arm64, arm64Form } from '../src/index.js';
import { formOf } from './forms.js';

const frameOf = (name: string, raw: bigint) => decodeEntry(formOf(name), 'pte', bits(raw));

test('LPA: 64K pages keep address bits 51:48 in bits 15:12', () => {
  expect(frameOf('arm64-64k-52', 0x6000_0000_0000_ffc3n)).toMatchObject({
    kind: 'leaf',
    physical: 0xf_0000_0000_0000n,
  });
  expect(frameOf('arm64-64k-52', 0x0060_1234_5678_9fc3n)).toMatchObject({
    physical: 0x9_1234_5678_0000n,
  });
});

test('LPA2: 4K and 16K pages keep address bits 51:50 in bits 9:8', () => {
  expect(frameOf('arm64-4k-52', 0x0060_0000_0000_1fc3n)).toMatchObject({
    physical: 0xc_0000_0000_1000n,
  });
  expect(frameOf('arm64-16k-52', 0x0063_ffff_ffff_cdc3n)).toMatchObject({
    physical: 0x7_ffff_ffff_c000n,
  });
});

test('LPA2 leaves no shareability in protections', () => {
  const { protectionMap } = formOf('arm64').definition;
  const shareability = formOf('arm64').mask('PTE_SHARED');
  expect(protectionMap.map((prot) => prot & ~shareability)).toEqual(
    formOf('arm64-4k-52').definition.protectionMap,
  );
});

test('forms and generations that do not exist are refused', () => {
  expect(arm64.form('arm64-4k-52', { headers: '6.1' })).toMatchObject({
    ok: false,
    problem: { code: 'unknown-form' },
  });
  expect(arm64.form('arm64-8k')).toMatchObject({ ok: false, problem: { code: 'unknown-form' } });
});

test('6.1 marks PROT_NONE and invalidated huge pages by bits of their own', () => {
  const old = formOf('arm64', '6.1');
  const none = bits(old.definition.namedProtections.PAGE_NONE as bigint);
  expect(none).toBe(0x0460_0000_0000_0f82n);
  expect(old.is('pte', 'protnone', none)).toBe(true);
  const block = bits(0x0060_0000_4020_0f41n);
  const invalid = old.apply('pmd', 'mkinvalid', block);
  expect(invalid).toBe(0x0860_0000_4020_0f40n);
  expect(old.is('pmd', 'present', invalid)).toBe(true);
  expect(old.is('pmd', 'protnone', invalid)).toBe(false);
  // Type from bit 3, offset from bit 8.
  expect(decodeEntry(old, 'pte', bits(0x1238n))).toMatchObject({ type: 7, offset: 0x12n });
});

test('6.12 revisions without devmap lose the bit and its helpers', () => {
  const without = arm64.form('arm64', { headers: '6.12', devmap: false });
  if (!without.ok) throw new Error(without.problem.message);
  expect(without.value.definition.supports.devmap).toBe(false);
  expect(isAbsentHelper(without.value.helper('pte', 'mkdevmap'))).toBe(true);
  expect(without.value.is('pte', 'devmap', bits(1n << 57n))).toBe(false);
});

test('a folded pmd decides about the root of a two-level table', () => {
  const form = formOf('arm64-64k-42');
  expect(form.levels.filter((g) => !g.folded).map((g) => g.level)).toEqual(['pgd', 'pte']);
  expect(decodeEntry(form, 'pgd', bits(0x0060_0000_2000_0fc1n))).toMatchObject({
    kind: 'leaf',
    physical: 0x2000_0000n,
  });
  expect(decodeEntry(form, 'pgd', bits(0x5640n))).toMatchObject({
    kind: 'absent',
    what: 'migration-read',
    pfn: 5n,
  });
});

test('moving a bit in the table moves it in helpers, decode and protections', () => {
  const own = formOf('arm64');
  const moved = arm64Form('arm64', {
    bits: withFields(own.definition.bits, { PTE_SPECIAL: { low: 59 }, PTE_AF: { low: 63 } }),
  });
  if (!moved.ok) throw new Error(moved.problem.message);
  const page = bits(0x0160_0000_0000_1fc3n);
  expect([own, moved.value].map((form) => form.is('pte', 'special', page))).toEqual([true, false]);
  expect(moved.value.apply('pte', 'mkspecial', bits(3n))).toBe((1n << 59n) | 3n);
  expect(moved.value.definition.protectionMap[1]).toBe(0x8060_0000_0000_0bc3n);
});

test('access flags are only raised', () => {
  const set = formOf('arm64').pointer('ptep_set_access_flags_dirty1');
  if (isAbsentHelper(set)) throw new Error('no ptep_set_access_flags');
  const clean = 0x0068_0000_0000_1bc3n;
  const oldReadOnly = 0x0060_0000_0000_1bc3n;
  expect(set.memory.bits(clean, oldReadOnly)).toBe(clean);
  expect(set.returns.bits(clean, clean)).toBe(0n);
});
