import {
  type Bits,
  bits,
  decodeEntry,
  type EntryForm,
  type KernelSpaceRules,
  type Level,
} from '@pagewright/core';
import { parseVmcoreinfo } from '@pagewright/dump';
import { describe, expect, test } from 'vitest';
import { arm64 } from '../../../arch-arm64/src/index.js';
import * as arm64Kernel from '../../../arch-arm64/src/kernel.js';
import { x86 } from '../../../arch-x86/src/index.js';
import * as x86Kernel from '../../../arch-x86/src/kernel.js';
import { regionNames } from '../../src/index.js';
import { RightsReader, rightsText } from '../../src/kernel-space/rights.js';

interface Arch {
  readonly form: typeof x86.form;
}
function formOf({ form }: Arch, name: string, headers: '6.1' | '6.12' | '7.2' = '6.12'): EntryForm {
  const made = form(name, { headers });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

/** Names of places by the regions that an architecture finds from these lines. */
function namesOf(
  { kernelLayout, kernelSpace }: typeof x86Kernel | typeof arm64Kernel,
  form: EntryForm,
  lines: readonly string[],
  symbols: Readonly<Record<string, bigint>> = {},
) {
  const vmcoreinfo = parseVmcoreinfo(lines.join('\n'));
  const symbol = (name: string) => symbols[name] as never;
  const facts = { form, vmcoreinfo, symbol, probe: () => undefined };
  const layout = kernelLayout(facts);
  if (!layout.ok) throw new Error(layout.problem.message);
  const names = regionNames(kernelSpace.regions(facts, layout.value));
  return (address: bigint) => names.at(address);
}

const X86_LINES = ['NUMBER(phys_base)=0', 'SYMBOL(swapper_pg_dir)=ffffffff82c22000'];

describe('x86-64', () => {
  test('regions of five levels, as mm.rst has them', () => {
    const at = namesOf(x86Kernel, formOf(x86, 'x86_64-la57'), X86_LINES, {
      _text: 0xffffffff81000000n,
      _end: 0xffffffff83000000n,
    });
    expect(at(0xff10_0000_0000_0000n)).toBe('LDT remap');
    expect(at(0xffa0_0000_0000_0000n)).toBe('vmalloc');
    expect(at(0xffd1_ffff_ffff_ffffn)).toBe('vmalloc');
    expect(at(0xffd4_0000_0000_0000n)).toBe('vmemmap');
    expect(at(0xffff_fe00_0000_0000n)).toBe('cpu entry areas');
    expect(at(0xffff_ffff_c000_0000n)).toBe('modules');
  });

  test('shadow memory is a region of kernels with KASAN alone', () => {
    const form = formOf(x86, 'x86_64');
    const shadow = 0xffff_ec00_0000_0000n;
    expect(namesOf(x86Kernel, form, X86_LINES)(shadow)).toBe('elsewhere');
    const kasan = { kasan_early_shadow_page: 0xffffffff82000000n };
    expect(namesOf(x86Kernel, form, X86_LINES, kasan)(shadow)).toBe('KASAN shadow');
  });

  test('every level can forbid, and pointers that forbid are pointers', () => {
    const form = formOf(x86, 'x86_64');
    const read = reader(form, x86Kernel.kernelSpace);
    expect(read('leaf', 'pte', 0x163n)).toBe('rwx');
    expect(read('leaf', 'pmd', 0x8000_0000_0000_01e3n)).toBe('rw-');
    expect(read('leaf', 'pte', 0x161n)).toBe('r-x');
    expect(read('leaf', 'pte', 0x160n)).toBe('---');
    expect(read('table', 'pgd', 0x8000_0000_0000_1061n)).toBe('r--');
    const espfix = bits(0x8000_0000_0000_1061n);
    const tables = x86Kernel.kernelSpace.tablesForm?.(form) ?? form;
    expect(decodeEntry(form, 'pud', espfix).kind).toBe('invalid');
    expect(decodeEntry(tables, 'pud', espfix)).toMatchObject({ kind: 'table', next: 0x1000n });
    // What no pointer has is none here either.
    expect(decodeEntry(tables, 'pud', bits(0x0040_0000_0000_1063n)).kind).toBe('invalid');
  });
});

const ARM64_LINES = [
  'NUMBER(kimage_voffset)=0xffff800040000000',
  'SYMBOL(swapper_pg_dir)=ffff800082000000',
  'NUMBER(VA_BITS)=48',
  'NUMBER(MODULES_VADDR)=0xffff800000000000',
  'NUMBER(MODULES_END)=0xffff800080000000',
  'NUMBER(VMALLOC_START)=0xffff800080000000',
];

describe('arm64', () => {
  const form = formOf(arm64, 'arm64');

  test('regions before 6.9: PCI I/O and fixmap lie below vmemmap', () => {
    const at = namesOf(arm64Kernel, form, [
      ...ARM64_LINES,
      'NUMBER(VMALLOC_END)=0xfffffbfff0000000',
      'NUMBER(VMEMMAP_START)=0xfffffc0000000000',
      'NUMBER(VMEMMAP_END)=0xfffffe0000000000',
    ]);
    expect(at(0xffff_8000_0000_0000n)).toBe('modules');
    expect(at(0xffff_8000_8000_0000n)).toBe('vmalloc');
    expect(at(0xffff_fbff_fe80_0000n)).toBe('PCI I/O');
    expect(at(0xffff_fbff_fdf0_0000n)).toBe('fixmap');
    expect(at(0xffff_fc00_0000_0000n)).toBe('vmemmap');
    expect(at(0xffff_fe00_0000_0000n)).toBe('elsewhere');
  });

  test('rights: DBM makes writable, and tables can forbid', () => {
    const read = reader(form, arm64Kernel.kernelSpace);
    const [pxn, write, readOnly, valid] = [1n << 53n, 1n << 51n, 1n << 7n, 3n];
    expect(read('leaf', 'pte', valid | readOnly)).toBe('r-x');
    expect(read('leaf', 'pte', valid | readOnly | write | pxn)).toBe('rw-');
    expect(read('leaf', 'pmd', 1n | readOnly | pxn)).toBe('r--');
    expect(read('leaf', 'pte', write)).toBe('---');
    expect(read('table', 'pgd', valid | (1n << 59n))).toBe('rw-');
    expect(read('table', 'pmd', valid | (1n << 62n))).toBe('r-x');
  });
});

function reader(form: EntryForm, rules: KernelSpaceRules) {
  const rights = new RightsReader(form, rules);
  return (kind: 'leaf' | 'table', level: Level, raw: bigint) =>
    rightsText(rights.of(kind, level, bits(raw) as Bits));
}
