/** Distances of the three match forms begin beyond these (LZO1X stream format). */
const M2_REACH = 0x800;
const M4_REACH = 0x4000;

/**
 * LZO1X, as makedumpfile's `-l` writes it (described in the kernel's Documentation/staging/lzo.rst,
 * bitstream version 0). Every read and every copy is held against its buffer.
 *
 * @returns the decompressed bytes, or `undefined` for a stream that is damaged, has no end mark or
 *   yields more than `size` bytes
 */
export function decompressLzo(input: Uint8Array, size: number): Uint8Array | undefined {
  const out = new Uint8Array(size);
  let from = 0;
  let to = 0;
  /** How many literals (0 to 3, 4 for more) the instruction before ended with. */
  let state = 0;

  const literals = (count: number): boolean => {
    if (from + count > input.length || to + count > size) return false;
    for (let i = 0; i < count; i++) out[to + i] = input[from + i] as number;
    from += count;
    to += count;
    return true;
  };
  const match = (distance: number, count: number): boolean => {
    if (distance > to || to + count > size) return false;
    for (const end = to + count; to < end; to++) out[to] = out[to - distance] as number;
    return true;
  };
  /** A length whose field is zero goes on in the next bytes: 255 for each zero byte. */
  const longer = (base: number): number => {
    let length = base;
    while (from < input.length && input[from] === 0) {
      length += 255;
      from++;
    }
    return length + (input[from++] ?? 0);
  };

  const first = input[0] ?? 0;
  if (first > 17) {
    from = 1;
    state = first < 21 ? first - 17 : 4;
    if (!literals(first - 17)) return undefined;
  }
  while (from < input.length) {
    const code = input[from++] as number;
    if (code < 16 && state === 0) {
      if (!literals(3 + (code !== 0 ? code : longer(15)))) return undefined;
      state = 4;
      continue;
    }
    let distance: number;
    let length: number;
    let trailing = code & 3;
    if (code >= 64) {
      distance = ((input[from++] ?? 0) << 3) + ((code >> 2) & 7) + 1;
      length = (code >> 5) + 1;
    } else if (code < 16) {
      distance = ((input[from++] ?? 0) << 2) + (code >> 2) + (state === 4 ? M2_REACH : 0) + 1;
      length = state === 4 ? 3 : 2;
    } else {
      const mask = code >= 32 ? 31 : 7;
      length = 2 + ((code & mask) !== 0 ? code & mask : longer(mask));
      const low = input[from++] ?? 0;
      const high = input[from++] ?? 0;
      distance = (high << 6) + (low >> 2);
      trailing = low & 3;
      if (code >= 32) distance += 1;
      else {
        distance += (code & 8) << 11;
        if (distance === 0)
          return length === 3 && from === input.length ? out.subarray(0, to) : undefined;
        distance += M4_REACH;
      }
    }
    if (from > input.length || !match(distance, length) || !literals(trailing)) return undefined;
    state = trailing;
  }
  return undefined;
}
