import type { VirtAddr } from '@pagewright/core';
import { lastIndex } from '../last-index.js';

/**
 * How the kernel writes the addresses of its symbols (kernel/kallsyms.c, kallsyms_sym_address()):
 * - `absolute`: whole words (`kallsyms_addresses`), or 32-bit values where that is a whole word;
 * - `relative`: unsigned offsets from `kallsyms_relative_base`;
 * - `percpu-absolute`: offsets that are absolute values where positive, and otherwise count down
 *   from one below the base (CONFIG_KALLSYMS_ABSOLUTE_PERCPU: x86-64 before 6.15);
 * - `place-relative`: signed offsets from the place where each stands ("kallsyms: Get rid of
 *   kallsyms relative base", since 7.0).
 */
export type AddressForm = 'absolute' | 'relative' | 'percpu-absolute' | 'place-relative';

/** Addresses of all symbols, in the order of the kernel's table, which is ascending. */
export interface Addresses {
  readonly form: AddressForm;
  readonly count: number;
  at(index: number): VirtAddr;
  /** True for a value that did not move with the kernel: an offset into a per-cpu area. */
  isAbsolute(index: number): boolean;
}

/** `kallsyms_addresses`: a word for each symbol. */
export function wordAddresses(table: DataView, wordBytes: 4 | 8, little: boolean): Addresses {
  return {
    form: 'absolute',
    count: Math.floor(table.byteLength / wordBytes),
    at: (index) =>
      (wordBytes === 8
        ? table.getBigUint64(index * wordBytes, little)
        : BigInt(table.getUint32(index * wordBytes, little))) as VirtAddr,
    isAbsolute: () => false,
  };
}

/**
 * `kallsyms_offsets`: 32 bits for each symbol, read in one of the forms. `anchor` is the value of
 * `kallsyms_relative_base`, or the address of the table itself for `place-relative`.
 */
export function offsetAddresses(
  offsets: Int32Array,
  form: AddressForm,
  anchor: bigint,
  wordBytes: 4 | 8,
): Addresses {
  const value = ADDRESS[form];
  return {
    form,
    count: offsets.length,
    at: (index) =>
      BigInt.asUintN(8 * wordBytes, value(anchor, offsets[index] as number, index)) as VirtAddr,
    isAbsolute: (index) => form === 'percpu-absolute' && (offsets[index] as number) >= 0,
  };
}

/** Address of one symbol by form, from the anchor, the signed offset and its place. */
const ADDRESS: Readonly<
  Record<AddressForm, (anchor: bigint, offset: number, index: number) => bigint>
> = {
  absolute: (_, offset) => BigInt(offset >>> 0),
  relative: (base, offset) => base + BigInt(offset >>> 0),
  'percpu-absolute': (base, offset) => (offset >= 0 ? BigInt(offset) : base - 1n - BigInt(offset)),
  'place-relative': (table, offset, index) => table + BigInt(4 * index + offset),
};

/** Index of the last symbol at or below an address, -1 where all lie above. */
export const lastAtOrBelow = (addresses: Addresses, address: bigint): number =>
  lastIndex(addresses.count, (i) => addresses.at(i) <= address);

/** True when no address is below the one before it: what the kernel's own search relies on. */
export function areAscending(addresses: Addresses): boolean {
  for (let i = 1; i < addresses.count; i++) {
    if (addresses.at(i) < addresses.at(i - 1)) return false;
  }
  return true;
}
