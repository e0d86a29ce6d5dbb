import { readFileSync } from 'node:fs';
import { fieldMask } from '@pagewright/core';
import { expect, test } from 'vitest';
import { ASCE_FIELDS } from '../src/asce-bits.js';
import { s390xForm } from '../src/index.js';
import { formOf } from './forms.js';

interface KernelFacts {
  readonly bits: Readonly<Record<string, string>>;
  readonly vm_get_page_prot_without_nx?: readonly string[];
}

const factsOf = (folder: string): KernelFacts =>
  JSON.parse(
    readFileSync(new URL(`../../../fixtures/${folder}/s390x/facts.json`, import.meta.url), 'utf8'),
  );

test.each([
  ['golden', '6.12', 45],
  ['golden-7.2', '7.2', 50],
] as const)('%s: masks are those that the headers of %s give by name', (folder, headers, least) => {
  const { bits } = factsOf(folder);
  const fields = [...formOf('s390x', headers).definition.bits, ...ASCE_FIELDS];
  const known = fields.filter(({ name }) => name in bits);
  expect(known.length).toBeGreaterThanOrEqual(least);
  const ours = known.map((field) => [field.name, `0x${fieldMask(field).toString(16)}`]);
  expect(ours).toEqual(known.map(({ name }) => [name, bits[name]]));
});

test('without no-execute the protections of 7.2 lack the bit', () => {
  const form = s390xForm('s390x', { headers: '7.2', noexec: false });
  if (!form.ok) throw new Error(form.problem.message);
  const map = form.value.definition.protectionMap.map((prot) => `0x${prot.toString(16)}`);
  expect(map).toEqual(factsOf('golden-7.2').vm_get_page_prot_without_nx);
});

test('without no-execute pfn_pte() of 6.12 takes the bit out', () => {
  const form = s390xForm('s390x', { headers: '6.12', noexec: false });
  if (!form.ok) throw new Error(form.problem.message);
  const make = form.value.function('pfn_pte');
  if ('absent' in make) throw new Error('no pfn_pte()');
  expect(form.value.definition.protectionMap[1]).toBe(0x711n);
  expect(make.bits(5n, 0x711n)).toBe(0x5215n);
});
