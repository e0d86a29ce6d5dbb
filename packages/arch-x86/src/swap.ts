import {
  and,
  arg,
  ENTRY,
  fieldMask,
  fieldOf,
  type HeaderGeneration,
  invert,
  or,
  type SwapFormat,
  shl,
  shr,
  swapTypeShift,
  swapTypes,
} from '@pagewright/core';
import { frameBits } from './geometry.js';
import type { Shape } from './shape.js';

/**
 * Swap entries: the type on top, below it the offset inverted, so that the high bits of what could
 * be taken for a frame are set (arch/x86/include/asm/pgtable_64.h). Pmds use the same encoding.
 */
export function swapFormat(
  { bits, levels }: Shape,
  headers: HeaderGeneration,
  devicePrivate: boolean,
): SwapFormat {
  const place = (name: string) => {
    const field = fieldOf(bits, name);
    return { low: field.low, width: field.width ?? 1, mask: fieldMask(field) };
  };
  const offset = place('__swp_offset');
  const type = place('__swp_type');
  const codec = {
    type: shr(and(ENTRY, type.mask), type.low),
    offset: shr(and(invert(ENTRY), offset.mask), offset.low),
    make: or(and(shl(invert(arg('offset')), offset.low), offset.mask), shl(arg('type'), type.low)),
  };
  return {
    types: swapTypes(headers, { devicePrivate, memoryFailure: true, uffdWp: true }),
    codecs: { pte: codec, pmd: codec },
    pfnBits: frameBits(levels),
    typeShift: swapTypeShift(64),
    migrationAgeBits: true,
    constants: {
      SWP_TYPE_BITS: BigInt(type.width),
      SWP_OFFSET_FIRST_BIT: BigInt(offset.low),
      SWP_OFFSET_SHIFT: BigInt(offset.low + type.width),
    },
  };
}
