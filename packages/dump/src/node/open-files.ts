import { ok, type Result } from '@pagewright/core';
import type { Decompressors } from '../decompress/decompressors.js';
import { type Dump, type OpenOptions, openDump } from '../open.js';
import { nodeDecompressors } from './decompress.js';
import { type FileSource, openFile } from './file-source.js';

/** A dump on disk; `close` its files when done. */
export interface OpenedDump extends Dump {
  close(): void;
}

/**
 * Opens dump files by path (several for a split kdump), with all decompressors. Codes: those of
 * `openFile` and `openDump`.
 */
export async function openDumpFiles(
  paths: readonly string[],
  options: Omit<OpenOptions, 'decompressors'> = {},
): Promise<Result<OpenedDump>> {
  const files: FileSource[] = [];
  const close = () => {
    for (const file of files) file.close();
  };
  for (const path of paths) {
    const file = openFile(path);
    if (!file.ok) {
      close();
      return file;
    }
    files.push(file.value);
  }
  const decompressors: Partial<Decompressors> = {};
  const dump = openDump(files, { ...options, decompressors });
  if (!dump.ok) {
    close();
    return dump;
  }
  // Loading them takes longer than opening an ELF core, which needs none.
  if (dump.value.container === 'kdump') Object.assign(decompressors, await nodeDecompressors());
  return ok({ ...dump.value, close });
}
