import {
  all,
  always,
  any,
  both,
  type EntryForm,
  type KernelFacts,
  type KernelLayout,
  type KernelRegion,
  type KernelRights,
  type KernelSpaceRules,
  MASK64,
  noneOf,
  virtAddr,
} from '@pagewright/core';
import { baseOf, IMAGE_MAP, LONGEST_IMAGE } from './layout.js';

const TIB = 1n << 40n;
/** Sizes of the regions that variables begin (asm/pgtable_64_types.h; mm.rst: vmemmap). */
const SIZES = {
  4: { vmalloc: 32n * TIB, vmemmap: TIB },
  5: { vmalloc: 12_800n * TIB, vmemmap: 512n * TIB },
} as const;

/** Start and end of the regions that lie at the same place with either number of levels. */
const SAME = [
  ['cpu entry areas', 0xffff_fe00_0000_0000n, 0xffff_fe80_0000_0000n],
  ['espfix stacks', 0xffff_ff00_0000_0000n, 0xffff_ff80_0000_0000n],
  ['EFI runtime', 0xffff_ffef_0000_0000n, 0xffff_ffff_0000_0000n],
  ['fixmap', 0xffff_ffff_ff00_0000n, 0xffff_ffff_ff60_0000n],
  ['vsyscall', 0xffff_ffff_ff60_0000n, 0xffff_ffff_ff60_1000n],
] as const;
const MODULES_END = 0xffff_ffff_ff00_0000n;
/** The table entry of the root for the LDT remap (LDT_PGD_ENTRY), which page-table isolation uses. */
const LDT = {
  4: [0xffff_8800_0000_0000n, 0xffff_8880_0000_0000n],
  5: [0xff10_0000_0000_0000n, 0xff11_0000_0000_0000n],
} as const;
/** Shadow memory, of kernels with CONFIG_KASAN alone. */
const KASAN_SHADOW = {
  4: [0xffff_ec00_0000_0000n, 0xffff_fc00_0000_0000n],
  5: [0xffdf_0000_0000_0000n, 0xffff_fc00_0000_0000n],
} as const;
const KASAN_SYMBOL = 'kasan_early_shadow_page';

/** Regions of Documentation/arch/x86/x86_64/mm.rst, in the order of mm/dump_pagetables.c. */
function regions(facts: KernelFacts, layout: KernelLayout): readonly KernelRegion[] {
  const levels = layout.form.hasTable('p4d') ? 5 : 4;
  const { vmcoreinfo, symbol } = facts;
  const image = layout.runs.find(({ start }) => start >= IMAGE_MAP);
  const vmalloc =
    vmcoreinfo.number('VMALLOC_START') ??
    (image === undefined ? undefined : baseOf(facts, image, 'vmalloc_base'));
  const modules = IMAGE_MAP + (vmcoreinfo.number('KERNEL_IMAGE_SIZE') ?? LONGEST_IMAGE);
  const sized = (name: string, start: bigint | undefined, size: bigint) =>
    start === undefined ? [] : [region(name, start, start + size)];
  return [
    fixed('LDT remap', LDT[levels]),
    ...sized('vmalloc', vmalloc, SIZES[levels].vmalloc),
    ...sized('vmemmap', layout.vmemmap, SIZES[levels].vmemmap),
    ...(symbol?.(KASAN_SYMBOL) === undefined ? [] : [fixed('KASAN shadow', KASAN_SHADOW[levels])]),
    region('kernel window', IMAGE_MAP, modules),
    region('modules', modules, MODULES_END),
    ...SAME.map(([name, start, end]) => region(name, start, end)),
  ];
}

const region = (name: string, start: bigint, end: bigint): KernelRegion => ({
  name,
  start: virtAddr(BigInt.asUintN(64, start)),
  end,
});

const fixed = (name: string, [start, end]: readonly [bigint, bigint]): KernelRegion =>
  region(name, start, end);

/** Every level has the same bits, and each can forbid what is below it. */
const rights = ({ mask }: EntryForm): KernelRights => ({
  read: any(mask('_PAGE_PRESENT')),
  write: all(mask('_PAGE_PRESENT', '_PAGE_RW')),
  execute: both(any(mask('_PAGE_PRESENT')), noneOf(mask('_PAGE_NX'))),
});

/**
 * Nobody asks p?d_bad() of the kernel's own pointers: those to espfix stacks forbid execution and
 * writing for all below (kernel/espfix_64.c, PGTABLE_PROT).
 */
function tablesForm(form: EntryForm): EntryForm {
  const { mask } = form;
  const pointer = mask(
    'PHYSICAL_PAGE_MASK',
    '_PAGE_PRESENT',
    '_PAGE_RW',
    '_PAGE_USER',
    '_PAGE_ACCESSED',
    '_PAGE_DIRTY',
    '_PAGE_NX',
  );
  const noPointer = any(MASK64 ^ pointer);
  const levels = { pmd: noPointer, pud: noPointer, p4d: noPointer, pgd: noPointer };
  return form.with({ noPointer: levels });
}

/** x86-64: what its kernel's address space holds, and what entries let the kernel do. */
export const kernelSpace: KernelSpaceRules = {
  regions,
  tablesForm,
  leafRights: rights,
  tableRights: (form) => ({ ...rights(form), read: always(true) }),
};
