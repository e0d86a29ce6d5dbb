import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { fail, ok, type Result } from '@pagewright/core';
import type { FilePiece } from '@pagewright/dump';

/**
 * Writes a file of pieces; it bears its name only when it is whole. Answers its bytes. Code
 * `cannot-write`.
 */
export function writePieces(path: string, pieces: Iterable<FilePiece>): Result<number> {
  const part = `${path}.part`;
  let descriptor: number | undefined;
  let end = 0;
  try {
    descriptor = openSync(part, 'w');
    for (const { offset, bytes } of pieces) {
      writeAll(descriptor, bytes, offset);
      end = Math.max(end, offset + bytes.length);
    }
    closeSync(descriptor);
    descriptor = undefined;
    renameSync(part, path);
    return ok(end);
  } catch (error) {
    // An error of the file system bears a code; what else is thrown is a mistake of ours.
    const { code, message } = error as NodeJS.ErrnoException;
    if (descriptor !== undefined) closeSync(descriptor);
    rmSync(part, { force: true });
    if (code === undefined) throw error;
    return fail('cannot-write', `${path}: ${message}`, { path });
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
  }
}

/** Why a new dump cannot bear this name: it would replace the dump, or a device. */
export function whyUnfit(output: string, dump: readonly string[]): string | undefined {
  const found = statSync(output, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) return 'is there and no regular file';
  const isDump = dump.some((path) => {
    const other = statSync(path, { throwIfNoEntry: false });
    return other?.ino === found.ino && other.dev === found.dev;
  });
  return isDump ? 'is the dump itself; give the new one another name' : undefined;
}
