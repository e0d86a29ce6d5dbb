import { inflateSync } from 'node:zlib';
import type { Decompressors } from '../decompress/decompressors.js';
import { loadDecompressors } from '../decompress/load.js';

/** The decompressors of kdump pages, with Node's zlib. */
export const nodeDecompressors = (): Promise<Decompressors> =>
  loadDecompressors((compressed, size) => {
    const { buffer, byteOffset, length } = inflateSync(compressed, { maxOutputLength: size });
    return new Uint8Array(buffer, byteOffset, length);
  });
