import {
  always,
  and,
  any,
  both,
  ENTRY,
  either,
  equal,
  type HelperTable,
  MASK64,
  masked,
  not,
  shr,
  type Test,
  when,
} from '@pagewright/core';
import type { TableType } from './bits.js';
import { PAGE_SHIFT } from './geometry.js';
import { type Shape, trackedBits, typeBits } from './shape.js';
import { trackedHelpers } from './tracked-helpers.js';

/** What a pointer to a table may have set (_REGION_ENTRY_BITS). */
const tableBits = ({ m }: Shape): bigint =>
  m(
    '_REGION_ENTRY_ORIGIN',
    '_REGION_ENTRY_PROTECT',
    '_REGION_ENTRY_INVALID',
    '_REGION_ENTRY_TYPE_MASK',
    '_REGION_ENTRY_LENGTH',
  );

const TYPES: readonly TableType[] = ['segment', 'region3', 'region2', 'region1'];

/** The entry stands in a table of one of these types. */
export function inTable(shape: Shape, ...types: readonly TableType[]): Test {
  const mask = shape.m('_REGION_ENTRY_TYPE_MASK');
  const [first, ...rest] = types.map((type) => masked(mask, typeBits(shape, 'pud', type)));
  return first === undefined ? always(false) : either(first, ...rest);
}

/**
 * What the three region levels have in common. A level is folded at run time: an entry of a lower
 * type of table passes walkers through, one of a higher type is bad.
 */
function regionHelpers(shape: Shape, type: TableType): Record<'folded' | 'bad' | 'present', Test> {
  const at = TYPES.indexOf(type);
  const folded = inTable(shape, ...TYPES.slice(0, at));
  const strays = both(not(folded), any(MASK64 ^ tableBits(shape)));
  return {
    folded,
    present: either(folded, any(shape.m('_REGION_ENTRY_ORIGIN'))),
    bad: either(inTable(shape, ...TYPES.slice(at + 1)), strays),
  };
}

/** The empty entry of a region table: its type, and invalid. */
export const emptyRegion = (shape: Shape, type: TableType): bigint =>
  typeBits(shape, 'pud', type) | shape.m('_REGION_ENTRY_INVALID');

/** pud_present(). */
export const region3Present = (shape: Shape): Test =>
  shape.upperSwap
    ? either(inTable(shape, 'segment'), any(shape.m('_REGION3_ENTRY_PRESENT')))
    : regionHelpers(shape, 'region3').present;

/** Helpers of puds: entries of region-third tables, which may map 2 GiB. */
export function pudHelpers(shape: Shape): HelperTable {
  const { m, upperSwap } = shape;
  const { tests, changes } = trackedHelpers(trackedBits(shape, 'pud'));
  const { folded, bad } = regionHelpers(shape, 'region3');
  const large = both(inTable(shape, 'region3'), any(m('_REGION3_ENTRY_LARGE')));
  const leaf = upperSwap ? both(large, any(m('_REGION3_ENTRY_PRESENT'))) : large;
  const frame = when(
    leaf,
    and(ENTRY, m('_REGION3_ENTRY_ORIGIN_LARGE')),
    and(ENTRY, m('_REGION_ENTRY_ORIGIN')),
  );
  return {
    folded,
    none: equal(ENTRY, emptyRegion(shape, 'region3')),
    present: region3Present(shape),
    leaf,
    bad: either(leaf, bad),
    write: tests.write,
    wrprotect: changes.wrprotect,
    mkwrite: changes.mkwrite_novma,
    mkclean: changes.mkclean,
    mkdirty: changes.mkdirty,
    pfn: shr(frame, PAGE_SHIFT),
  };
}

const tablePfn = ({ m }: Shape) => shr(and(ENTRY, m('_REGION_ENTRY_ORIGIN')), PAGE_SHIFT);

/** Helpers of p4ds: entries of region-second tables. */
export const p4dHelpers = (shape: Shape): HelperTable => ({
  ...regionHelpers(shape, 'region2'),
  none: equal(ENTRY, emptyRegion(shape, 'region2')),
  pfn: tablePfn(shape),
});

/** Helpers of pgds: entries of region-first tables, empty as soon as they are invalid. */
export function pgdHelpers(shape: Shape): HelperTable {
  const region = regionHelpers(shape, 'region1');
  return {
    ...region,
    none: both(not(region.folded), any(shape.m('_REGION_ENTRY_INVALID'))),
    pfn: tablePfn(shape),
  };
}
