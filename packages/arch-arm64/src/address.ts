import {
  and,
  type BitTable,
  ENTRY,
  fieldOf,
  inline,
  MASK64,
  type Masks,
  or,
  PFN,
  shl,
  shr,
  type Word,
  xor,
} from '@pagewright/core';
import { type AddressEncoding, HIGH_ADDRESS } from './bits.js';

/** How physical addresses and frames lie in the entries of a form (pgtable.h `__pte_to_phys`). */
export interface AddressCodec {
  /** Physical address in `entry`. */
  readonly physical: Word;
  /** The bits of an entry that say `pfn`, and no others. */
  readonly frameBits: Word;
}

/** All bits from the lowest of one mask to the highest of the other. */
function span(from: bigint, to: bigint): bigint {
  const lowest = from & -from;
  return (1n << BigInt(to.toString(2).length)) - lowest;
}

/**
 * The conversions of a form. `plain` does not cut addresses when it writes them, the others do; with
 * LPA address bits 49:48 are written twice by headers whose PTE_ADDR_LOW reaches bit 49, as there.
 */
export function addressCodec(
  m: Masks,
  bits: BitTable,
  encoding: AddressEncoding,
  pageShift: number,
): AddressCodec {
  const low = m('PTE_ADDR_LOW');
  const address = shl(PFN, pageShift);
  if (encoding === 'plain') return { physical: and(ENTRY, low), frameBits: address };
  const high = m('PTE_ADDR_HIGH');
  const moved = HIGH_ADDRESS[encoding].physicalLow - fieldOf(bits, 'PTE_ADDR_HIGH').low;
  const written = encoding === 'lpa' ? low | high : span(high, low);
  return {
    physical: or(and(ENTRY, low), shl(and(ENTRY, high), moved)),
    frameBits: and(or(address, shr(address, moved)), written),
  };
}

/** What reads and writes the frame of an entry that maps `2^shift` bytes. */
export interface FrameHelpers {
  readonly pfn: Word;
  /** The entry without its frame: what is left when the frame's bits are taken away again. */
  readonly pgprot: Word;
  /** `pgprot` and `pfn` together: the inverse of the two, for every word. */
  readonly compose: Word;
}

/** pte_pfn(), pmd_pfn(), pud_pfn() and the pgprot beside them; upper levels drop low frame bits. */
export function frameHelpers(codec: AddressCodec, pageShift: number, shift: number): FrameHelpers {
  const wholeBlocks = ~((1n << BigInt(shift)) - 1n) & MASK64;
  const address = shift === pageShift ? codec.physical : and(codec.physical, wholeBlocks);
  const pfn = shr(address, pageShift);
  return {
    pfn,
    pgprot: xor(inline(codec.frameBits, { pfn }), ENTRY),
    compose: xor(codec.frameBits, ENTRY),
  };
}
