import { expect, test } from 'vitest';
import { s390x } from '../src/index.js';
import { formFromAsce, levelsFromRootEntry } from '../src/kernel.js';

/** What a 6.12 kernel said of itself. */
const DEBIAN_6_12 = {
  OSRELEASE: '6.12.95+deb12-s390x',
  PAGESIZE: '4096',
  'NUMBER(VMALLOC_START)': '0x37ffe800000',
  'SYMBOL(lowcore_ptr)': '3fffff48210',
  SAMODE31: '851000',
};

const ask = (lines: Record<string, string>, elfMachine?: number) => {
  const vmcoreinfo = new Map(Object.entries(lines));
  return s390x.formFromDump(elfMachine === undefined ? { vmcoreinfo } : { vmcoreinfo, elfMachine });
};
const without = (key: string) =>
  Object.fromEntries(Object.entries(DEBIAN_6_12).filter(([name]) => name !== key));

test.each([
  [{}, 's390x-3', '6.12'],
  [{ 'NUMBER(VMALLOC_START)': '0x1ffffe80000000' }, 's390x-4', '6.12'],
  [{ OSRELEASE: '6.1.0-42-s390x' }, 's390x-3', '6.1'],
  [{ OSRELEASE: '6.6.9' }, 's390x-3', '6.12'],
  [{ OSRELEASE: '6.12.117' }, 's390x-3', '6.12'],
  [{ OSRELEASE: '6.13.0' }, 's390x-3', '7.2'],
  [{ OSRELEASE: '7.2.13' }, 's390x-3', '7.2'],
])('%o: %s, headers %s', (lines, name, headers) => {
  const expected = { ok: true, value: { name, headers } };
  expect(ask({ ...DEBIAN_6_12, ...lines }, 22)).toMatchObject(expected);
  expect(ask({ ...DEBIAN_6_12, ...lines })).toMatchObject(expected);
});

test.each([
  ['another machine', DEBIAN_6_12, 62, 'not-this-arch'],
  ['nothing that says s390x', { PAGESIZE: '4096' }, undefined, 'not-this-arch'],
  ['no release', without('OSRELEASE'), 22, 'bad-vmcoreinfo'],
  ['release that is none', { ...DEBIAN_6_12, OSRELEASE: 'six' }, 22, 'bad-vmcoreinfo'],
  ['no number', { ...DEBIAN_6_12, 'NUMBER(VMALLOC_START)': 'up' }, 22, 'bad-vmcoreinfo'],
])('%s', (_, lines, machine, code) => {
  expect(ask(lines, machine)).toMatchObject({ ok: false, problem: { code } });
});

test('a kernel that does not write VMALLOC_START has the fewest levels', () => {
  const expected = { ok: true, value: { name: 's390x-3' } };
  expect(ask(without('NUMBER(VMALLOC_START)'), 22)).toMatchObject(expected);
});

test('a control element designates a form by its type', () => {
  expect(formFromAsce(0x2c9c1c7n)).toEqual({ ok: true, value: 's390x-3' });
  expect(formFromAsce(0x2c9c1cbn)).toEqual({ ok: true, value: 's390x-4' });
  expect(formFromAsce(0x2c9c1cfn)).toEqual({ ok: true, value: 's390x' });
  expect(formFromAsce(0x2c9c1c3n)).toMatchObject({ ok: false, problem: { code: 'no-form' } });
  expect(formFromAsce(0x2c9c1e7n)).toMatchObject({ ok: false, problem: { code: 'no-form' } });
});

test('entries of a root table, empty ones too, tell how many levels there are', () => {
  expect([0x20n, 0x24n, 0x28n, 0x2cn].map(levelsFromRootEntry)).toEqual([2, 3, 4, 5]);
  expect(levelsFromRootEntry(0x13e20007n)).toBe(3);
  expect(levelsFromRootEntry(0x2c9000fn)).toBe(5);
});
