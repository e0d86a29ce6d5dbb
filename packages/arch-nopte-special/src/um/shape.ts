import {
  type BitTable,
  fieldOf,
  type HeaderGeneration,
  MASK64,
  type Masks,
} from '@pagewright/core';
import { type FrameCodec, frameCodec } from '../frame-codec.js';

/** What the helpers of um are made from. */
export interface Shape {
  readonly headers: HeaderGeneration;
  readonly bits: BitTable;
  readonly m: Masks;
  readonly frame: FrameCodec;
  /** Set until the host maps what the entry says: NEWPAGE, since 6.13 NEEDSYNC. */
  readonly stale: bigint;
  /** Set until the host has the protection of the entry: NEWPROT; 0 since 6.13. */
  readonly newProt: bigint;
}

/** Derives the masks of a bit table that generations name differently. */
export function shapeOf(headers: HeaderGeneration, bits: BitTable, m: Masks): Shape {
  const oneBit = headers === '7.2';
  return {
    headers,
    bits,
    m,
    frame: frameCodec(fieldOf(bits, 'PAGE_MASK')),
    stale: m(oneBit ? '_PAGE_NEEDSYNC' : '_PAGE_NEWPAGE'),
    newProt: oneBit ? 0n : m('_PAGE_NEWPROT'),
  };
}

/** All bits of an entry but these. */
export const allBut = (mask: bigint): bigint => MASK64 ^ mask;
