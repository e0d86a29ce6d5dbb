import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { VectorFile, VectorFolder } from '@pagewright/conformance';
import { readVectorFolders, UnreadableVectors } from '@pagewright/conformance/node';
import { fail, ok, type Result } from '@pagewright/core';
import { fixturesFolder } from '../fixtures.js';

/** What is compared with, and where it came from. */
export interface Recorded {
  readonly vectors: readonly VectorFolder[];
  /** Files of decisions; undefined when they were not asked for. */
  readonly decisions?: readonly VectorFile[];
}

/**
 * The folders that were named, or what `fixtures/` holds when none was; its decisions only when
 * `decided`. Codes: `unreadable`, `no-vectors` for a directory that holds none.
 */
export function readRecorded(
  golden: string | undefined,
  decisions: string | undefined,
  decided: boolean,
): Result<Recorded> {
  return unreadableAsProblem(() => {
    if (golden === undefined && decisions === undefined) {
      return ok(ofFixtures(fixturesFolder(), decided));
    }
    const vectors = golden === undefined ? [] : readVectorFolders(golden);
    if (golden !== undefined && vectors.length === 0) return holdsNone(golden, 'vectors');
    if (decisions === undefined) return ok({ vectors });
    const files = decisionFiles(decisions);
    if (files.length === 0) return holdsNone(decisions, 'decisions');
    return ok({ vectors, decisions: files });
  });
}

/** Runs something that reads recorded files; what cannot be read becomes code `unreadable`. */
export function unreadableAsProblem<T>(read: () => Result<T>): Result<T> {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UnreadableVectors)) throw error;
    return fail('unreadable', error.message, { path: error.path });
  }
}

function ofFixtures(fixtures: string | undefined, decided: boolean): Recorded {
  if (fixtures === undefined) return { vectors: [] };
  const golden = readdirSync(fixtures).filter((name) => name.startsWith('golden'));
  const vectors = golden.sort().flatMap((name) => readVectorFolders(join(fixtures, name)));
  return decided ? { vectors, decisions: decisionFiles(join(fixtures, 'decisions')) } : { vectors };
}

const decisionFiles = (directory: string): readonly VectorFile[] =>
  readVectorFolders(directory).flatMap(({ files }) => files);

const holdsNone = (directory: string, what: string): Result<never> =>
  fail('no-vectors', `${directory}: holds no ${what} (*.jsonl or *.jsonl.gz)`, { directory });
