import {
  always,
  any,
  bitsTruncated,
  both,
  type EntryForm,
  either,
  type KernelFacts,
  type KernelLayout,
  type KernelRegion,
  type KernelRights,
  type KernelSpaceRules,
  type Level,
  noneOf,
  probeWord,
  virtAddr,
} from '@pagewright/core';

/** Descriptors of tables can make all below read-only (APTable[1]); Linux has no name for it. */
const AP_TABLE_READ_ONLY = 1n << 62n;
const MIB = 1n << 20n;
/** vmemmap ends there since 6.9 (asm/memory.h, VMEMMAP_END), with PCI I/O and fixmap behind it. */
const VMEMMAP_END_SINCE_6_9 = (1n << 64n) - (1n << 30n);
/**
 * Where modules are put since images lie anywhere, by the variable that holds the start
 * (kernel/module.c, and mm/init.c since 6.5): parts of vmalloc around the image.
 */
const NEAR_MODULES = [
  ['module_plt_base', 2048n * MIB],
  ['module_direct_base', 128n * MIB],
  ['module_alloc_base', 128n * MIB],
] as const;
/** Bytes of memory that a byte of shadow stands for, as a shift: generic, and by tags. */
const KASAN_SCALES = [
  ['kasan_early_shadow_page', 3n],
  ['__hwasan_tag_memory', 4n],
] as const;

/** Regions of asm/memory.h and asm/fixmap.h, by the ends that VMCOREINFO gives. */
function regions(facts: KernelFacts, layout: KernelLayout): readonly KernelRegion[] {
  const { vmcoreinfo, symbol } = facts;
  const number = (name: string) => vmcoreinfo.number(name);
  const ends = (name: string, start: bigint | undefined, end: bigint | undefined) =>
    start === undefined || end === undefined || end <= bitsTruncated(start)
      ? []
      : [{ name, start: virtAddr(bitsTruncated(start)), end }];
  const vmallocEnd = number('VMALLOC_END');
  const [configured, last] = [number('VMEMMAP_START'), number('VMEMMAP_END')];
  // With fewer bits than configured vmemmap begins behind vmalloc.
  const vmemmap =
    configured !== undefined && vmallocEnd !== undefined && configured < vmallocEnd
      ? vmallocEnd
      : configured;
  return [
    ...ends('modules', number('MODULES_VADDR'), number('MODULES_END')),
    ...ends('vmalloc', number('VMALLOC_START'), vmallocEnd),
    ...ends('vmemmap', vmemmap, last),
    ...behindVmemmap(configured, last),
    ...NEAR_MODULES.flatMap(([name, size]) => {
      const start = variable(facts, layout, name);
      return start === undefined ? [] : ends('modules', start, start + size);
    }),
    ...kasanShadow(symbol, layout),
  ];
}

/** Value of a variable in the image that is not 0. */
function variable(facts: KernelFacts, layout: KernelLayout, name: string): bigint | undefined {
  const address = facts.symbol?.(name);
  const at = address === undefined ? undefined : layout.directMap(address);
  const value = at === undefined ? undefined : probeWord(facts, at);
  return value === 0n ? undefined : value;
}

/** PCI I/O of 16 MiB, and the fixmap up to 8 MiB before the end (before 6.9: below vmemmap). */
function behindVmemmap(start: bigint | undefined, end: bigint | undefined): KernelRegion[] {
  if (start === undefined || end === undefined) return [];
  const isNew = end === VMEMMAP_END_SINCE_6_9;
  const io = isNew ? end + 8n * MIB : start - 24n * MIB;
  const fixmap = isNew
    ? { start: io + 16n * MIB, end: (1n << 64n) - 8n * MIB }
    : { start: start - 64n * MIB, end: start - 32n * MIB };
  return [
    { name: 'PCI I/O', start: virtAddr(io), end: io + 16n * MIB },
    { name: 'fixmap', start: virtAddr(fixmap.start), end: fixmap.end },
  ];
}

/** The shadow ends where the linear map's half does (asm/memory.h, KASAN_SHADOW_START). */
function kasanShadow(symbol: KernelFacts['symbol'], layout: KernelLayout): KernelRegion[] {
  const linear = layout.runs.find(({ start }) => start === layout.pageOffset);
  const scale = KASAN_SCALES.find(([name]) => symbol?.(name) !== undefined)?.[1];
  if (linear === undefined || scale === undefined) return [];
  const size = 1n << (BigInt(layout.form.definition.addressBits) - scale);
  return [{ name: 'KASAN shadow', start: virtAddr(linear.end - size), end: linear.end }];
}

function leafRights({ mask }: EntryForm): KernelRights {
  const valid = any(mask('PTE_VALID'));
  return {
    read: valid,
    // DBM: the processor clears PTE_RDONLY by itself.
    write: both(valid, either(any(mask('PTE_WRITE')), noneOf(mask('PTE_RDONLY')))),
    execute: both(valid, noneOf(mask('PTE_PXN'))),
  };
}

const tableRights = ({ mask }: EntryForm, level: Level): KernelRights => ({
  read: always(true),
  write: noneOf(AP_TABLE_READ_ONLY),
  execute: noneOf(mask(`${level.toUpperCase()}_TABLE_PXN`)),
});

/** arm64: what its kernel's address space holds, and what entries let the kernel do. */
export const kernelSpace: KernelSpaceRules = { regions, leafRights, tableRights };
