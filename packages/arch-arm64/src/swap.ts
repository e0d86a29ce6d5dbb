import {
  and,
  arg,
  type BitField,
  type BitTable,
  ENTRY,
  fieldMask,
  fieldOf,
  type HeaderGeneration,
  or,
  type SwapCodec,
  type SwapFormat,
  shl,
  shr,
  swapTypeShift,
  swapTypes,
} from '@pagewright/core';

/** What the swap format depends on beside the bit table. */
export interface SwapChoice {
  readonly headers: HeaderGeneration;
  readonly devicePrivate: boolean;
  readonly pageShift: number;
  /** MAX_PHYSMEM_BITS. */
  readonly physicalBits: number;
}

/** Swap entries: `__swp_type()`, `__swp_offset()`, `__swp_entry()`, the same at pte and pmd level. */
export function swapFormat(bits: BitTable, choice: SwapChoice): SwapFormat {
  const type = fieldOf(bits, '__SWP_TYPE');
  const offset = fieldOf(bits, '__SWP_OFFSET');
  const codec: SwapCodec = {
    type: shr(and(ENTRY, fieldMask(type)), type.low),
    offset: shr(and(ENTRY, fieldMask(offset)), offset.low),
    make: or(shl(arg('type'), type.low), shl(arg('offset'), offset.low)),
  };
  return {
    types: swapTypes(choice.headers, { devicePrivate: choice.devicePrivate, memoryFailure: true }),
    codecs: { pte: codec, pmd: codec },
    pfnBits: choice.physicalBits - choice.pageShift,
    typeShift: swapTypeShift(64),
    migrationAgeBits: true,
    constants: {
      ...fieldConstants(type),
      ...fieldConstants(offset),
      ...flagConstants(bits, ['PTE_SWP_EXCLUSIVE', 'PTE_SWP_UFFD_WP']),
    },
  };
}

/** `__SWP_TYPE_SHIFT`, `_BITS` and `_MASK` of a field; the mask is the unshifted one, as there. */
function fieldConstants({ name, low, width = 1 }: BitField): Record<string, bigint> {
  return {
    [`${name}_SHIFT`]: BigInt(low),
    [`${name}_BITS`]: BigInt(width),
    [`${name}_MASK`]: (1n << BigInt(width)) - 1n,
  };
}

const flagConstants = (bits: BitTable, names: readonly string[]): Record<string, bigint> =>
  Object.fromEntries(
    bits.filter(({ name }) => names.includes(name)).map((f) => [f.name, fieldMask(f)]),
  );
