import { type ArchBackend, type EntryForm, type Level, tableLevels } from '@pagewright/core';
import { arm64 } from '../../arch-arm64/src/index.js';
import {
  kernelLayout as arm64Layout,
  kernelSpace as arm64Space,
} from '../../arch-arm64/src/kernel.js';
import { nopteSpecial } from '../../arch-nopte-special/src/index.js';
import {
  kernelLayout as umLayout,
  kernelSpace as umSpace,
} from '../../arch-nopte-special/src/kernel.js';
import { s390x } from '../../arch-s390x/src/index.js';
import {
  kernelLayout as s390xLayout,
  kernelSpace as s390xSpace,
} from '../../arch-s390x/src/kernel.js';
import { x86 } from '../../arch-x86/src/index.js';
import { kernelLayout as x86Layout, kernelSpace as x86Space } from '../../arch-x86/src/kernel.js';
import type { KernelArchitecture } from '../src/index.js';
import type { MadePageShape } from './make-page-types.js';

/** Kernels whose images can be made, by what their structures look like. */
export type MadeRelease = '5.15' | MadePageShape;

/** Where a made machine has its memory, and where its kernel sees it. */
export interface MachineAddresses {
  /** First byte of memory. */
  readonly memory: bigint;
  /** Where the kernel image, which begins with memory, is mapped. */
  readonly image: bigint;
  /** Where the direct map has the first byte of memory. */
  readonly direct: bigint;
  /** Struct page of frame 0. */
  readonly vmemmap: bigint;
}

/** What making an image needs to know of a machine. */
export interface MadeMachine {
  readonly architecture: KernelArchitecture;
  readonly elfMachine: number;
  readonly formName: string;
  readonly addresses: MachineAddresses;
  /** NUMBER(MAX_PHYSMEM_BITS) and NUMBER(SECTION_SIZE_BITS). */
  readonly physicalBits: number;
  readonly sectionBits: number;
  /** Bits of an entry of a level beside the address of the next table. */
  tableBits(level: Level, release: MadeRelease): bigint;
  /** An entry of a level that maps nothing. */
  emptyEntry(level: Level, form: EntryForm): bigint;
  /** Bytes by which the table that is walked lies behind swapper_pg_dir. */
  readonly rootSkip: number;
  /** Lines of VMCOREINFO that this architecture adds. */
  lines(release: MadeRelease): readonly string[];
  /** Variables of the image: names and words. */
  variables(end: bigint): Readonly<Record<string, bigint>>;
}

const hex = (value: bigint): string => value.toString(16);
const headLines = (release: MadeRelease): string[] => {
  if (release === '7.2') return ['OFFSET(page.compound_info)=8'];
  const old = release === '5.15' || release === '6.1';
  return ['OFFSET(page.compound_head)=8', ...(old ? ['OFFSET(page.compound_dtor)=16'] : [])];
};

function x86Machine(levels: 4 | 5): MadeMachine {
  const memory = 0x100_0000n;
  const image = 0xffff_ffff_9e20_0000n;
  const base = levels === 4 ? 0xffff_8970_c000_0000n : 0xff2a_0000_0000_0000n;
  const vmemmap = levels === 4 ? 0xffff_fc03_0000_0000n : 0xffd6_0000_0000_0000n;
  const vmalloc = levels === 4 ? 0xffff_cac6_c000_0000n : 0xffa1_0000_0000_0000n;
  return {
    architecture: { backend: x86, kernelLayout: x86Layout, kernelSpace: x86Space },
    elfMachine: 62,
    formName: levels === 4 ? 'x86_64' : 'x86_64-la57',
    addresses: { memory, image, direct: base + memory, vmemmap },
    physicalBits: levels === 4 ? 46 : 52,
    sectionBits: 27,
    tableBits: () => 0x67n,
    emptyEntry: () => 0n,
    rootSkip: 0,
    lines: (release) => [
      `NUMBER(phys_base)=${memory - (image - 0xffff_ffff_8000_0000n)}`,
      `NUMBER(pgtable_l5_enabled)=${levels - 4}`,
      'NUMBER(KERNEL_IMAGE_SIZE)=1073741824',
      ...headLines(release),
    ],
    variables: () => ({ page_offset_base: base, vmalloc_base: vmalloc, vmemmap_base: vmemmap }),
  };
}

interface Arm64Paging {
  readonly formName: string;
  readonly pageShift: number;
  /** Bits of address that the kernel was configured for, and runs with. */
  readonly configured: number;
  readonly bits: number;
  readonly physicalBits: 48 | 52;
}

function arm64Machine(paging: Arm64Paging): MadeMachine {
  const { formName, pageShift, configured, bits, physicalBits } = paging;
  // Memory above 48 bits of address where entries can say so.
  const memory = (physicalBits === 52 ? 1n << 50n : 0n) + 0x4000_0000n;
  const startOf = (width: number) => (1n << 64n) - (1n << BigInt(width));
  const smallest = configured <= 48 ? configured : pageShift === 14 ? 47 : 48;
  const image = startOf(smallest - 1) + 0x8000_0000n;
  const vmemmap = startOf(smallest - 2) - (memory >> BigInt(pageShift)) * 64n;
  // PHYS_OFFSET belongs to the first address of the configured reach.
  const physOffset = memory - startOf(bits) + startOf(configured);
  const rootShift =
    pageShift + (pageShift - 3) * (Math.ceil((bits - pageShift) / (pageShift - 3)) - 1);
  const skipped = pageShift === 16 ? 2 ** (configured - rootShift) - 2 ** (bits - rootShift) : 0;
  return {
    architecture: { backend: arm64, kernelLayout: arm64Layout, kernelSpace: arm64Space },
    elfMachine: 183,
    formName,
    addresses: { memory, image, direct: startOf(bits), vmemmap },
    physicalBits,
    sectionBits: pageShift === 16 ? 29 : 27,
    tableBits: () => 3n,
    emptyEntry: () => 0n,
    rootSkip: skipped * 8,
    lines: (release) => [
      `NUMBER(VA_BITS)=${configured}`,
      `NUMBER(TCR_EL1_T1SZ)=0x${(64 - bits).toString(16)}`,
      `NUMBER(kimage_voffset)=0x${hex(BigInt.asUintN(64, image - memory))}`,
      `NUMBER(PHYS_OFFSET)=0x${hex(BigInt.asUintN(64, physOffset))}`,
      ...(headersOf(release) === '6.1'
        ? [`NUMBER(VMEMMAP_START)=0x${hex(vmemmap + (physOffset >> BigInt(pageShift)) * 64n)}`]
        : [`SYMBOL(vmemmap)=${hex(vmemmap)}`]),
      ...headLines(release).slice(0, 1),
      ...(release === '5.15' || release === '6.1'
        ? ['NUMBER(PG_slab)=9']
        : ['NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)=-184549376']),
    ],
    variables: () => ({}),
  };
}

/** s390x with an identity mapping of all memory (to 6.9), or the image apart from it. */
function s390xMachine(levels: 3 | 4, apart: boolean): MadeMachine {
  const memory = 0x20_0000n;
  const top = levels === 3 ? 1n << 42n : 1n << 53n;
  const identity = apart ? 0x100_0000_0000n : 0n;
  const image = apart ? top - 0x1_0000_0000n : memory;
  const vmemmap = top - 0x100_0000_0000n;
  const regionType: Partial<Record<Level, bigint>> = { pud: 4n, p4d: 8n, pgd: 12n };
  return {
    architecture: { backend: s390x, kernelLayout: s390xLayout, kernelSpace: s390xSpace },
    elfMachine: 22,
    formName: levels === 3 ? 's390x-3' : 's390x-4',
    addresses: { memory, image, direct: identity + memory, vmemmap },
    physicalBits: 46,
    sectionBits: 28,
    // Region tables name their type and that the next table is whole; segments since 6.13 that they
    // are present.
    tableBits: (level, release) => {
      const type = regionType[level];
      if (type !== undefined) return type | 3n;
      return release === '6.18' || release === '7.2' ? 1n : 0n;
    },
    emptyEntry: (level) => (level === 'pte' ? 0x400n : (regionType[level] ?? 0n) | 0x20n),
    rootSkip: 0,
    lines: () => [
      'SYMBOL(lowcore_ptr)=0',
      'SAMODE31=851000',
      ...(apart
        ? [
            `NUMBER(VMALLOC_START)=0x${hex(image - 0x40_0000_0000n)}`,
            `IDENTITYBASE=${hex(identity)}`,
            `KERNELOFFSET=${hex(image)}`,
            `KERNELOFFPHYS=${hex(memory)}`,
          ]
        : ['KERNELOFFSET=0']),
    ],
    variables: (end) => ({ high_memory: identity + end, vmemmap }),
  };
}

/** um: image and all memory in one mapping of the host; four levels since 6.13. */
function umMachine(): MadeMachine {
  const memory = 0x10_0000n;
  const mapped = 0x6000_0000n + memory;
  return {
    architecture: { backend: nopteSpecial, kernelLayout: umLayout, kernelSpace: umSpace },
    elfMachine: 62,
    formName: 'um',
    addresses: { memory, image: mapped, direct: mapped, vmemmap: 0n },
    physicalBits: 46,
    sectionBits: 27,
    // Present, writable, accessed and dirty, in um's own places.
    tableBits: () => 0x1a1n,
    emptyEntry: () => 0n,
    rootSkip: 0,
    lines: headLines,
    variables: () => ({}),
  };
}

/** Machines by name. */
export const MACHINES = {
  'x86_64, 4 levels': () => x86Machine(4),
  'x86_64, 5 levels': () => x86Machine(5),
  'arm64, 4K': () =>
    arm64Machine({ formName: 'arm64', pageShift: 12, configured: 48, bits: 48, physicalBits: 48 }),
  'arm64, 16K': () =>
    arm64Machine({
      formName: 'arm64-16k-47',
      pageShift: 14,
      configured: 47,
      bits: 47,
      physicalBits: 48,
    }),
  'arm64, 64K': () =>
    arm64Machine({
      formName: 'arm64-64k',
      pageShift: 16,
      configured: 48,
      bits: 48,
      physicalBits: 48,
    }),
  'arm64, 4K LPA2': () =>
    arm64Machine({
      formName: 'arm64-4k-52',
      pageShift: 12,
      configured: 52,
      bits: 52,
      physicalBits: 52,
    }),
  'arm64, 16K LPA2': () =>
    arm64Machine({
      formName: 'arm64-16k-52',
      pageShift: 14,
      configured: 52,
      bits: 52,
      physicalBits: 52,
    }),
  'arm64, 64K LPA': () =>
    arm64Machine({
      formName: 'arm64-64k-52',
      pageShift: 16,
      configured: 52,
      bits: 52,
      physicalBits: 52,
    }),
  'arm64, 64K LPA run with 48 bits': () =>
    arm64Machine({
      formName: 'arm64-64k-48-lpa',
      pageShift: 16,
      configured: 52,
      bits: 48,
      physicalBits: 52,
    }),
  'arm64, 4K LPA2 run with 48 bits': () =>
    arm64Machine({ formName: 'arm64', pageShift: 12, configured: 52, bits: 48, physicalBits: 48 }),
  's390x, one mapping': () => s390xMachine(3, false),
  's390x, 3 levels': () => s390xMachine(3, true),
  's390x, 4 levels': () => s390xMachine(4, true),
  'um, 3 levels': umMachine,
  'um, 4 levels': umMachine,
} as const satisfies Readonly<Record<string, () => MadeMachine>>;
export type MachineName = keyof typeof MACHINES;

/** Header generation of a release. */
export const headersOf = (release: MadeRelease) =>
  release === '7.2' ? '7.2' : release === '5.15' || release === '6.1' ? '6.1' : '6.12';

/** The form of a machine's tables with a release. */
export function formOf({ architecture, formName }: MadeMachine, release: MadeRelease): EntryForm {
  const backend: ArchBackend = architecture.backend;
  // s390x and um changed theirs in 6.13, the others with struct page.
  const isEarly = backend.arch === 's390x' || backend.arch === 'nopte-special';
  const headers = isEarly && release === '6.18' ? '7.2' : headersOf(release);
  const form = backend.form(formName, { headers });
  if (!form.ok) throw new Error(form.problem.message);
  if (tableLevels(form.value).length === 0) throw new Error(`${formName} has no tables`);
  return form.value;
}
