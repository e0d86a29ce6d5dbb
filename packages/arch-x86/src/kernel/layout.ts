import {
  bitsTruncated,
  type FindKernelLayout,
  fail,
  type KernelFacts,
  type LinearRun,
  layoutOf,
  ok,
  type PhysAddr,
  physAddr,
  physicalInRun,
  probeWord,
  type VirtAddr,
  virtAddr,
} from '@pagewright/core';
import { directMapStart } from './direct-map-start.js';

/** Start of the mapping of the kernel image (asm/page_64_types.h, __START_KERNEL_map). */
export const IMAGE_MAP = 0xffff_ffff_8000_0000n;
/** Longest image (KERNEL_IMAGE_SIZE with address randomisation); what follows is modules. */
export const LONGEST_IMAGE = 1n << 30n;

/** Bases of a kernel that does not randomise them (asm/page_64_types.h, pgtable_64_types.h). */
const FIXED = {
  4: {
    page_offset_base: 0xffff_8880_0000_0000n,
    vmalloc_base: 0xffff_c900_0000_0000n,
    vmemmap_base: 0xffff_ea00_0000_0000n,
  },
  5: {
    page_offset_base: 0xff11_0000_0000_0000n,
    vmalloc_base: 0xffa0_0000_0000_0000n,
    vmemmap_base: 0xffd4_0000_0000_0000n,
  },
} as const;
type Base = keyof (typeof FIXED)[4];

/**
 * x86-64: the image lies at `phys_base`, as __phys_addr_symbol() has it; the direct map and vmemmap
 * begin where variables in the image say (CONFIG_DYNAMIC_MEMORY_LAYOUT), which need the symbol table.
 * Code `undecided` without `NUMBER(phys_base)` or `SYMBOL(swapper_pg_dir)`.
 */
export const kernelLayout: FindKernelLayout = (facts) => {
  const { form, vmcoreinfo } = facts;
  const physBase = vmcoreinfo.number('phys_base');
  if (physBase === undefined) return fail('undecided', 'VMCOREINFO has no NUMBER(phys_base)');
  const image = imageRun(facts, physBase);
  const root = rootIn(facts, image);
  if (root === undefined) {
    return fail('undecided', 'VMCOREINFO has no SYMBOL(swapper_pg_dir) in the kernel image');
  }
  const pageOffset = baseOf(facts, image, 'page_offset_base');
  const vmemmap = vmcoreinfo.symbol('vmemmap') ?? baseOf(facts, image, 'vmemmap_base');
  const direct = pageOffset === undefined ? [] : [directMap(facts, image, pageOffset)];
  return ok(
    layoutOf({
      form,
      root,
      runs: [...direct, image],
      ...(pageOffset === undefined ? {} : { pageOffset }),
      ...(vmemmap === undefined ? {} : { vmemmap: virtAddr(vmemmap) }),
    }),
  );
};

/** The image where the symbol table tells its ends, else the whole window that is kept for it. */
function imageRun({ vmcoreinfo, symbol }: KernelFacts, physBase: bigint): LinearRun {
  const start = symbol?.('_text') ?? virtAddr(IMAGE_MAP);
  const room = vmcoreinfo.number('KERNEL_IMAGE_SIZE') ?? LONGEST_IMAGE;
  return {
    name: 'kernel image',
    start,
    end: symbol?.('_end') ?? IMAGE_MAP + room,
    physical: bitsTruncated(start - IMAGE_MAP + physBase),
  };
}

/** All memory from 0 on, at most up to where vmalloc's addresses begin. */
const directMap = (facts: KernelFacts, image: LinearRun, pageOffset: VirtAddr): LinearRun => ({
  name: 'direct map',
  start: pageOffset,
  end:
    facts.vmcoreinfo.number('VMALLOC_START') ?? baseOf(facts, image, 'vmalloc_base') ?? IMAGE_MAP,
  physical: 0n,
});

/** The kernel's root table. */
function rootIn({ vmcoreinfo }: KernelFacts, image: LinearRun): PhysAddr | undefined {
  const swapper = vmcoreinfo.symbol('swapper_pg_dir');
  return swapper === undefined ? undefined : physicalInRun(image, swapper);
}

/** A base that the kernel keeps in a variable, or what is known of one that names no such variable. */
export function baseOf(facts: KernelFacts, image: LinearRun, name: Base): VirtAddr | undefined {
  if (facts.symbol === undefined) return undefined;
  const variable = facts.symbol(name);
  if (variable === undefined) return unnamedBase(facts, image, name);
  const at: PhysAddr | undefined = physicalInRun(image, variable);
  const value = at === undefined ? undefined : probeWord(facts, physAddr(at));
  return value === undefined ? undefined : virtAddr(value);
}

/**
 * A symbol table without the variable is that of a kernel that does not randomise the bases, or one
 * of functions alone: where the tables show the direct map elsewhere, the others are not known.
 */
function unnamedBase(facts: KernelFacts, image: LinearRun, name: Base): VirtAddr | undefined {
  const fixed = FIXED[facts.form.hasTable('p4d') ? 5 : 4];
  const root = rootIn(facts, image);
  const start = root === undefined ? undefined : directMapStart(facts, root);
  if (start === undefined || start === fixed.page_offset_base) return virtAddr(fixed[name]);
  return name === 'page_offset_base' ? virtAddr(start) : undefined;
}
