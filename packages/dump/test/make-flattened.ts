/** A piece of the file that a flattened one stands for. */
export interface MadeChunk {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** A flattened file of chunks in this order. */
export function makeFlattened(chunks: readonly MadeChunk[], withEnd = true): Uint8Array {
  const total = chunks.reduce((sum, { bytes }) => sum + 16 + bytes.length, 4096 + 16);
  const out = new Uint8Array(withEnd ? total : total - 16);
  const view = new DataView(out.buffer);
  out.set(new TextEncoder().encode('makedumpfile'));
  view.setBigInt64(16, 1n);
  view.setBigInt64(24, 1n);
  let at = 4096;
  for (const { start, bytes } of chunks) {
    view.setBigInt64(at, BigInt(start));
    view.setBigInt64(at + 8, BigInt(bytes.length));
    out.set(bytes, at + 16);
    at += 16 + bytes.length;
  }
  if (withEnd) {
    view.setBigInt64(at, -1n);
    view.setBigInt64(at + 8, -1n);
  }
  return out;
}

/** A file cut into chunks of one size. */
export function inChunks(bytes: Uint8Array, size: number): MadeChunk[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, i) => ({
    start: i * size,
    bytes: bytes.subarray(i * size, (i + 1) * size),
  }));
}
