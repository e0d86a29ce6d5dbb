/** Longest preamble: 32 bits in groups of seven. */
const MOST_LENGTH_BYTES = 5;

/**
 * Snappy (the format_description.txt of google/snappy), as makedumpfile's `-p` writes it. Our own
 * because the libraries trust lengths: a literal of 2^31 bytes sends `snappyjs` 0.7 backwards through
 * its input without end. Here every tag moves forward, and every copy is held against its buffer.
 *
 * @returns the decompressed bytes, or `undefined` for a stream that is damaged, does not yield what
 *   its preamble says or says more than `size` bytes
 */
export function decompressSnappy(input: Uint8Array, size: number): Uint8Array | undefined {
  let from = 0;
  /** A little-endian number of the next bytes; the caller checks that they were there. */
  const little = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) value += (input[from++] ?? 0) * 256 ** i;
    return value;
  };

  let length = 0;
  for (let i = 0, more = true; more; i++) {
    const byte = input[from++];
    if (byte === undefined || i === MOST_LENGTH_BYTES) return undefined;
    length += (byte & 0x7f) * 128 ** i;
    more = byte >= 0x80;
  }
  if (length > size) return undefined;

  const out = new Uint8Array(length);
  let to = 0;
  while (from < input.length) {
    const tag = input[from++] as number;
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const count = (short < 60 ? short : little(short - 59)) + 1;
      if (from + count > input.length || to + count > length) return undefined;
      for (const end = to + count; to < end; to++) out[to] = input[from++] as number;
      continue;
    }
    const count = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = kind === 1 ? ((tag >> 5) << 8) + little(1) : little(kind === 2 ? 2 : 4);
    if (from > input.length || offset === 0 || offset > to || to + count > length) return undefined;
    for (const end = to + count; to < end; to++) out[to] = out[to - offset] as number;
  }
  return to === length ? out : undefined;
}
