import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { fail, ok, type Result } from '@pagewright/core';
import type { ByteSource } from '../bytes.js';

/** Bytes of one cached block, and how many blocks stay in memory (4 MiB in all). */
const BLOCK = 1 << 16;
const BLOCKS = 64;

/** A dump file held open; `close` it when done. */
export interface FileSource extends ByteSource {
  close(): void;
}

/**
 * Opens a file for random access through a small block cache, so that a large dump costs no more
 * memory than a small one. Codes: `no-such-file`, `not-a-file` (a pipe cannot be read at random).
 */
export function openFile(path: string): Result<FileSource> {
  let descriptor: number;
  try {
    // Without O_NONBLOCK, opening a pipe would wait for somebody to write to it.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return fail('no-such-file', `${path}: cannot be opened (${code})`, { path });
  }
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) {
    closeSync(descriptor);
    const advice = 'not a regular file; a dump is read at random, so store it in a file first';
    return fail('not-a-file', `${path}: ${advice}`, { path });
  }
  return ok(fileSource(path, descriptor, stat.size));
}

function fileSource(name: string, descriptor: number, size: number): FileSource {
  const cache = new Map<number, Uint8Array>();
  const block = (index: number): Uint8Array => {
    const cached = cache.get(index);
    if (cached !== undefined) {
      cache.delete(index);
      cache.set(index, cached);
      return cached;
    }
    const oldest = cache.size >= BLOCKS ? cache.keys().next().value : undefined;
    const buffer = (oldest !== undefined && cache.get(oldest)) || new Uint8Array(BLOCK);
    if (oldest !== undefined) cache.delete(oldest);
    readFully(descriptor, buffer, index * BLOCK, Math.min(BLOCK, size - index * BLOCK));
    cache.set(index, buffer);
    return buffer;
  };
  return {
    name,
    byteCount: BigInt(size),
    close: () => closeSync(descriptor),
    read: (offset, length) => {
      const start = Number(offset);
      const index = Math.floor(start / BLOCK);
      const within = start - index * BLOCK;
      if (within + length <= BLOCK) return block(index).subarray(within, within + length);
      const out = new Uint8Array(length);
      readFully(descriptor, out, start, length);
      return out;
    },
  };
}

/** Reads exactly `length` bytes; a file that shrank meanwhile leaves zeros, as `truncate` does. */
function readFully(descriptor: number, into: Uint8Array, position: number, length: number): void {
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, into, done, length - done, position + done);
    if (count === 0) break;
    done += count;
  }
  into.fill(0, done);
}
