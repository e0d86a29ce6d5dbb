import { uncompress } from 'snappyjs';
import { ZSTDDecoder } from 'zstddec';
import type { Decompress, Decompressors } from './decompressors.js';
import { decompressLzo } from './lzo.js';

/**
 * All decompressors around one for zlib, which the platform supplies. Asynchronous because zstd's
 * is WebAssembly; what comes back is synchronous.
 */
export async function loadDecompressors(zlib: Decompress): Promise<Decompressors> {
  const zstd = new ZSTDDecoder();
  await zstd.init();
  return {
    zlib: orUndefined(zlib),
    lzo: decompressLzo,
    // A plain view: snappyjs asks what it is given for its kind, and a Buffer says another.
    snappy: orUndefined((data, size) => uncompress(new Uint8Array(data), size)),
    zstd: orUndefined((data, size) => zstd.decode(data, size)),
  };
}

/** Libraries throw at data that is not theirs; to us that is an answer. */
const orUndefined =
  (decompress: Decompress): Decompress =>
  (compressed, size) => {
    try {
      return decompress(compressed, size);
    } catch {
      return undefined;
    }
  };
