import { constants } from 'node:buffer';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { factsProblem } from '../vectors/facts-shape.js';
import type { Facts, VectorFile, VectorFolder } from '../vectors/folder.js';

const ROWS = /\.jsonl(\.gz)?$/;
const FACTS = 'facts.json';

/** A file or directory that cannot be read: missing, forbidden, cut off, or not what it should be. */
export class UnreadableVectors extends Error {
  constructor(
    readonly path: string,
    readonly why: string,
  ) {
    super(`${path}: ${why}`);
    this.name = 'UnreadableVectors';
  }
}

/** What the system says, in plain words. */
const SAYINGS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'a directory, not a file',
  EACCES: 'permission denied',
  ELOOP: 'a link that leads to itself',
  Z_BUF_ERROR: 'the compressed data end early',
  Z_DATA_ERROR: 'the compressed data are damaged',
  ERR_BUFFER_TOO_LARGE: 'more data than one text can hold',
  ERR_STRING_TOO_LONG: 'more data than one text can hold',
};

/** Does something with a path; what goes wrong becomes `UnreadableVectors`. */
function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new UnreadableVectors(path, SAYINGS[code] ?? message);
  }
}

/**
 * Folders of vectors below a directory, links followed: the directory itself when it holds rows or
 * `facts.json`, else each sub-directory that does. Files are read when their lines are asked for.
 * Throws `UnreadableVectors`, then or later.
 */
export function readVectorFolders(directory: string): VectorFolder[] {
  const own = readVectorFolder(directory);
  if (own !== undefined) return [own];
  return reading(directory, () => readdirSync(directory))
    .sort()
    .map((name) => join(directory, name))
    .filter((path) => entryAt(path)?.isDirectory() === true)
    .flatMap((path) => readVectorFolder(path) ?? []);
}

function readVectorFolder(directory: string): VectorFolder | undefined {
  const names = reading(directory, () => readdirSync(directory)).sort();
  const files = names.filter((name) => ROWS.test(name) && isFile(join(directory, name)));
  const hasFacts = names.includes(FACTS);
  if (files.length === 0 && !hasFacts) return undefined;
  const folder = { name: basename(directory), files: files.map((n) => rowFile(directory, n)) };
  return hasFacts ? { ...folder, facts: readFacts(join(directory, FACTS)) } : folder;
}

/** What lies at a path, links followed; undefined where a link leads nowhere. */
const entryAt = (path: string) => reading(path, () => statSync(path, { throwIfNoEntry: false }));

/** A link that leads nowhere counts: it is reported when its lines are asked for. */
const isFile = (path: string): boolean => entryAt(path)?.isFile() !== false;

function readFacts(path: string): Facts {
  const facts: unknown = reading(path, () => JSON.parse(readFileSync(path, 'utf8')));
  const problem = factsProblem(facts);
  if (problem === undefined) return facts as Facts;
  throw new UnreadableVectors(path, problem);
}

/** What is longer than a text may be is not unpacked to the end. */
const unpacked = (bytes: Buffer): Buffer =>
  gunzipSync(bytes, { maxOutputLength: constants.MAX_STRING_LENGTH });

/** One file of JSON lines, plain or gzip-compressed (by content, not by name). */
export function rowFile(directory: string, name: string): VectorFile {
  return {
    name,
    lines: () =>
      reading(join(directory, name), () => {
        const bytes = readFileSync(join(directory, name));
        const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? unpacked(bytes) : bytes;
        return text.toString('utf8').split('\n');
      }),
  };
}
