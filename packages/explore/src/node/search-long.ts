import { setImmediate } from 'node:timers/promises';
import { ok, type Result } from '@pagewright/core';
import type { SearchResult } from '../search/result.js';
import type { Search } from '../search/search.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { type Helpers, Threads } from './threads.js';

/** How to go about a search that takes long. */
export interface LongSearchOptions {
  /** Threads that help this one; the search's table must be a shared one. */
  readonly helpers?: Helpers;
  /** Where to leave checkpoints: now and then, and at the end of a search that is not finished. */
  readonly checkpoint?: { readonly file: string; readonly seconds: number };
  /** A checkpoint to go on from. */
  readonly resume?: string;
}

/**
 * Searches to the end or to a limit, and lets signals in after every turn. With any number of threads,
 * and however often it was stopped and went on, what it finds is the same. Codes: those of
 * `readCheckpoint` and `writeCheckpoint`.
 */
export async function searchLong(
  search: Search,
  { helpers, checkpoint, resume }: LongSearchOptions = {},
): Promise<Result<SearchResult>> {
  if (resume !== undefined) {
    const read = readCheckpoint(search, resume);
    if (!read.ok) return read;
  }
  const turns = search.turns();
  let step = turns.next();
  const threads = helpers === undefined || step.done ? undefined : new Threads(search, helpers);
  let saved = performance.now();
  try {
    while (!step.done) {
      const round = await (threads?.expand(step.value) ?? search.hand.expandAll(step.value));
      step = turns.next(round);
      if (checkpoint !== undefined && performance.now() - saved > 1000 * checkpoint.seconds) {
        const written = writeCheckpoint(search, checkpoint.file);
        if (!written.ok) return written;
        saved = performance.now();
      }
      await setImmediate();
    }
  } finally {
    await threads?.close();
  }
  if (checkpoint !== undefined && !step.value.finished) {
    const written = writeCheckpoint(search, checkpoint.file);
    if (!written.ok) return written;
  }
  return ok(step.value);
}
