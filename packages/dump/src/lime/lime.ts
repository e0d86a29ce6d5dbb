import { fail, hex, ok, type Result } from '@pagewright/core';
import { type ByteSource, readBytes } from '../bytes.js';
import type { Segment } from '../elf.js';
import { Fields } from '../fields.js';

const MAGIC = 0x4c69_4d45;
const HEADER_BYTES = 32;
/** More ranges than any machine's memory map has. */
const MOST_RANGES = 1 << 20;

/** What a LiME file says about itself. */
export interface LimeHeader {
  readonly byteOrder: 'little' | 'big';
  readonly segments: readonly Segment[];
}

/** The byte order in which a file has LiME's magic number, if it has. */
export function limeByteOrder(source: ByteSource): 'little' | 'big' | undefined {
  if (source.byteCount < BigInt(HEADER_BYTES)) return undefined;
  const bytes = source.read(0n, 4);
  if (new Fields(bytes, true, 64).full(0) === MAGIC) return 'little';
  return new Fields(bytes, false, 64).full(0) === MAGIC ? 'big' : undefined;
}

/**
 * Reads LiME's range headers (lime_mem_range_header in LiME's doc/README: magic, version, first and
 * last address, 8 bytes reserved), each followed by its memory. Codes: `bad-lime`, `truncated`.
 */
export function readLime(source: ByteSource, byteOrder: 'little' | 'big'): Result<LimeHeader> {
  const segments: Segment[] = [];
  let at = 0n;
  while (at < source.byteCount) {
    const head = readBytes(source, at, HEADER_BYTES);
    if (!head.ok) return head;
    const fields = new Fields(head.value, byteOrder === 'little', 64);
    const [magic, version] = [fields.full(0), fields.full(4)];
    const [first, last] = [fields.double(8), fields.double(16)];
    if (magic !== MAGIC || version !== 1 || last < first || segments.length === MOST_RANGES) {
      const what = `magic ${hex(BigInt(magic))}, version ${version}, ${hex(first)} to ${hex(last)}`;
      return fail('bad-lime', `${source.name}: no range header at byte ${at}: ${what}`);
    }
    const length = last - first + 1n;
    const offset = at + BigInt(HEADER_BYTES);
    if (offset + length > source.byteCount) {
      return fail(
        'truncated',
        `${source.name}: memory at ${hex(first)} needs bytes up to ${offset + length}, the file has ${source.byteCount}`,
        { physical: first, length },
      );
    }
    segments.push({ physical: first, offset, length });
    at = offset + length;
  }
  return ok({ byteOrder, segments });
}
