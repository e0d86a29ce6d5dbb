import { deflateSync } from 'node:zlib';
import { compress } from 'snappyjs';
import type { Decompressors } from '../src/index.js';

/** The other way round, as small as it can be: for tests that make dumps. */
export const COMPRESSORS: Readonly<Record<keyof Decompressors, (page: Uint8Array) => Uint8Array>> =
  {
    zlib: (page) => new Uint8Array(deflateSync(page)),
    lzo: compressLzo,
    snappy: (page) => compress(page),
    zstd: compressZstd,
  };

/** LZO1X with the 16 KiB match form and literals alone. */
function compressLzo(page: Uint8Array): Uint8Array {
  const out: number[] = [];
  const seen = new Map<number, number>();
  let from = 0;
  let at = 0;
  /** A count beyond what its field holds: zero bytes of 255 each, then the rest (1 to 255). */
  const longer = (rest: number): void => {
    let left = rest;
    for (; left > 255; left -= 255) out.push(0);
    out.push(left);
  };
  const literals = (end: number): void => {
    const count = end - from;
    if (count === 0) return;
    if (out.length === 0 && count <= 238) out.push(count + 17);
    else if (count < 4) out[out.length - 2] = (out[out.length - 2] as number) | count;
    else if (count <= 18) out.push(count - 3);
    else {
      out.push(0);
      longer(count - 18);
    }
    out.push(...page.subarray(from, end));
  };
  while (at + 3 <= page.length) {
    const key = ((page[at] ?? 0) << 16) | ((page[at + 1] ?? 0) << 8) | (page[at + 2] ?? 0);
    const before = seen.get(key);
    seen.set(key, at);
    if (before === undefined || at - before > 1 << 14) {
      at++;
      continue;
    }
    let length = 3;
    while (at + length < page.length && page[before + length] === page[at + length]) length++;
    literals(at);
    if (length <= 33) out.push(32 + length - 2);
    else {
      out.push(32);
      longer(length - 33);
    }
    const distance = at - before - 1;
    out.push((distance & 63) << 2, distance >> 6);
    at += length;
    from = at;
  }
  literals(page.length);
  return Uint8Array.from([...out, 17, 0, 0]);
}

const ZSTD_MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** Single segment, content size in four bytes. */
const ZSTD_DESCRIPTOR = 0xa0;

/** A zstd frame: a raw block, then one that repeats the last byte of the page. */
function compressZstd(page: Uint8Array): Uint8Array {
  const last = page.at(-1) ?? 0;
  let end = page.length;
  while (end > 0 && page[end - 1] === last) end--;
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, page.length, true);
  const block = (isLast: boolean, type: number, length: number) => {
    const word = (isLast ? 1 : 0) | (type << 1) | (length << 3);
    return [word & 0xff, (word >> 8) & 0xff, word >> 16];
  };
  const raw = end === 0 ? [] : [...block(false, 0, end), ...page.subarray(0, end)];
  const run = [...block(true, 1, page.length - end), last];
  return Uint8Array.from([...ZSTD_MAGIC, ZSTD_DESCRIPTOR, ...size, ...raw, ...run]);
}
