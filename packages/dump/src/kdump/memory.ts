import { fail, hex, ok, type PhysicalMemory, type Result } from '@pagewright/core';
import type { Decompressors } from '../decompress/decompressors.js';
import type { KdumpFile } from './file.js';
import { descriptorCapacity, readPage } from './page.js';

/** Decompressed pages that stay in memory, in bytes. */
const CACHE_BYTES = 1 << 24;

/**
 * Physical memory of a kdump. Codes of a read: `excluded` for memory that makedumpfile left out on
 * purpose, `not-in-dump` for what is no memory or lies in a part that was not given, and those of
 * `readPage`.
 */
export function kdumpMemory(
  files: readonly KdumpFile[],
  decompressors: Partial<Decompressors>,
): PhysicalMemory {
  const first = files[0] as KdumpFile;
  const { blockSize } = first.header;
  const pageAt = cachedPages(files, decompressors);
  const shift = BigInt(Math.log2(blockSize));
  const mask = BigInt(blockSize - 1);
  let held: bigint | undefined;
  return {
    /** Pages that the bitmap says are here, and no more than there are descriptors for. */
    get byteCount() {
      held ??= BigInt(files.reduce((sum, file) => sum + pagesIn(file), 0)) * BigInt(blockSize);
      return held;
    },
    read: (address, length) => {
      const within = Number(address & mask);
      const frame = Number(address >> shift);
      const page = pageAt(frame);
      if (!page.ok) return page;
      if (within + length <= blockSize) return ok(page.value.subarray(within, within + length));
      return readAcross(pageAt, frame, within, length, blockSize);
    },
  };
}

function pagesIn(file: KdumpFile): number {
  const claimed = file.dumped.rank(file.end) - file.dumped.rank(file.start);
  return Math.max(0, Math.min(claimed, descriptorCapacity(file)));
}

/** Every page is looked at before its bytes are copied, so that `length` costs what is there. */
function readAcross(
  pageAt: (frame: number) => Result<Uint8Array>,
  first: number,
  within: number,
  length: number,
  blockSize: number,
): Result<Uint8Array> {
  const parts: Uint8Array[] = [];
  let skip = within;
  for (let frame = first, left = length; left > 0; frame++) {
    const page = pageAt(frame);
    if (!page.ok) return page;
    const part = page.value.slice(skip, skip + left);
    parts.push(part);
    left -= part.length;
    skip = 0;
  }
  const out = new Uint8Array(length);
  let at = -within;
  for (const part of parts) {
    out.set(part, Math.max(at, 0));
    at += blockSize;
  }
  return ok(out);
}

/** Pages by frame; the most recently used stay in memory. */
function cachedPages(
  files: readonly KdumpFile[],
  decompressors: Partial<Decompressors>,
): (frame: number) => Result<Uint8Array> {
  const first = files[0] as KdumpFile;
  const { blockSize } = first.header;
  const most = CACHE_BYTES / blockSize;
  const cache = new Map<number, Uint8Array>();
  /** The page of the read before: mostly the one that is asked for again. */
  let latest = -1;
  let answer: Result<Uint8Array> | undefined;
  const find = (frame: number): Result<Uint8Array> => {
    const cached = cache.get(frame);
    if (cached !== undefined) {
      cache.delete(frame);
      cache.set(frame, cached);
      return ok(cached);
    }
    const file = holder(files, frame);
    if (!file.ok) return file;
    const page = readPage(file.value, frame, decompressors);
    if (!page.ok) return page;
    // A copy: a page that is stored as it is may be a view of the source's own cache. The buffer
    // is that of the page used longest ago, once there are enough.
    const oldest = cache.size >= most ? cache.keys().next().value : undefined;
    const kept = (oldest !== undefined && cache.get(oldest)) || new Uint8Array(blockSize);
    if (oldest !== undefined) cache.delete(oldest);
    kept.set(page.value);
    cache.set(frame, kept);
    return ok(kept);
  };
  return (frame) => {
    if (frame !== latest || answer === undefined) {
      answer = find(frame);
      latest = frame;
    }
    return answer;
  };
}

/** The file that has a frame's contents; every part of a split dump has the whole bitmaps. */
function holder(files: readonly KdumpFile[], frame: number): Result<KdumpFile> {
  const first = files[0] as KdumpFile;
  const address = BigInt(frame) * BigInt(first.header.blockSize);
  const problem = (code: string, why: string) =>
    fail(code, `physical ${hex(address)} ${why} ${first.source.name}`, { address });
  if (!first.dumped.has(frame)) {
    return first.memory.has(frame)
      ? problem('excluded', 'was left out of')
      : problem('not-in-dump', 'is not in');
  }
  const file = files.find(({ start, end }) => frame >= start && frame < end);
  return file === undefined
    ? problem('not-in-dump', 'is in a part that was not given of the split dump')
    : ok(file);
}
