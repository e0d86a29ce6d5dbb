import { fail, hex, ok, type PhysicalMemory, type Result } from '@pagewright/core';
import { type ByteSource, readBytes } from './bytes.js';
import type { MemoryRange, Segment } from './elf.js';
import { lastIndex } from './last-index.js';

/**
 * Physical memory over the segments of a file. A read that crosses from one segment into the next
 * is put together; where no segment continues, the whole read is refused: code `excluded` in the
 * ranges that the file says were left out, else `not-in-dump`. `byteCount` is never more than the
 * file's own size, however often segments claim its bytes.
 */
export function segmentMemory(
  source: ByteSource,
  segments: readonly Segment[],
  excluded: readonly MemoryRange[] = [],
): PhysicalMemory {
  const pieces = withoutOverlap(segments);
  const covered = pieces.reduce((sum, { length }) => sum + length, 0n);
  const claimsMore = covered > source.byteCount;
  const byteCount = claimsMore ? source.byteCount : covered;
  const gaps = withoutOverlap(excluded.map((range) => ({ ...range, offset: 0n })));
  const missing = (address: bigint) =>
    pieceAt(gaps, address) === undefined
      ? fail('not-in-dump', `physical ${hex(address)} is not in ${source.name}`, { address })
      : fail('excluded', `physical ${hex(address)} was left out of ${source.name}`, { address });
  const read = (address: bigint, length: number) =>
    readAcross(source, pieces, missing, address, length);
  return { byteCount, read };
}

/** Memory that is one file from a base address on: a raw image. */
export const rawMemory = (source: ByteSource, base = 0n): PhysicalMemory =>
  segmentMemory(source, [{ physical: base, offset: 0n, length: source.byteCount }]);

/**
 * The segments by address, cut so that none overlaps. Kernel-text segments of a vmcore repeat
 * memory that the direct map's segments hold: whichever begins first answers.
 */
function withoutOverlap(segments: readonly Segment[]): readonly Segment[] {
  const sorted = [...segments].sort((a, b) =>
    a.physical < b.physical ? -1 : a.physical > b.physical ? 1 : 0,
  );
  const pieces: Segment[] = [];
  let covered = 0n;
  for (const { physical, offset, length } of sorted) {
    const end = physical + length;
    const start = physical > covered ? physical : covered;
    if (end <= start) continue;
    pieces.push({ physical: start, offset: offset + (start - physical), length: end - start });
    covered = end;
  }
  return pieces;
}

function readAcross(
  source: ByteSource,
  pieces: readonly Segment[],
  missing: (address: bigint) => Result<never>,
  address: bigint,
  length: number,
): Result<Uint8Array> {
  const first = pieceAt(pieces, address);
  if (first !== undefined && address + BigInt(length) <= first.physical + first.length) {
    return readBytes(source, first.offset + (address - first.physical), length);
  }
  const parts: Uint8Array[] = [];
  let done = 0;
  while (done < length) {
    const at = address + BigInt(done);
    const piece = pieceAt(pieces, at);
    if (piece === undefined) return missing(at);
    const left = piece.physical + piece.length - at;
    const take = left < BigInt(length - done) ? Number(left) : length - done;
    const part = readBytes(source, piece.offset + (at - piece.physical), take);
    if (!part.ok) return part;
    parts.push(part.value.slice());
    done += take;
  }
  return ok(joined(parts, length));
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The piece that holds an address, if any. */
function pieceAt(pieces: readonly Segment[], address: bigint): Segment | undefined {
  const piece = pieces[lastIndex(pieces.length, (i) => (pieces[i] as Segment).physical <= address)];
  return piece !== undefined && address < piece.physical + piece.length ? piece : undefined;
}
