/** Bytes of the size field by the frame header's flag; one more form without it. */
const SIZE_FIELD = [0, 2, 4, 8] as const;
const DICTIONARY_FIELD = [0, 1, 2, 4] as const;
const MAGIC = 0xfd2fb528;

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The bytes begin as a zstd frame does (RFC 8878, 3.1.1). */
export const isZstd = (bytes: Uint8Array): boolean =>
  bytes.length >= 5 && viewOf(bytes).getUint32(0, true) === MAGIC;

/**
 * How long the content of a zstd frame says it is (RFC 8878, 3.1.1.1); undefined when it does not
 * say.
 */
export function zstdContentSize(frame: Uint8Array): number | undefined {
  const view = viewOf(frame);
  const descriptor = view.getUint8(4);
  const single = (descriptor & 0x20) !== 0;
  const flag = descriptor >> 6;
  const bytes = flag === 0 && single ? 1 : (SIZE_FIELD[flag] as number);
  const at = 5 + (single ? 0 : 1) + (DICTIONARY_FIELD[descriptor & 3] as number);
  if (bytes === 0 || at + bytes > frame.length) return undefined;
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
