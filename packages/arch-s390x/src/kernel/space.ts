import {
  always,
  type EntryForm,
  type KernelFacts,
  type KernelLayout,
  type KernelRegion,
  type KernelRights,
  type KernelSpaceRules,
  type Level,
  noneOf,
  virtAddr,
} from '@pagewright/core';
import { wordAt } from './layout.js';

const PAGE_BYTES = 4096n;
/** Two pages each: the lowcore, and its mapping at an address of the kernel's choice. */
const LOWCORE_BYTES = 2n * PAGE_BYTES;

/** Regions between variables that the boot code sets (arch/s390/boot/startup.c). */
function regions(facts: KernelFacts, layout: KernelLayout): readonly KernelRegion[] {
  const variable = (name: string) =>
    facts.vmcoreinfo.number(name) ?? wordAt(facts, layout.runs, name);
  const between = (name: string, start: bigint | undefined, end: bigint | undefined) =>
    start === undefined || end === undefined || start === 0n || end <= start
      ? []
      : [{ name, start: virtAddr(start), end }];
  const sized = (name: string, start: bigint | undefined, size: bigint | undefined) =>
    between(name, start, start === undefined || size === undefined ? undefined : start + size);
  return [
    { name: 'lowcore', start: virtAddr(0n), end: LOWCORE_BYTES },
    ...between('vmalloc', variable('VMALLOC_START'), variable('VMALLOC_END')),
    ...between('modules', variable('MODULES_VADDR'), variable('MODULES_END')),
    ...sized('vmemmap', layout.vmemmap, variable('vmemmap_size')),
    ...sized('absolute lowcore', variable('__abs_lowcore'), LOWCORE_BYTES),
    ...sized('memcpy of real memory', variable('__memcpy_real_area'), PAGE_BYTES),
  ];
}

/** Fields of entries in tables of a level. */
const prefixOf = (level: Level): string =>
  level === 'pte' ? '_PAGE_' : level === 'pmd' ? '_SEGMENT_ENTRY_' : '_REGION_ENTRY_';

/** Entries for the kernel are neither old nor clean: the processor's bits say what it may do. */
function leafRights({ mask }: EntryForm, level: Level): KernelRights {
  const prefix = prefixOf(level);
  return {
    read: noneOf(mask(`${prefix}INVALID`)),
    write: noneOf(mask(`${prefix}INVALID`, `${prefix}PROTECT`)),
    execute: noneOf(mask(`${prefix}INVALID`, `${prefix}NOEXEC`)),
  };
}

/** Protection of a table holds for all below it (DAT protection); execution only leaves forbid. */
const tableRights = ({ mask }: EntryForm, level: Level): KernelRights => ({
  read: always(true),
  write: noneOf(mask(`${prefixOf(level)}PROTECT`)),
  execute: always(true),
});

/** s390x: what its kernel's address space holds, and what entries let the kernel do. */
export const kernelSpace: KernelSpaceRules = {
  regions,
  knownWritableExecutable: [
    {
      name: 'the lowcore: machines without the BEAR facility load its PSWs there (mm/dump_pagetables.c)',
      start: virtAddr(0n),
      end: PAGE_BYTES,
    },
  ],
  leafRights,
  tableRights,
};
