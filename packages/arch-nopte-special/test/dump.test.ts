import { type DumpFacts, virtAddr } from '@pagewright/core';
import { expect, test } from 'vitest';
import { nopteSpecial } from '../src/index.js';
import { umPhysical } from '../src/kernel.js';

/** Lines of a dumped UML kernel. */
const UML: Record<string, string> = {
  OSRELEASE: '6.1.176',
  PAGESIZE: '4096',
  'SYMBOL(swapper_pg_dir)': '60a3a280',
  'SYMBOL(_stext)': '6002a520',
};
const facts = (lines: Record<string, string>, elfMachine?: number): DumpFacts => ({
  vmcoreinfo: new Map(Object.entries({ ...UML, ...lines })),
  ...(elfMachine === undefined ? {} : { elfMachine }),
});

test.each([
  ['6.1.176', '6.1'],
  ['6.2.0', '6.1'],
  ['6.3.1-custom', '6.12'],
  ['6.12.117', '6.12'],
  ['6.13.0-rc1', '7.2'],
  ['7.2.13', '7.2'],
])('UML %s: headers %s', (release, headers) => {
  const expected = { ok: true, value: { name: 'um', headers } };
  expect(nopteSpecial.formFromDump(facts({ OSRELEASE: release }))).toMatchObject(expected);
  expect(nopteSpecial.formFromDump(facts({ OSRELEASE: release }, 62))).toMatchObject(expected);
});

test.each([
  ['another machine', facts({}, 183), 'not-this-arch'],
  ['a kernel at kernel addresses', { 'SYMBOL(swapper_pg_dir)': 'ffffffff82c22000' }],
  ['x86-64', { 'NUMBER(phys_base)': '0' }],
  ['s390x, whose kernel lies low too', { 'SYMBOL(lowcore_ptr)': '3fffff48210' }],
  ['no root', { 'SYMBOL(swapper_pg_dir)': 'what' }],
  ['another page size', { PAGESIZE: '16384' }, 'unknown-form'],
  ['no release', { OSRELEASE: 'custom' }, 'bad-vmcoreinfo'],
] as const)('%s', (_, given, code = 'not-this-arch') => {
  const asked = 'vmcoreinfo' in given ? given : facts({ ...given });
  expect(nopteSpecial.formFromDump(asked as DumpFacts)).toMatchObject({
    ok: false,
    problem: { code },
  });
});

test('what a line holds is quoted and cut short', () => {
  const made = nopteSpecial.formFromDump(facts({ PAGESIZE: `\u001b[2J${'x'.repeat(1000)}` }));
  expect(made).toMatchObject({
    problem: { message: expect.stringContaining(`PAGESIZE is "\\u001b[2J${'x'.repeat(36)}"`) },
  });
});

test("UML's memory is one mapping from its binary on", () => {
  expect(umPhysical(virtAddr(0x60a3a280n))).toEqual({ ok: true, value: 0xa3a280n });
  expect(umPhysical(virtAddr(0x5fffffffn))).toMatchObject({ problem: { code: 'not-mapped' } });
});
