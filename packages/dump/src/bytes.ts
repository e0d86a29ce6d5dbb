import { fail, ok, type Result } from '@pagewright/core';

/** Random access to the bytes of a dump file, whatever holds them. */
export interface ByteSource {
  /** What messages call it, a file name usually. */
  readonly name: string;
  readonly byteCount: bigint;
  /**
   * Exactly `length` bytes from `offset`; the caller stays inside `byteCount` (see `readBytes`). The
   * result may be a view of a cache that the next call overwrites.
   */
  read(offset: bigint, length: number): Uint8Array;
}

/** A source over bytes in memory. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    byteCount: BigInt(bytes.length),
    read: (offset, length) => bytes.subarray(Number(offset), Number(offset) + length),
  };
}

/** Reads within the file; code `truncated` where it is shorter than its headers say. */
export function readBytes(source: ByteSource, offset: bigint, length: number): Result<Uint8Array> {
  if (offset + BigInt(length) <= source.byteCount) return ok(source.read(offset, length));
  return fail(
    'truncated',
    `${source.name} ends at byte ${source.byteCount}, ${length} bytes are needed at ${offset}`,
    { offset, length, byteCount: source.byteCount },
  );
}
