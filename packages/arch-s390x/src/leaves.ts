import {
  always,
  and,
  any,
  both,
  clear,
  ENTRY,
  type LeafCodec,
  type MappingLevel,
  noneOf,
  or,
  type Permissions,
  PFN,
  shl,
  shr,
} from '@pagewright/core';
import { PAGE_SHIFT } from './geometry.js';
import { type Shape, trackedBits } from './shape.js';

const FRAME_FIELDS: Readonly<Record<MappingLevel, string>> = {
  pte: 'PAGE_MASK',
  pmd: '_SEGMENT_ENTRY_ORIGIN_LARGE',
  pud: '_REGION3_ENTRY_ORIGIN_LARGE',
};

/**
 * What software permits: invalid and protected follow young and dirty too, so they do not say. No
 * bit tells user from kernel, which have tables of their own.
 */
function permissions(shape: Shape, level: MappingLevel): Permissions {
  const { read, write, noexec } = trackedBits(shape, level);
  return {
    read: any(read),
    write: any(write),
    execute: both(any(read), noneOf(noexec)),
    user: always(true),
  };
}

/** How frame and attributes lie in a leaf. */
export function leafCodec(shape: Shape, level: MappingLevel): LeafCodec {
  const mask = shape.m(FRAME_FIELDS[level]);
  return {
    attributes: clear(ENTRY, mask),
    compose: or(shl(PFN, PAGE_SHIFT), ENTRY),
    frame: shr(and(ENTRY, mask), PAGE_SHIFT),
    permissions: permissions(shape, level),
  };
}
