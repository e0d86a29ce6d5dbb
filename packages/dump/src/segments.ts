import { fail, hex, ok, type PhysicalMemory, type Result } from '@pagewright/core';
import { type ByteSource, readBytes } from './bytes.js';
import type { Segment } from './elf.js';

/**
 * Physical memory over the segments of a file. A read that crosses from one segment into the next
 * is put together; where no segment continues, the whole read is refused with code `not-in-dump`.
 */
export function segmentMemory(source: ByteSource, segments: readonly Segment[]): PhysicalMemory {
  const sorted = [...segments].sort((a, b) => (a.physical < b.physical ? -1 : 1));
  const byteCount = sorted.reduce((sum, { length }) => sum + length, 0n);
  return { byteCount, read: (address, length) => readAcross(source, sorted, address, length) };
}

/** Memory that is one file from a base address on: a raw image. */
export const rawMemory = (source: ByteSource, base = 0n): PhysicalMemory =>
  segmentMemory(source, [{ physical: base, offset: 0n, length: source.byteCount }]);

function readAcross(
  source: ByteSource,
  sorted: readonly Segment[],
  address: bigint,
  length: number,
): Result<Uint8Array> {
  const first = segmentAt(sorted, address);
  if (first !== undefined && address + BigInt(length) <= first.physical + first.length) {
    return readBytes(source, first.offset + (address - first.physical), length);
  }
  const out = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const at = address + BigInt(done);
    const segment = segmentAt(sorted, at);
    if (segment === undefined) {
      return fail('not-in-dump', `physical ${hex(at)} is not in ${source.name}`, { address: at });
    }
    const left = segment.physical + segment.length - at;
    const take = left < BigInt(length - done) ? Number(left) : length - done;
    const piece = readBytes(source, segment.offset + (at - segment.physical), take);
    if (!piece.ok) return piece;
    out.set(piece.value, done);
    done += take;
  }
  return ok(out);
}

/** The segment that holds an address: the last that begins at or below it and reaches it. */
function segmentAt(sorted: readonly Segment[], address: bigint): Segment | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as Segment).physical <= address) low = middle + 1;
    else high = middle;
  }
  // Kernel-text segments of a vmcore overlap the direct map: look a few places back.
  for (let i = low - 1; i >= 0 && i >= low - OVERLAPS; i--) {
    const segment = sorted[i] as Segment;
    if (address < segment.physical + segment.length) return segment;
  }
  return undefined;
}

/** How many overlapping segments before an address are tried. */
const OVERLAPS = 8;
