import {
  and,
  any,
  both,
  ENTRY,
  either,
  equal,
  type HelperTable,
  inline,
  masked,
  not,
  or,
  set,
  shl,
  shr,
  type Test,
  type Word,
  when,
  word,
} from '@pagewright/core';
import { emptyPte } from './pte-helpers.js';
import { emptyRegion, region3Present } from './region-helpers.js';
import { emptySegment, segmentPresent } from './segment-helpers.js';
import { lowestBit, type Shape, type TrackedBits, trackedBits, typeBits } from './shape.js';
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
 * __pte_to_rste() and __rste_to_pte() (arch/s390/mm/hugetlbpage.c). Until 6.13 swap entries had no
 * form in upper tables and became empty.
 */
export function hugetlbFunctions(shape: Shape): HelperTable {
  const { m, upperSwap } = shape;
  const pte = trackedBits(shape, 'pte');
  const segment = trackedBits(shape, 'pmd');
  const mapped = upperSwap ? m('_SEGMENT_ENTRY_PRESENT') : 0n;
  const toUpper = translated(set(and(ENTRY, m('PAGE_MASK')), mapped), pte, segment);
  const frame = and(ENTRY, m('_SEGMENT_ENTRY_ORIGIN_LARGE'));
  const toPte = translated(set(frame, m('_PAGE_LARGE', '_PAGE_PRESENT')), segment, pte);
  const { pte: small, pmd: large } = swapCodecs(shape);
  const emptyUpper = word(emptySegment(shape));
  const none = word(emptyPte(shape));
  const absentUpper =
    large === undefined
      ? emptyUpper
      : when(
          equal(ENTRY, emptyPte(shape)),
          emptyUpper,
          inline(large.make, { type: small.type, offset: small.offset }),
        );
  const absentPte =
    large === undefined
      ? none
      : when(
          isEmptyUpper(shape),
          none,
          inline(small.make, { type: large.type, offset: large.offset }),
        );
  return {
    pte_to_rste: when(any(m('_PAGE_PRESENT')), toUpper, absentUpper),
    rste_to_pte: when(isPresentUpper(shape), toPte, absentPte),
  };
}

/** The type bits choose whether pud or pmd helpers are asked. */
const inRegion3 = (shape: Shape): Test =>
  masked(shape.m('_REGION_ENTRY_TYPE_MASK'), typeBits(shape, 'pud', 'region3'));

const choose = (test: Test, chosen: Test, otherwise: Test): Test =>
  either(both(test, chosen), both(not(test), otherwise));

const isPresentUpper = (shape: Shape): Test =>
  choose(inRegion3(shape), region3Present(shape), segmentPresent(shape));

const isEmptyUpper = (shape: Shape): Test =>
  choose(
    inRegion3(shape),
    equal(ENTRY, emptyRegion(shape, 'region3')),
    equal(ENTRY, emptySegment(shape)),
  );
