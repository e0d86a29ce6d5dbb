import { type MappingLevel, protectionMap } from '@pagewright/core';
import { type Shape, type TrackedBits, trackedBits, typeBits } from './shape.js';

/** Named protections of a form, and the 16 that vm_get_page_prot() chooses from. */
export interface Protections {
  readonly named: Readonly<Record<ProtectionName, bigint>> & Readonly<Record<string, bigint>>;
  readonly map: readonly bigint[];
}

/** Protections that every generation has and helpers ask for. */
export type ProtectionName =
  | 'PAGE_NONE'
  | 'PAGE_RO'
  | 'PAGE_RX'
  | 'PAGE_RW'
  | 'PAGE_RWX'
  | 'PAGE_KERNEL'
  | 'PAGE_KERNEL_RO'
  | 'SEGMENT_NONE'
  | 'SEGMENT_RO'
  | 'SEGMENT_RX'
  | 'SEGMENT_RW'
  | 'SEGMENT_RWX';

/**
 * Protections (asm/pgtable.h). Those of user pages begin old and clean: invalid, and protected even
 * where writable. On a machine without no-execute 7.2 masks the bit out here, earlier generations
 * when they build a pte.
 */
export function protections(shape: Shape): Protections {
  const named = {
    ...pageProtections(shape),
    ...segmentProtections(shape),
    ...region3Protections(shape),
    ...(shape.headers === '7.2' ? unmaskedProtections(shape) : {}),
  };
  const { PAGE_NONE, PAGE_RO, PAGE_RX, PAGE_RW, PAGE_RWX } = named;
  return {
    named,
    map: protectionMap({
      none: PAGE_NONE,
      readonly: PAGE_RO,
      readonlyExec: PAGE_RX,
      shared: PAGE_RW,
      sharedExec: PAGE_RWX,
    }),
  };
}

/** page_noexec_mask, segment_noexec_mask and region_noexec_mask at work. */
function maskedBits(shape: Shape, level: MappingLevel): TrackedBits {
  const bits = trackedBits(shape, level);
  return shape.headers !== '7.2' || shape.noexec ? bits : { ...bits, noexec: 0n };
}

/** What the masks are applied to, under the names that 7.2 gives it. */
function unmaskedProtections(shape: Shape) {
  const { PAGE_KERNEL, PAGE_KERNEL_RO } = pageProtections({ ...shape, noexec: true });
  return { __PAGE_KERNEL: PAGE_KERNEL, __PAGE_KERNEL_RO: PAGE_KERNEL_RO };
}

function pageProtections(shape: Shape) {
  const { m, headers } = shape;
  const { read, write, young, dirty, protect, invalid, noexec } = maskedBits(shape, 'pte');
  const PAGE_NONE = m('_PAGE_PRESENT') | invalid | protect;
  const PAGE_RX = PAGE_NONE | read;
  const PAGE_RWX = PAGE_RX | write;
  const PAGE_KERNEL_EXEC = m('_PAGE_PRESENT') | read | write | young | dirty;
  const PAGE_KERNEL = PAGE_KERNEL_EXEC | noexec;
  return {
    PAGE_NONE,
    PAGE_RO: PAGE_RX | noexec,
    PAGE_RX,
    PAGE_RW: PAGE_RWX | noexec,
    PAGE_RWX,
    PAGE_SHARED: PAGE_KERNEL,
    PAGE_KERNEL,
    PAGE_KERNEL_RO: m('_PAGE_PRESENT') | read | young | protect | noexec,
    // 7.2 has no kernel protection that executes; the generic header then takes PAGE_KERNEL.
    PAGE_KERNEL_EXEC: headers === '7.2' ? PAGE_KERNEL : PAGE_KERNEL_EXEC,
  };
}

function segmentProtections(shape: Shape) {
  const { m, headers, upperSwap } = shape;
  const bits = maskedBits(shape, 'pmd');
  const { read, write, protect, invalid, noexec } = bits;
  const present = upperSwap ? m('_SEGMENT_ENTRY_PRESENT') : 0n;
  const kernel = kernelProtections(bits, present | m('_SEGMENT_ENTRY_LARGE'));
  const SEGMENT_RX = present | read | protect;
  const SEGMENT_RWX = present | read | write;
  return {
    SEGMENT_NONE: present | invalid | protect,
    SEGMENT_RO: SEGMENT_RX | noexec,
    SEGMENT_RX,
    SEGMENT_RW: SEGMENT_RWX | noexec,
    SEGMENT_RWX,
    SEGMENT_KERNEL: kernel.writable,
    SEGMENT_KERNEL_RO: kernel.readOnly,
    ...(headers === '7.2' ? {} : { SEGMENT_KERNEL_EXEC: kernel.executable }),
  };
}

function region3Protections(shape: Shape) {
  const { m, headers, upperSwap } = shape;
  const present = upperSwap ? m('_REGION3_ENTRY_PRESENT') : 0n;
  const leaf = typeBits(shape, 'pud', 'region3') | present | m('_REGION3_ENTRY_LARGE');
  const kernel = kernelProtections(maskedBits(shape, 'pud'), leaf);
  return {
    REGION3_KERNEL: kernel.writable,
    REGION3_KERNEL_RO: kernel.readOnly,
    ...(headers === '7.2' ? {} : { REGION3_KERNEL_EXEC: kernel.executable }),
  };
}

/** The kernel's own huge mappings: young and, where writable, dirty from the start. */
function kernelProtections(
  { read, write, young, dirty, protect, noexec }: TrackedBits,
  leaf: bigint,
) {
  const executable = leaf | read | write | young | dirty;
  return {
    executable,
    writable: executable | noexec,
    readOnly: leaf | read | young | protect | noexec,
  };
}
