/**
 * The four kinds of 64-bit number that must never be mixed up. Each is a bigint with a brand, so the
 * type checker keeps them apart; the constructor's name says which check it does.
 */
declare const unit: unique symbol;

/** A page-table entry exactly as stored, unsigned, at most 64 bits. */
export type Bits = bigint & { readonly [unit]: 'Bits' };
/** A page frame number: physical address divided by the page size. */
export type Pfn = bigint & { readonly [unit]: 'Pfn' };
/** A virtual address, unsigned 64 bits (kernel addresses are not sign-extended bigints). */
export type VirtAddr = bigint & { readonly [unit]: 'VirtAddr' };
/** A physical address in bytes. */
export type PhysAddr = bigint & { readonly [unit]: 'PhysAddr' };

/** All ones in 64 bits. */
export const MASK64 = 0xffff_ffff_ffff_ffffn;

function checked(label: string, value: bigint): bigint {
  if (value < 0n || value > MASK64) {
    throw new RangeError(`${label} must be an unsigned 64-bit number, got ${value}`);
  }
  return value;
}

/** An entry's raw word. Throws RangeError outside unsigned 64 bits. */
export const bits = (value: bigint): Bits => checked('Bits', value) as Bits;
/** A page frame number. Throws RangeError outside unsigned 64 bits. */
export const pfn = (value: bigint): Pfn => checked('Pfn', value) as Pfn;
/** A virtual address. Throws RangeError outside unsigned 64 bits. */
export const virtAddr = (value: bigint): VirtAddr => checked('VirtAddr', value) as VirtAddr;
/** A physical address. Throws RangeError outside unsigned 64 bits. */
export const physAddr = (value: bigint): PhysAddr => checked('PhysAddr', value) as PhysAddr;

/** Keeps the low 64 bits, as C's unsigned arithmetic does. Never throws. */
export const bitsTruncated = (value: bigint): Bits => BigInt.asUintN(64, value) as Bits;

/**
 * A number as `hex` writes it.
 *
 * @pattern ^0x(0|[1-9a-f][0-9a-f]*)$
 */
export type Hex = string;

/** Lower-case `0x` form without padding, as every JSON output and message writes numbers. */
export const hex = (value: bigint | number): Hex => `0x${value.toString(16)}`;
