import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fail, ok, type Result } from '@pagewright/core';
import { isZstd, zstdContentSize } from '../decompress/zstd-content-size.js';
import { nodeDecompressors } from './decompress.js';

/** Longest content that is unpacked: no kernel's types come near it. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * The bytes of a file, which may be compressed with gzip or zstd. Codes: `unreadable-file`,
 * `bad-compression` for what cannot be unpacked or is too long.
 */
export async function uncompressedFile(path: string): Promise<Result<Uint8Array>> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(readFileSync(path));
  } catch (error) {
    return fail('unreadable-file', `${path}: ${(error as Error).message}`);
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipped(path, bytes);
  return isZstd(bytes) ? unpackedZstd(path, bytes) : ok(bytes);
}

async function unpackedZstd(path: string, bytes: Uint8Array): Promise<Result<Uint8Array>> {
  const size = zstdContentSize(bytes);
  if (size === undefined) {
    return fail(
      'bad-compression',
      `${path}: zstd without the size of its content; unpack it first`,
    );
  }
  if (size > MOST_BYTES) {
    return fail('bad-compression', `${path}: would unpack to more than ${MOST_BYTES} bytes`);
  }
  const content = (await nodeDecompressors()).zstd(bytes, size);
  return content?.length !== size
    ? fail('bad-compression', `${path}: does not unpack as zstd`)
    : ok(content);
}

function gunzipped(path: string, bytes: Uint8Array): Result<Uint8Array> {
  try {
    return ok(new Uint8Array(gunzipSync(bytes, { maxOutputLength: MOST_BYTES })));
  } catch (error) {
    return fail(
      'bad-compression',
      `${path}: does not unpack as gzip (${(error as Error).message})`,
    );
  }
}
