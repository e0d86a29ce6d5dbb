import {
  and,
  any,
  both,
  ENTRY,
  either,
  equal,
  type HelperTable,
  inTurn,
  MASK64,
  noneOf,
  not,
  or,
  PROT,
  set,
  shr,
  swapFlag,
  type Test,
  type Word,
  when,
  word,
} from '@pagewright/core';
import { PAGE_SHIFT } from './geometry.js';
import type { Protections } from './protections.js';
import { type Shape, trackedBits } from './shape.js';
import { trackedHelpers } from './tracked-helpers.js';

/** The empty segment-table entry. */
export const emptySegment = ({ m }: Shape): bigint => m('_SEGMENT_ENTRY_INVALID');

/** pmd_present(): until 6.12 everything that is not the empty entry, zero included. */
export const segmentPresent = (shape: Shape): Test =>
  shape.upperSwap ? any(shape.m('_SEGMENT_ENTRY_PRESENT')) : not(equal(ENTRY, emptySegment(shape)));

function segmentLeaf(shape: Shape): Test {
  const large = any(shape.m('_SEGMENT_ENTRY_LARGE'));
  return shape.upperSwap ? both(segmentPresent(shape), large) : large;
}

/** What a pointer to a page table may have set (_SEGMENT_ENTRY_BITS). */
const tableBits = ({ m, upperSwap }: Shape): bigint =>
  m(
    '_SEGMENT_ENTRY_ORIGIN',
    '_SEGMENT_ENTRY_LARGE',
    '_SEGMENT_ENTRY_PROTECT',
    '_SEGMENT_ENTRY_INVALID',
    '_SEGMENT_ENTRY_COMM',
    '_SEGMENT_ENTRY_TYPE_MASK',
    ...(upperSwap
      ? ['_SEGMENT_ENTRY_SOFT_DIRTY', '_SEGMENT_ENTRY_PRESENT']
      : ['_SEGMENT_ENTRY_WRITE', '_SEGMENT_ENTRY_READ']),
  );

/** Helpers of pmds: entries of segment tables (arch/s390/include/asm/pgtable.h). */
export function pmdHelpers(shape: Shape, protections: Protections): HelperTable {
  const { m, upperSwap } = shape;
  const bits = trackedBits(shape, 'pmd');
  const { tests, changes } = trackedHelpers(bits);
  const leaf = segmentLeaf(shape);
  const frame = when(
    leaf,
    and(ENTRY, m('_SEGMENT_ENTRY_ORIGIN_LARGE')),
    and(ENTRY, m('_SEGMENT_ENTRY_ORIGIN')),
  );
  return {
    ...tests,
    ...changes,
    none: equal(ENTRY, emptySegment(shape)),
    present: segmentPresent(shape),
    leaf,
    trans_huge: leaf,
    bad: either(any(m('_SEGMENT_ENTRY_TYPE_MASK')), leaf, any(MASK64 ^ tableBits(shape))),
    protnone: both(leaf, noneOf(bits.read)),
    mkhuge: set(ENTRY, m('_SEGMENT_ENTRY_LARGE') | bits.young | bits.protect),
    modify: modify(shape, protections),
    pfn: shr(frame, PAGE_SHIFT),
    ...(upperSwap ? swapFlag('soft_dirty', bits.softDirty) : {}),
  };
}

function modify(shape: Shape, protections: Protections): Word {
  const { m } = shape;
  const { young, dirty, softDirty, protect, invalid } = trackedBits(shape, 'pmd');
  const kept = m('_SEGMENT_ENTRY_ORIGIN_LARGE', '_SEGMENT_ENTRY_LARGE') | young | dirty | softDirty;
  const clean = when(any(dirty), ENTRY, set(ENTRY, protect));
  const old = when(any(young), ENTRY, set(ENTRY, invalid));
  return inTurn(inTurn(or(and(ENTRY, kept), segmentProtection(protections)), clean), old);
}

/**
 * massage_pgprot_pmd(): pmds are given the protections of ptes, and each is known by its exact
 * value; whatever else is given becomes readable, writable and executable.
 */
export function segmentProtection({ named }: Protections): Word {
  const known = ['NONE', 'RO', 'RX', 'RW'] as const;
  return known.reduceRight<Word>(
    (rest, name) => when(equal(PROT, named[`PAGE_${name}`]), word(named[`SEGMENT_${name}`]), rest),
    word(named.SEGMENT_RWX),
  );
}
