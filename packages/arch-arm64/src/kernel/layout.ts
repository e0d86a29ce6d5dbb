import {
  bitsTruncated,
  type FindKernelLayout,
  fail,
  type KernelFacts,
  type LinearRun,
  layoutOf,
  ok,
  physAddr,
  type VirtAddr,
  virtAddr,
} from '@pagewright/core';

/** Bits that a kernel configured for 52 runs with where the machine has no more (VA_BITS_MIN). */
const SMALLER_THAN_52: Readonly<Record<number, bigint>> = { 12: 48n, 14: 47n, 16: 48n };
/** Page size whose kernels of 52 bits keep one root table for both reaches. */
const LPA_PAGE_SHIFT = 16;
const ENTRY_BYTES = 8n;

/** Start of addresses whose highest `unused` bits are ones and `bits` are not (_PAGE_OFFSET). */
const startOf = (bits: bigint): bigint => (1n << 64n) - (1n << bits);

/**
 * arm64 since 5.4, which put the linear map below the image: the image lies at `kimage_voffset`, the
 * linear map at the memory-start offset. The image shares its region with vmalloc, so that without
 * the symbol table only its tables tell what is image. Code `undecided` names the missing line.
 */
export const kernelLayout: FindKernelLayout = (facts) => {
  const { form, vmcoreinfo } = facts;
  const voffset = vmcoreinfo.number('kimage_voffset');
  const swapper = vmcoreinfo.symbol('swapper_pg_dir');
  const configured = vmcoreinfo.number('VA_BITS');
  if (voffset === undefined) return fail('undecided', 'VMCOREINFO has no NUMBER(kimage_voffset)');
  if (swapper === undefined) return fail('undecided', 'VMCOREINFO has no SYMBOL(swapper_pg_dir)');
  if (configured === undefined || configured < 32n || configured > 52n) {
    return fail('undecided', 'VMCOREINFO has no NUMBER(VA_BITS) between 32 and 52');
  }
  const linear = linearMap(facts, configured);
  const vmemmap = vmcoreinfo.symbol('vmemmap') ?? vmemmapOfFrame0(facts);
  return ok(
    layoutOf({
      form,
      root: physAddr(bitsTruncated(swapper - voffset + skippedRoot(facts, configured))),
      runs: [...imageOf(facts, voffset), ...(linear === undefined ? [] : [linear])],
      ...(linear === undefined ? {} : { pageOffset: linear.start }),
      ...(vmemmap === undefined ? {} : { vmemmap: virtAddr(bitsTruncated(vmemmap)) }),
    }),
  );
};

/**
 * With 64K pages a kernel of 52 bits that runs with 48 points the hardware at the end of its root
 * table, whose last entries are those that 48 bits reach (asm/assembler.h, offset_ttbr1).
 */
function skippedRoot({ form }: KernelFacts, configured: bigint): bigint {
  const { pageShift, addressBits } = form.definition;
  const rootShift = BigInt(form.levels[0]?.shift ?? 0);
  if (pageShift !== LPA_PAGE_SHIFT || BigInt(addressBits) >= configured) return 0n;
  return (
    ((1n << (configured - rootShift)) - (1n << (BigInt(addressBits) - rootShift))) * ENTRY_BYTES
  );
}

/**
 * The linear map (asm/memory.h: __lm_to_phys(), PAGE_OFFSET, PAGE_END). PAGE_OFFSET counts from the
 * configured reach even where the kernel runs with less; PHYS_OFFSET has been moved to fit.
 */
function linearMap({ form, vmcoreinfo }: KernelFacts, configured: bigint): LinearRun | undefined {
  const physOffset = vmcoreinfo.number('PHYS_OFFSET');
  if (physOffset === undefined) return undefined;
  const { pageShift, addressBits } = form.definition;
  const smallest = configured > 48n ? (SMALLER_THAN_52[pageShift] ?? 48n) : configured;
  const start = startOf(BigInt(addressBits));
  return {
    name: 'linear map',
    start: virtAddr(start),
    end: startOf(smallest - 1n),
    physical: bitsTruncated(start - startOf(configured) + physOffset),
  };
}

function imageOf({ symbol }: KernelFacts, voffset: bigint): readonly LinearRun[] {
  const [start, end] = [symbol?.('_text'), symbol?.('_end')];
  if (start === undefined || end === undefined) return [];
  return [{ name: 'kernel image', start, end, physical: bitsTruncated(start - voffset) }];
}

/** vmemmap before VMCOREINFO said it: VMEMMAP_START belongs to the first frame of memory. */
function vmemmapOfFrame0({ form, vmcoreinfo }: KernelFacts): VirtAddr | undefined {
  const start = vmcoreinfo.number('VMEMMAP_START');
  const physOffset = vmcoreinfo.number('PHYS_OFFSET');
  const size = vmcoreinfo.size('page');
  if (start === undefined || physOffset === undefined || size === undefined) return undefined;
  const firstFrame = BigInt.asIntN(64, physOffset) >> BigInt(form.definition.pageShift);
  return virtAddr(bitsTruncated(start - firstFrame * BigInt(size)));
}
