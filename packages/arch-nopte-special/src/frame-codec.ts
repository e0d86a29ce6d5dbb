import {
  and,
  type BitField,
  clear,
  ENTRY,
  fieldMask,
  type LeafCodec,
  or,
  type Permissions,
  PFN,
  PROT,
  shl,
  shr,
  type Word,
} from '@pagewright/core';

/** How a frame lies in an entry: one field that holds the pfn and nothing else. */
export interface FrameCodec {
  readonly pfn: Word;
  /** pfn_pte() and its like: the frame beside a protection, neither masked. */
  readonly built: Word;
  readonly leaf: (permissions: Permissions) => LeafCodec;
}

/** Reads and writes the frame field. */
export function frameCodec(frame: BitField): FrameCodec {
  const placed = shl(PFN, frame.low);
  return {
    pfn: shr(and(ENTRY, fieldMask(frame)), frame.low),
    built: or(placed, PROT),
    leaf: (permissions) => ({
      attributes: clear(ENTRY, fieldMask(frame)),
      compose: or(placed, ENTRY),
      permissions,
    }),
  };
}
