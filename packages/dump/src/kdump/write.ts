import { fail, ok, type Result } from '@pagewright/core';
import type { Decompressors } from '../decompress/decompressors.js';
import { MOST_FRAMES } from './file.js';
import {
  NEWEST_VERSION,
  SIGNATURE,
  STATUS_AT,
  UTSNAME_AT,
  type Utsname,
  VERSION_AT,
} from './header.js';
import { COMPRESSIONS, DESCRIPTOR_BYTES, FLAGS_AT, SIZE_AT } from './page.js';
import { LAYOUTS, WIDEST_NARROW } from './sub-header.js';

/** A part of a file, to be written at its offset. */
export interface FilePiece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What a kdump is to hold. */
export interface KdumpContents {
  readonly byteOrder: 'little' | 'big';
  readonly wordBits: 32 | 64;
  /** Bytes of a page: 4096 or a larger power of two. */
  readonly pageBytes: number;
  readonly utsname: Utsname;
  readonly vmcoreinfo: string;
  /** Page frames whose contents are kept, ascending. */
  readonly frames: readonly number[];
  /** Contents of one of them, `pageBytes` long. */
  readonly page: (frame: number) => Uint8Array;
  /** Number of page frames: one more than the highest that is memory. */
  readonly frameCount: number;
  /** True for frames that are memory of the machine, whether or not they are kept. */
  readonly isMemory: (frame: number) => boolean;
  /** Makes pages smaller; they are stored as they are where it is left out or gains nothing. */
  readonly compression?: {
    readonly name: keyof Decompressors;
    readonly compress: (page: Uint8Array) => Uint8Array;
  };
}

/** DUMP_LEVEL of a dump that has neither free, nor cache, nor user pages, nor zeros. */
const DUMP_LEVEL = 31;
/** Bytes of bitmap that are made at once. */
const BITMAP_CHUNK = 1 << 16;

/**
 * A kdump of version 6 as pieces of its file: pages as they come, their descriptors, the bitmaps,
 * and last the headers, so that a file whose writing broke off is no kdump. Pages of zeros are
 * stored once. Code `too-many-frames` where no reader would open the file.
 */
export function kdumpPieces(contents: KdumpContents): Result<Iterable<FilePiece>> {
  const { frameCount } = contents;
  if (frameCount > MOST_FRAMES) {
    return fail('too-many-frames', `a kdump of ${frameCount} page frames`, { frameCount });
  }
  return ok({ [Symbol.iterator]: () => pieces(contents) });
}

function* pieces(contents: KdumpContents): Generator<FilePiece> {
  const { pageBytes, frames } = contents;
  const info = new TextEncoder().encode(contents.vmcoreinfo);
  const { bytes: subHeaderBytes } = layoutOf(contents);
  const subHeaderBlocks = Math.ceil((subHeaderBytes + info.length) / pageBytes);
  const bitmapBytes = Math.ceil(Math.ceil(contents.frameCount / 8) / pageBytes) * pageBytes;
  const bitmaps = (1 + subHeaderBlocks) * pageBytes;
  const descriptors = bitmaps + 2 * bitmapBytes;
  const table = new Uint8Array(frames.length * DESCRIPTOR_BYTES);
  yield* pages(contents, table, descriptors + table.length);
  yield { offset: descriptors, bytes: table };
  const held = new Set(frames);
  yield* bitmap(bitmaps, bitmapBytes, contents, contents.isMemory);
  yield* bitmap(bitmaps + bitmapBytes, bitmapBytes, contents, (frame) => held.has(frame));
  yield { offset: pageBytes, bytes: subHeader(contents, info) };
  const blocks = { subHeader: subHeaderBlocks, bitmaps: (2 * bitmapBytes) / pageBytes };
  yield { offset: 0, bytes: header(contents, blocks) };
}

/** Pages one after another, each with its descriptor put into the table. */
function* pages(contents: KdumpContents, table: Uint8Array, first: number): Generator<FilePiece> {
  const { frames, byteOrder } = contents;
  const view = new DataView(table.buffer);
  const little = byteOrder === 'little';
  let offset = first;
  let zeros: { readonly offset: number; readonly stored: StoredPage } | undefined;
  for (let i = 0; i < frames.length; i++) {
    const page = contents.page(frames[i] as number);
    const isZero = page.every((byte) => byte === 0);
    const stored = isZero && zeros !== undefined ? zeros.stored : storedPage(contents, page);
    const place = isZero && zeros !== undefined ? zeros.offset : offset;
    const at = i * DESCRIPTOR_BYTES;
    view.setBigUint64(at, BigInt(place), little);
    view.setUint32(at + SIZE_AT, stored.bytes.length, little);
    view.setUint32(at + FLAGS_AT, stored.flags, little);
    if (place !== offset) continue;
    if (isZero) zeros = { offset, stored };
    yield { offset, bytes: stored.bytes };
    offset += stored.bytes.length;
  }
}

interface StoredPage {
  readonly bytes: Uint8Array;
  readonly flags: number;
}

function storedPage({ compression }: KdumpContents, page: Uint8Array): StoredPage {
  const bytes = compression?.compress(page);
  if (compression === undefined || bytes === undefined || bytes.length >= page.length) {
    return { bytes: page, flags: 0 };
  }
  const flags = COMPRESSIONS.find(([, name]) => name === compression.name)?.[0] ?? 0;
  return { bytes, flags };
}

function* bitmap(
  offset: number,
  length: number,
  { frameCount }: KdumpContents,
  has: (frame: number) => boolean,
): Generator<FilePiece> {
  for (let done = 0; done < length; done += BITMAP_CHUNK) {
    const bytes = new Uint8Array(Math.min(BITMAP_CHUNK, length - done));
    const end = Math.min(frameCount, (done + bytes.length) * 8);
    for (let frame = done * 8; frame < end; frame++) {
      const at = (frame >> 3) - done;
      if (has(frame)) bytes[at] = (bytes[at] as number) | (1 << (frame & 7));
    }
    yield { offset: offset + done, bytes };
  }
}

/** Machines of 32 bits that have BTF align numbers of 64 bits to 8 bytes. */
const layoutOf = ({ wordBits }: KdumpContents) => LAYOUTS[wordBits === 64 ? 64 : '32-padded'];

function header(
  contents: KdumpContents,
  blocks: { readonly subHeader: number; readonly bitmaps: number },
): Uint8Array {
  const { byteOrder, wordBits, pageBytes, utsname, frameCount } = contents;
  const bytes = new Uint8Array(pageBytes);
  const view = new DataView(bytes.buffer);
  const little = byteOrder === 'little';
  const coder = new TextEncoder();
  coder.encodeInto(SIGNATURE, bytes);
  view.setUint32(VERSION_AT, NEWEST_VERSION, little);
  for (const name of ['release', 'version', 'machine'] as const) {
    const at = UTSNAME_AT[name];
    coder.encodeInto(utsname[name], bytes.subarray(at, at + UTSNAME_AT.bytes - 1));
  }
  const narrow = Math.min(frameCount, Number(WIDEST_NARROW));
  [0, pageBytes, blocks.subHeader, blocks.bitmaps, narrow].forEach((value, i) => {
    view.setUint32(STATUS_AT[wordBits] + 4 * i, value, little);
  });
  return bytes;
}

/** The sub header with VMCOREINFO behind it. */
function subHeader(contents: KdumpContents, info: Uint8Array): Uint8Array {
  const { byteOrder, wordBits, pageBytes, frameCount } = contents;
  const layout = layoutOf(contents);
  const bytes = new Uint8Array(layout.bytes + info.length);
  const view = new DataView(bytes.buffer);
  const little = byteOrder === 'little';
  const double = (at: number, value: number) => view.setBigUint64(at, BigInt(value), little);
  const levelAt = wordBits / 8;
  view.setUint32(levelAt, DUMP_LEVEL, little);
  double(layout.info, pageBytes + layout.bytes);
  if (wordBits === 64) double(layout.info + 8, info.length);
  else view.setUint32(layout.info + 8, info.length, little);
  double(layout.pfns + 8, frameCount);
  double(layout.pfns + 16, frameCount);
  bytes.set(info, layout.bytes);
  return bytes;
}
