import { expect, test } from 'vitest';
import { arm64 } from '../src/index.js';

/** What a 6.12 kernel configured for 52 bits says when it runs with 48. */
const DEBIAN_6_12 = {
  PAGESIZE: '4096',
  'NUMBER(VA_BITS)': '52',
  'NUMBER(TCR_EL1_T1SZ)': '0x10',
  'NUMBER(MAX_PHYSMEM_BITS)': '48',
  'NUMBER(kimage_voffset)': '0xffffce44e8c00000',
  'NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)': '-184549376',
};

const ask = (lines: Record<string, string>, elfMachine?: number) => {
  const vmcoreinfo = new Map(Object.entries(lines));
  return arm64.formFromDump(elfMachine === undefined ? { vmcoreinfo } : { vmcoreinfo, elfMachine });
};
const without = (key: string) =>
  Object.fromEntries(Object.entries(DEBIAN_6_12).filter(([name]) => name !== key));

test.each([
  [{}, 'arm64', '6.12'],
  [{ 'NUMBER(TCR_EL1_T1SZ)': '0xc', 'NUMBER(MAX_PHYSMEM_BITS)': '52' }, 'arm64-4k-52', '6.12'],
  [{ 'NUMBER(TCR_EL1_T1SZ)': '0x19' }, 'arm64-4k-39', '6.12'],
  [{ PAGESIZE: '16384' }, 'arm64-16k', '6.12'],
  [{ PAGESIZE: '16384', 'NUMBER(TCR_EL1_T1SZ)': '17' }, 'arm64-16k-47', '6.12'],
  [{ PAGESIZE: '65536' }, 'arm64-64k', '6.12'],
  [{ PAGESIZE: '65536', 'NUMBER(MAX_PHYSMEM_BITS)': '52' }, 'arm64-64k-48-lpa', '6.12'],
  [{ PAGESIZE: '65536', 'NUMBER(TCR_EL1_T1SZ)': '0xc' }, 'arm64-64k-52', '6.12'],
  [{ PAGESIZE: '65536', 'NUMBER(TCR_EL1_T1SZ)': '0x16' }, 'arm64-64k-42', '6.12'],
  [{ 'OFFSET(page.compound_info)': '8' }, 'arm64', '7.2'],
])('%o: %s, headers %s', (lines, name, headers) => {
  expect(ask({ ...DEBIAN_6_12, ...lines }, 183)).toMatchObject({
    ok: true,
    value: { name, headers },
  });
});

test('before 6.11 the slab flag had a number', () => {
  const lines = { ...without('NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)'), 'NUMBER(PG_slab)': '9' };
  expect(ask(lines)).toMatchObject({ ok: true, value: { name: 'arm64', headers: '6.1' } });
});

test('what a line holds is quoted and cut short', () => {
  const made = ask({ ...DEBIAN_6_12, PAGESIZE: `\u001b[2J${'x'.repeat(1000)}` });
  expect(made).toMatchObject({
    problem: { message: `VMCOREINFO PAGESIZE is "\\u001b[2J${'x'.repeat(36)}"` },
  });
});

test.each([
  ['another machine', DEBIAN_6_12, 62, 'not-this-arch'],
  ['nothing that says arm64', { PAGESIZE: '4096' }, undefined, 'not-this-arch'],
  ['no page size', without('PAGESIZE'), 183, 'bad-vmcoreinfo'],
  ['page size no number', { ...DEBIAN_6_12, PAGESIZE: '4k' }, 183, 'bad-vmcoreinfo'],
  ['page size of no granule', { ...DEBIAN_6_12, PAGESIZE: '8192' }, 183, 'unknown-form'],
  ['no sign of age', without('NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)'), 183, 'undecided'],
])('%s', (_, lines, machine, code) => {
  expect(ask(lines, machine)).toMatchObject({ ok: false, problem: { code } });
});
