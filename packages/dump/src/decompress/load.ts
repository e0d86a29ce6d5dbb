import type { Decompress, Decompressors } from './decompressors.js';
import { decompressLzo } from './lzo.js';
import { decompressSnappy } from './snappy.js';

/**
 * All decompressors around one for zlib, which the platform supplies. Asynchronous because zstd's
 * is WebAssembly, loaded only here; what comes back is synchronous.
 */
export async function loadDecompressors(zlib: Decompress): Promise<Decompressors> {
  const { ZSTDDecoder } = await import('zstddec');
  const zstd = new ZSTDDecoder();
  await zstd.init();
  return {
    zlib: orUndefined(zlib),
    lzo: decompressLzo,
    snappy: decompressSnappy,
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
