import { type KernelFacts, virtAddr } from '@pagewright/core';
import { expect, test } from 'vitest';
import { arm64Form } from '../src/index.js';
import { kernelLayout } from '../src/kernel.js';

/** A Debian 6.12 kernel, configured for 52 bits, that ran with 48. */
const NUMBERS = {
  VA_BITS: 52n,
  kimage_voffset: 0xffffce44e8c00000n,
  PHYS_OFFSET: 0xfff0f7eb80000000n,
  VMEMMAP_START: 0xffffc1ffc0000000n,
};
const SYMBOLS = { swapper_pg_dir: 0xffffce452aafe000n };
const KALLSYMS = { _text: 0xffffce4528e00000n, _end: 0xffffce452b930000n };
type Known = Readonly<Record<string, bigint>>;

function answer(form: string, numbers: Known, symbols: Known = SYMBOLS, kallsyms?: Known) {
  const built = arm64Form(form);
  if (!built.ok) throw new Error(built.problem.message);
  const at = (name: string) => kallsyms?.[name];
  const facts: KernelFacts = {
    form: built.value,
    vmcoreinfo: {
      number: (name) => numbers[name],
      symbol: (name) => symbols[name],
      size: (name) => (name === 'page' ? 64 : undefined),
      hexadecimal: () => undefined,
    },
    probe: () => undefined,
    ...(kallsyms === undefined
      ? {}
      : { symbol: (name) => (at(name) === undefined ? undefined : virtAddr(at(name) as bigint)) }),
  };
  return kernelLayout(facts);
}
function layout(...args: Parameters<typeof answer>) {
  const found = answer(...args);
  if (!found.ok) throw new Error(found.problem.message);
  return found.value;
}

test('a kernel of 52 bits that runs with 48', () => {
  const { root, directMap, pageOffset, vmemmap } = layout('arm64', NUMBERS);
  expect(root).toBe(0x41ef_e000n);
  expect(pageOffset).toBe(0xffff000000000000n);
  expect(directMap(0xffff0814dbefe340n)).toBe(0x5bef_e340n);
  expect(directMap(0xffff800000000000n)).toBeUndefined();
  // VMCOREINFO of this kernel says this value itself, as SYMBOL(vmemmap).
  expect(vmemmap).toBe(0xfffffe2012000000n);
});

test('the image is known with the symbols alone: vmalloc lies around it', () => {
  expect(layout('arm64', NUMBERS).directMap(0xffffce452b7c9998n)).toBeUndefined();
  const { directMap } = layout('arm64', NUMBERS, SYMBOLS, KALLSYMS);
  expect(directMap(0xffffce452b7c9998n)).toBe(0x42bc_9998n);
  expect(directMap(0xffffce452b930000n)).toBeUndefined();
});

test('a kernel that runs with what it was configured for', () => {
  const numbers = { ...NUMBERS, VA_BITS: 48n, PHYS_OFFSET: 0x4000_0000n };
  const { directMap, pageOffset } = layout('arm64', numbers);
  expect(pageOffset).toBe(0xffff000000000000n);
  expect(directMap(0xffff000000001234n)).toBe(0x4000_1234n);
  const wide = layout('arm64-4k-52', { ...NUMBERS, PHYS_OFFSET: 0x4000_0000n });
  expect(wide.pageOffset).toBe(0xfff0000000000000n);
  expect(wide.directMap(0xfff0000000001234n)).toBe(0x4000_1234n);
  expect(wide.directMap(0xffff7fffffffffffn)).toBe(0xf_8000_3fff_ffffn);
  expect(wide.directMap(0xffff800000000000n)).toBeUndefined();
});

test.each([
  ['arm64-64k-48-lpa', 52n, 960n * 8n],
  ['arm64-64k-52', 52n, 0n],
  ['arm64-64k', 48n, 0n],
  ['arm64-16k-47', 52n, 0n],
])('%s configured for %s: what the root skips', (form, configured, skipped) => {
  expect(layout(form, { ...NUMBERS, VA_BITS: configured }).root).toBe(0x41ef_e000n + skipped);
});

test('with 16K pages the linear map ends where 47 bits have it', () => {
  const { directMap } = layout('arm64-16k-52', { ...NUMBERS, PHYS_OFFSET: 0n });
  expect(directMap(0xffffbfffffffffffn)).toBeDefined();
  expect(directMap(0xffffc00000000000n)).toBeUndefined();
});

test('what VMCOREINFO says of vmemmap counts; without any of it there is none', () => {
  const said = { ...SYMBOLS, vmemmap: 0xfffffe2012000000n };
  expect(layout('arm64', { ...NUMBERS, VMEMMAP_START: 0n }, said).vmemmap).toBe(
    0xfffffe2012000000n,
  );
  const { VA_BITS, kimage_voffset } = NUMBERS;
  const bare = layout('arm64', { VA_BITS, kimage_voffset });
  expect(bare.vmemmap).toBeUndefined();
  expect(bare.runs).toEqual([]);
});

test.each([
  ['VA_BITS', { ...NUMBERS, VA_BITS: 99n }, SYMBOLS],
  ['kimage_voffset', { VA_BITS: 48n }, SYMBOLS],
  ['swapper_pg_dir', NUMBERS, {}],
])('without a usable %s: undecided', (name, numbers, symbols) => {
  const found = answer('arm64', numbers, symbols);
  expect(found).toMatchObject({ ok: false, problem: { code: 'undecided' } });
  expect(!found.ok && found.problem.message).toContain(name);
});
