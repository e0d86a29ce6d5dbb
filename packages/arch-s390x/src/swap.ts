import {
  and,
  arg,
  type BitField,
  ENTRY,
  fieldMask,
  fieldOf,
  or,
  type SwapCodec,
  type SwapFormat,
  set,
  shl,
  shr,
  swapTypeShift,
  swapTypes,
} from '@pagewright/core';
import { PAGE_SHIFT } from './geometry.js';
import type { Shape } from './shape.js';

/** MAX_PHYSMEM_BITS (asm/sparsemem.h). */
const PHYSICAL_BITS = 46;

/**
 * Swap entries: mk_swap_pte(), __swp_type(), __swp_offset() and, since 6.13, mk_swap_rste() with its
 * counterparts for segment tables.
 */
export function swapCodecs(shape: Shape): SwapFormat['codecs'] {
  const { m, upperSwap } = shape;
  const pte = codec(shape, '', m('_PAGE_INVALID', '_PAGE_PROTECT'));
  if (!upperSwap) return { pte };
  return { pte, pmd: codec(shape, '_RSTE', m('_SEGMENT_ENTRY_INVALID', '_SEGMENT_ENTRY_COMM')) };
}

/** The codec of fields with a suffix; `mark` is what tells a swap entry from others. */
function codec(shape: Shape, suffix: string, mark: bigint): SwapCodec {
  const type = fieldOf(shape.bits, `__SWP_TYPE${suffix}`);
  const offset = fieldOf(shape.bits, `__SWP_OFFSET${suffix}`);
  const put = (name: string, at: BitField) => and(shl(arg(name), at.low), fieldMask(at));
  return {
    type: shr(and(ENTRY, fieldMask(type)), type.low),
    offset: shr(and(ENTRY, fieldMask(offset)), offset.low),
    make: set(or(put('type', type), put('offset', offset)), mark),
  };
}

/** The swap format of a form; s390 kernels have no MEMORY_FAILURE, so no hwpoison type. */
export function swapFormat(shape: Shape, devicePrivate: boolean): SwapFormat {
  const suffixes = shape.upperSwap ? ['', '_RSTE'] : [''];
  return {
    types: swapTypes(shape.headers, { devicePrivate, memoryFailure: false }),
    codecs: swapCodecs(shape),
    pfnBits: PHYSICAL_BITS - PAGE_SHIFT,
    typeShift: swapTypeShift(64),
    migrationAgeBits: true,
    constants: Object.assign({}, ...suffixes.map((suffix) => constants(shape, suffix))),
  };
}

/** `__SWP_TYPE_SHIFT` and its like; masks are the unshifted ones, as in the header. */
function constants(shape: Shape, suffix: string): Record<string, bigint> {
  return Object.fromEntries(
    ['__SWP_TYPE', '__SWP_OFFSET'].flatMap((name) => {
      const { low, width = 1 } = fieldOf(shape.bits, `${name}${suffix}`);
      return [
        [`${name}_SHIFT${suffix}`, BigInt(low)],
        [`${name}_MASK${suffix}`, (1n << BigInt(width)) - 1n],
      ];
    }),
  );
}
