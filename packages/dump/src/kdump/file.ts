import { fail, ok, type Result } from '@pagewright/core';
import { type ByteSource, readBytes } from '../bytes.js';
import { MOST_NOTE_BYTES, parseNotes, text, vmcoreinfoOf } from '../notes.js';
import { type Bitmap, bitmapAt } from './bitmap.js';
import { type KdumpHeader, readHeader } from './header.js';
import { type Extent, readSubHeader, type SubHeader } from './sub-header.js';

/** One file of a kdump: the only one, or a part of a split one. */
export interface KdumpFile {
  readonly source: ByteSource;
  readonly header: KdumpHeader;
  readonly subHeader: SubHeader;
  /** Frames that are memory of the machine. */
  readonly memory: Bitmap;
  /** Frames whose contents were kept. */
  readonly dumped: Bitmap;
  /** Where the page descriptors begin. */
  readonly descriptors: bigint;
  /** The frames whose descriptors this file holds. */
  readonly start: number;
  readonly end: number;
}

/** 64 TiB of 4 KiB pages: no bitmap of a real machine is longer, and counting it takes seconds. */
export const MOST_FRAMES = 2 ** 34;

/** Reads the headers of one file and finds its bitmaps. Codes: `truncated`, `bad-kdump`. */
export function readKdumpFile(source: ByteSource): Result<KdumpFile> {
  const header = readHeader(source);
  if (!header.ok) return header;
  const subHeader = readSubHeader(source, header.value);
  if (!subHeader.ok) return subHeader;
  const { blockSize, subHeaderBlocks, bitmapBlocks } = header.value;
  const frames = subHeader.value.maxMapnr;
  if (frames > MOST_FRAMES) return fail('bad-kdump', `${source.name}: ${frames} page frames`);
  const needed = Math.ceil(Math.ceil(frames / 8) / blockSize);
  if (bitmapBlocks < needed) {
    return fail(
      'bad-kdump',
      `${source.name}: ${bitmapBlocks} blocks of bitmap are too few for ${frames} page frames`,
    );
  }
  const first = BigInt((1 + subHeaderBlocks) * blockSize);
  // An unfiltered dump of old may have one bitmap only: everything that is memory was kept.
  const second =
    bitmapBlocks < 2 * needed ? first : first + BigInt(Math.floor(bitmapBlocks / 2) * blockSize);
  const split = subHeader.value.split;
  return ok({
    source,
    header: header.value,
    subHeader: subHeader.value,
    memory: bitmapAt(source, first, frames),
    dumped: bitmapAt(source, second, frames),
    descriptors: first + BigInt(bitmapBlocks * blockSize),
    start: Math.min(split?.start ?? 0, frames),
    end: Math.min(split?.end ?? frames, frames),
  });
}

/** The VMCOREINFO text of a file: at its own place, or in the notes. */
export function vmcoreinfoOfFile({ source, header, subHeader }: KdumpFile): string | undefined {
  const own = extentBytes(source, subHeader.vmcoreinfo);
  if (own !== undefined) return text(own);
  const notes = extentBytes(source, subHeader.notes);
  return notes && vmcoreinfoOf(parseNotes(notes, header.byteOrder));
}

function extentBytes(source: ByteSource, extent: Extent | undefined): Uint8Array | undefined {
  if (extent === undefined || extent.length > BigInt(MOST_NOTE_BYTES)) return undefined;
  const bytes = readBytes(source, extent.offset, Number(extent.length));
  return bytes.ok ? bytes.value.slice() : undefined;
}
