import {
  and,
  any,
  both,
  ENTRY,
  either,
  equal,
  type HelperTable,
  inline,
  not,
  or,
  type SwapCodec,
  set,
  shl,
  shr,
  type Test,
  type Word,
  when,
  word,
} from '@pagewright/core';
import { emptyPte } from './pte-helpers.js';
import { emptyRegion, inTable, region3Present } from './region-helpers.js';
import { emptySegment, segmentPresent } from './segment-helpers.js';
import { lowestBit, type Shape, type TrackedBits, trackedBits } from './shape.js';
import { swapCodecs } from './swap.js';

/** The entry's bit `from`, standing at `to`. Both are single bits. */
function moved(from: bigint, to: bigint): Word {
  const by = lowestBit(to) - lowestBit(from);
  const bit = and(ENTRY, from);
  return by < 0 ? shr(bit, -by) : shl(bit, by);
}

/** `base` with the tracked bits of the entry, from where one level has them to where another has. */
const translated = (base: Word, from: TrackedBits, to: TrackedBits): Word =>
  (Object.keys(from) as (keyof TrackedBits)[]).reduce(
    (sum, name) => or(sum, moved(from[name], to[name])),
    base,
  );

/**
 * hugetlb hands entries of segment and region tables around as ptes and translates them:
 * __pte_to_rste() and __rste_to_pte() (arch/s390/mm/hugetlbpage.c). Until 6.12 swap entries had no
 * form in upper tables and became empty.
 */
export function hugetlbFunctions(shape: Shape): HelperTable {
  const { m, upperSwap } = shape;
  const pte = trackedBits(shape, 'pte');
  const segment = trackedBits(shape, 'pmd');
  const present = upperSwap ? m('_SEGMENT_ENTRY_PRESENT') : 0n;
  const upper = translated(set(and(ENTRY, m('PAGE_MASK')), present), pte, segment);
  const frame = and(ENTRY, m('_SEGMENT_ENTRY_ORIGIN_LARGE'));
  const page = translated(set(frame, m('_PAGE_LARGE', '_PAGE_PRESENT')), segment, pte);
  const codecs = swapCodecs(shape);
  const emptyUpper = emptySegment(shape);
  const empty = emptyPte(shape);
  return {
    pte_to_rste: when(
      any(m('_PAGE_PRESENT')),
      upper,
      absent(equal(ENTRY, empty), emptyUpper, codecs.pte, codecs.pmd),
    ),
    rste_to_pte: when(
      upperPresent(shape),
      page,
      absent(
        either(equal(ENTRY, emptyUpper), equal(ENTRY, emptyRegion(shape, 'region3'))),
        empty,
        codecs.pmd,
        codecs.pte,
      ),
    ),
  };
}

/** Type and offset of one kind of swap entry written as another; empty where either has no form. */
const absent = (isEmpty: Test, empty: bigint, from?: SwapCodec, to?: SwapCodec): Word =>
  from && to
    ? when(isEmpty, word(empty), inline(to.make, { type: from.type, offset: from.offset }))
    : word(empty);

/** The type bits choose whether pud_present() or pmd_present() is asked. */
function upperPresent(shape: Shape): Test {
  const region3 = inTable(shape, 'region3');
  return either(both(region3, region3Present(shape)), both(not(region3), segmentPresent(shape)));
}
