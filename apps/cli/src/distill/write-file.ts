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

/** True when both names lead to one file. */
export function isSameFile(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => statSync(path, { throwIfNoEntry: false }));
  return one !== undefined && one.ino === other?.ino && one.dev === other.dev;
}
