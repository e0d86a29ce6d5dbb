import type { FilePiece } from '@pagewright/dump';

/** The file that pieces make. */
export function fileOf(pieces: Iterable<FilePiece>): Uint8Array {
  const all = [...pieces];
  const end = all.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes.length), 0);
  const out = new Uint8Array(end);
  for (const { offset, bytes } of all) out.set(bytes, offset);
  return out;
}
