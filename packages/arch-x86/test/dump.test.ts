import { bits, type DumpFacts, decodeEntry } from '@pagewright/core';
import { expect, test } from 'vitest';
import { x86 } from '../src/index.js';

/** The lines that decide, as a Debian kernel of each age writes them. */
const LINES = {
  '6.1': { 'OFFSET(page.compound_head)': '8', 'OFFSET(page.compound_dtor)': '16' },
  '6.12': { 'OFFSET(page.compound_head)': '8' },
  '7.2': { 'OFFSET(page.compound_info)': '8' },
};
const FOUR = { 'NUMBER(pgtable_l5_enabled)': '0' };
const FIVE = { 'NUMBER(pgtable_l5_enabled)': '1' };

const facts = (lines: Record<string, string>, elfMachine?: number): DumpFacts => ({
  vmcoreinfo: new Map(Object.entries(lines)),
  ...(elfMachine === undefined ? {} : { elfMachine }),
});

test.each([
  [{ ...FOUR, ...LINES['6.1'] }, 'x86_64', '6.1'],
  [{ ...FOUR, ...LINES['6.12'] }, 'x86_64', '6.12'],
  [{ ...FOUR, ...LINES['7.2'] }, 'x86_64', '7.2'],
  [{ ...FIVE, ...LINES['7.2'] }, 'x86_64-la57', '7.2'],
])('%o: %s, headers %s', (lines, name, headers) => {
  const expected = { ok: true, value: { name, headers } };
  expect(x86.formFromDump(facts(lines, 62))).toMatchObject(expected);
  expect(x86.formFromDump(facts(lines))).toMatchObject(expected);
});

test.each([
  ['another machine', facts({ ...FOUR, ...LINES['7.2'] }, 183), 'not-this-arch'],
  ['nothing that says x86-64', facts(LINES['7.2']), 'not-this-arch'],
  ['no number of levels', facts(LINES['7.2'], 62), 'undecided'],
  ['strange number of levels', facts({ 'NUMBER(pgtable_l5_enabled)': '2' }, 62), 'undecided'],
  ['no sign of age', facts(FOUR, 62), 'undecided'],
])('%s', (_, given, code) => {
  expect(x86.formFromDump(given)).toMatchObject({ ok: false, problem: { code } });
});

test('NX at the top is page-table isolation, and bad in kernels without it', () => {
  const isolated = bits(0x800000000594e067n);
  const dumped = x86.formFromDump(facts({ ...FOUR, ...LINES['7.2'] }));
  const plain = x86.form('x86_64');
  if (!dumped.ok || !plain.ok) throw new Error('both forms exist');
  expect(dumped.value.is('p4d', 'bad', isolated)).toBe(false);
  expect(plain.value.is('p4d', 'bad', isolated)).toBe(true);
  expect(decodeEntry(plain.value, 'pgd', isolated).kind).toBe('table');
});
