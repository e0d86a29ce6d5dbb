import {
  and,
  arg,
  type BitTable,
  ENTRY,
  type FormDefinition,
  fieldMask,
  fieldOf,
  or,
  type SwapCodec,
  type SwapFormat,
  shl,
  shr,
  swapTypeShift,
  swapTypes,
} from '@pagewright/core';

/**
 * Swap entries over the fields `__swp_type` and `__swp_offset`. Neither DEVICE_PRIVATE nor
 * MEMORY_FAILURE can be configured here, so the numbers of the types never move.
 */
export function swapFormat(
  bits: BitTable,
  { headers, wordBits, pageShift }: Pick<FormDefinition, 'headers' | 'wordBits' | 'pageShift'>,
): SwapFormat {
  const type = fieldOf(bits, '__swp_type');
  const offset = fieldOf(bits, '__swp_offset');
  const typeShift = swapTypeShift(wordBits);
  // What lies above it in the generic swp_entry_t: swp_type() reads the xarray's bit with the type's.
  const genericType = (1n << BigInt(wordBits - typeShift)) - 1n;
  const codec: SwapCodec = {
    // A field wider than the generic swp_entry_t's loses its highest bit on the way there.
    type: and(shr(and(ENTRY, fieldMask(type)), type.low), genericType),
    offset: shr(and(ENTRY, fieldMask(offset)), offset.low),
    make: or(and(shl(arg('type'), type.low), fieldMask(type)), shl(arg('offset'), offset.low)),
  };
  return {
    types: swapTypes(headers, { devicePrivate: false, memoryFailure: false }),
    codecs: { pte: codec },
    pfnBits: wordBits - pageShift,
    typeShift,
    migrationAgeBits: false,
    constants: {},
  };
}
