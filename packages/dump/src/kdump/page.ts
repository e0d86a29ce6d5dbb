import { fail, hex, ok, type Result } from '@pagewright/core';
import { readBytes } from '../bytes.js';
import type { Decompressors } from '../decompress/decompressors.js';
import { Fields } from '../fields.js';
import type { KdumpFile } from './file.js';

/** struct page_desc (makedumpfile's diskdump_mod.h): offset, size, flags, page_flags. */
export const DESCRIPTOR_BYTES = 24;
export const SIZE_AT = 8;
export const FLAGS_AT = 12;

/** DUMP_DH_COMPRESSED_*: how the page's bytes are compressed. */
export const COMPRESSIONS: readonly (readonly [bit: number, name: keyof Decompressors])[] = [
  [0x1, 'zlib'],
  [0x2, 'lzo'],
  [0x4, 'snappy'],
  [0x20, 'zstd'],
];

/** Descriptors that fit between where they begin and the end of the file. */
export const descriptorCapacity = ({ source, descriptors }: KdumpFile): number =>
  Number((source.byteCount - descriptors) / BigInt(DESCRIPTOR_BYTES));

/**
 * The contents of a frame that the file holds. Codes: `truncated`, `bad-page` for a descriptor or
 * compressed bytes that cannot be, `no-decompressor`.
 */
export function readPage(
  file: KdumpFile,
  frame: number,
  decompressors: Partial<Decompressors>,
): Result<Uint8Array> {
  const { source, header, dumped } = file;
  const index = dumped.rank(frame) - dumped.rank(file.start);
  const at = file.descriptors + BigInt(index * DESCRIPTOR_BYTES);
  const descriptor = readBytes(source, at, DESCRIPTOR_BYTES);
  if (!descriptor.ok) return descriptor;
  const fields = new Fields(descriptor.value, header.byteOrder === 'little', header.wordBits);
  const offset = fields.double(0);
  const size = fields.full(SIZE_AT);
  const flags = fields.full(FLAGS_AT);
  const bad = (why: string) =>
    fail('bad-page', `${source.name}: frame ${hex(frame)}: ${why}`, { frame, offset, size, flags });
  if (offset === 0n) return bad('was not written, the dump is incomplete');
  if (size === 0 || size > header.blockSize) {
    return bad(`${size} bytes for a page of ${header.blockSize}`);
  }
  const stored = readBytes(source, offset, size);
  if (!stored.ok) return stored;
  const compression = COMPRESSIONS.find(([bit]) => (flags & bit) !== 0)?.[1];
  if (compression === undefined) {
    return size === header.blockSize ? stored : bad(`${size} bytes that are not compressed`);
  }
  const decompress = decompressors[compression];
  if (decompress === undefined) {
    return fail('no-decompressor', `${source.name}: pages are compressed with ${compression}`);
  }
  const page = decompress(stored.value, header.blockSize);
  return page?.length === header.blockSize ? ok(page) : bad(`damaged ${compression} data`);
}
