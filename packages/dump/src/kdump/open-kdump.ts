import { fail, ok, type Result } from '@pagewright/core';
import type { ByteSource } from '../bytes.js';
import { type KdumpFile, readKdumpFile } from './file.js';

/**
 * The files of a kdump in order of the frames they hold. Codes: those of `readKdumpFile`;
 * `bad-split` for files that are no parts of one dump.
 */
export function readKdumpFiles(sources: readonly ByteSource[]): Result<readonly KdumpFile[]> {
  const files: KdumpFile[] = [];
  for (const source of sources) {
    const file = readKdumpFile(source);
    if (!file.ok) return file;
    files.push(file.value);
  }
  files.sort((a, b) => a.start - b.start);
  for (let i = 1; i < files.length; i++) {
    const [before, file] = [files[i - 1] as KdumpFile, files[i] as KdumpFile];
    const why = mismatch(before, file);
    if (why !== undefined) {
      const names = `${before.source.name} and ${file.source.name}`;
      return fail('bad-split', `${names} are not parts of one split dump: ${why}`);
    }
  }
  return ok(files);
}

function mismatch(before: KdumpFile, file: KdumpFile): string | undefined {
  const [a, b] = [before.header, file.header];
  if (before.subHeader.split === undefined || file.subHeader.split === undefined) {
    return 'one of them is whole by itself';
  }
  if (a.blockSize !== b.blockSize) return `blocks of ${a.blockSize} and of ${b.blockSize} bytes`;
  if (a.byteOrder !== b.byteOrder || a.wordBits !== b.wordBits) return 'other machines';
  if (before.subHeader.maxMapnr !== file.subHeader.maxMapnr) return 'other numbers of frames';
  if (before.end > file.start) return `both hold frame ${file.start}`;
  return undefined;
}
