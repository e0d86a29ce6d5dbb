import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Facts, VectorFile, VectorFolder } from '../vectors/folder.js';

const ROWS = /\.jsonl(\.gz)?$/;

/**
 * Folders of vectors below a directory, links followed: the directory itself when it holds rows or
 * `facts.json`, else each sub-directory that does. Files are read when their lines are asked for.
 */
export function readVectorFolders(directory: string): VectorFolder[] {
  const own = readVectorFolder(directory);
  if (own !== undefined) return [own];
  return readdirSync(directory)
    .sort()
    .map((name) => join(directory, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    .flatMap((path) => readVectorFolder(path) ?? []);
}

function readVectorFolder(directory: string): VectorFolder | undefined {
  const files = readdirSync(directory)
    .sort()
    .filter((name) => ROWS.test(name) && statSync(join(directory, name)).isFile());
  const facts = join(directory, 'facts.json');
  if (files.length === 0 && !existsSync(facts)) return undefined;
  const folder = { name: basename(directory), files: files.map((n) => rowFile(directory, n)) };
  return existsSync(facts)
    ? { ...folder, facts: JSON.parse(readFileSync(facts, 'utf8')) as Facts }
    : folder;
}

/** One file of JSON lines, plain or gzip-compressed (by content, not by name). */
export function rowFile(directory: string, name: string): VectorFile {
  return {
    name,
    lines: () => {
      const bytes = readFileSync(join(directory, name));
      const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
      return text.toString('utf8').split('\n');
    },
  };
}
