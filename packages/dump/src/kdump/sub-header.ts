import { ok, type Result } from '@pagewright/core';
import { type ByteSource, readBytes } from '../bytes.js';
import { Fields } from '../fields.js';
import type { KdumpHeader } from './header.js';

/** Bytes of the file. */
export interface Extent {
  readonly offset: bigint;
  readonly length: bigint;
}

/** struct kdump_sub_header (makedumpfile's diskdump_mod.h). */
export interface SubHeader {
  /** The frames that this file of a split dump holds. */
  readonly split?: { readonly start: number; readonly end: number };
  /** Number of page frames. */
  readonly maxMapnr: number;
  /** Text of VMCOREINFO; since version 3. */
  readonly vmcoreinfo?: Extent;
  /** ELF notes; since version 4. */
  readonly notes?: Extent;
}

/** Field positions. 32-bit machines that align 64-bit numbers to 8 bytes have padding in between. */
export const LAYOUTS = {
  64: { split: 12, start: 16, end: 24, info: 32, notes: 48, pfns: 80, bytes: 104 },
  '32-packed': { split: 8, start: 12, end: 16, info: 20, notes: 32, pfns: 56, bytes: 80 },
  '32-padded': { split: 8, start: 12, end: 16, info: 24, notes: 40, pfns: 72, bytes: 96 },
} as const;
/** What version 6 writes into the main header when the number of frames does not fit there. */
export const WIDEST_NARROW = 0xffff_ffffn;
type Layout = (typeof LAYOUTS)[keyof typeof LAYOUTS];

/** Reads the sub header, which begins in the second block. Code `truncated`. */
export function readSubHeader(source: ByteSource, header: KdumpHeader): Result<SubHeader> {
  const candidates =
    header.wordBits === 64 ? [LAYOUTS[64]] : [LAYOUTS['32-packed'], LAYOUTS['32-padded']];
  const longest = Math.max(...candidates.map(({ bytes }) => bytes));
  const found = readBytes(source, BigInt(header.blockSize), longest);
  if (!found.ok) return found;
  const little = header.byteOrder === 'little';
  const fields = new Fields(found.value.slice(), little, header.wordBits);
  const fitting = candidates.find((layout) => fitsFile(fields, layout, header, source));
  return ok(subHeaderAs(fields, fitting ?? (candidates[0] as Layout), header));
}

/**
 * True when what a layout reads as extents lies behind the header, inside the file, and both
 * numbers of frames agree as far as the narrow one goes.
 */
function fitsFile(
  fields: Fields,
  layout: Layout,
  header: KdumpHeader,
  source: ByteSource,
): boolean {
  const extents = [];
  if (header.version >= 3) extents.push(extentAt(fields, layout.info));
  if (header.version >= 4) extents.push(extentAt(fields, layout.notes));
  const narrow = BigInt(header.maxMapnr32);
  const frames = header.version >= 6 ? fields.double(layout.pfns + 16) : narrow;
  if (frames !== narrow && narrow !== WIDEST_NARROW) return false;
  return extents.every(
    ({ offset, length }) =>
      (offset === 0n && length === 0n) ||
      (offset > BigInt(header.blockSize) && offset + length <= source.byteCount),
  );
}

function subHeaderAs(fields: Fields, layout: Layout, header: KdumpHeader): SubHeader {
  const { version, maxMapnr32 } = header;
  const wide = version >= 6;
  const isSplit = version >= 2 && fields.full(layout.split) === 1;
  const [start, end, maxMapnr] = wide
    ? [0, 8, 16].map((at) => fields.double(layout.pfns + at))
    : [fields.word(layout.start), fields.word(layout.end), BigInt(maxMapnr32)];
  return {
    maxMapnr: Number(maxMapnr),
    ...(isSplit && { split: { start: Number(start), end: Number(end) } }),
    ...present('vmcoreinfo', version >= 3, extentAt(fields, layout.info)),
    ...present('notes', version >= 4, extentAt(fields, layout.notes)),
  };
}

const present = <K extends string>(key: K, inVersion: boolean, extent: Extent) =>
  inVersion && extent.length > 0n ? ({ [key]: extent } as { [P in K]: Extent }) : {};

const extentAt = (fields: Fields, at: number): Extent => ({
  offset: fields.double(at),
  length: fields.word(at + 8),
});
