/** A LiME file of ranges by first physical address. */
export function makeLime(
  ranges: readonly { readonly physical: bigint; readonly bytes: Uint8Array }[],
  byteOrder: 'little' | 'big' = 'little',
): Uint8Array {
  const little = byteOrder === 'little';
  const total = ranges.reduce((sum, { bytes }) => sum + 32 + bytes.length, 0);
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const { physical, bytes } of ranges) {
    view.setUint32(at, 0x4c694d45, little);
    view.setUint32(at + 4, 1, little);
    view.setBigUint64(at + 8, physical, little);
    view.setBigUint64(at + 16, physical + BigInt(bytes.length) - 1n, little);
    out.set(bytes, at + 32);
    at += 32 + bytes.length;
  }
  return out;
}
