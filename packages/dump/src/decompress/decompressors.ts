/**
 * Decompresses one page.
 *
 * @returns the bytes, which should be `size` many; `undefined` for data that is not of this form or
 *   wants more than `size` bytes. Never throws, never allocates beyond `size`.
 */
export type Decompress = (compressed: Uint8Array, size: number) => Uint8Array | undefined;

/** The compressions that a kdump's page can have (makedumpfile's and QEMU's page flags). */
export interface Decompressors {
  readonly zlib: Decompress;
  readonly lzo: Decompress;
  readonly snappy: Decompress;
  readonly zstd: Decompress;
}
