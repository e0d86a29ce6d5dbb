import { closeSync, fstatSync, openSync } from 'node:fs';
import { fail, ok, type Result } from '@pagewright/core';
import { Key } from '../key.js';
import type { LeastWay } from '../search/findings.js';
import type { Search, SearchPlace } from '../search/search.js';
import { FULL } from '../table.js';
import { DamagedFile, HashedReader, HashedWriter } from './hashed-file.js';
import { identityOf, type SearchIdentity } from './identity.js';

/** First line of a checkpoint: what it is, and the version of its form. */
const HEAD = new TextEncoder().encode('pagewright explore checkpoint 1\n');
const MOST_HEADER = 2 ** 24;

/** What stands before the states. */
interface Header {
  readonly of: SearchIdentity;
  readonly states: number;
  readonly place: SearchPlace;
  readonly findings: {
    readonly violations: readonly (readonly [string, LeastWay])[];
    readonly reached: readonly (readonly [string, number])[];
    readonly ends: readonly (readonly [string, number])[];
    readonly ended: number;
    readonly transitions: number;
  };
}

/**
 * Writes where a search is between two turns: a header in JSON, then of each state in order its
 * parent (as the step from that of the state before), action and bytes. The same for any number of
 * threads. What stood in the file before is replaced when all is written. Code: `cannot-write`.
 */
export function writeCheckpoint(search: Search, path: string): Result<void> {
  const { table, findings, place } = search;
  const { violations, reached, ends, ended, transitions } = findings;
  const first = new Key();
  table.read(0, first);
  const header: Header = {
    of: identityOf(search, first),
    states: table.count,
    place,
    findings: {
      violations: [...violations],
      reached: [...reached],
      ends: [...ends],
      ended,
      transitions,
    },
  };
  let out: HashedWriter | undefined;
  try {
    out = new HashedWriter(path);
    out.bytes(HEAD);
    const text = new TextEncoder().encode(JSON.stringify(header));
    out.integer(text.length);
    out.bytes(text);
    writeStates(search, out);
    out.finish();
    return ok(undefined);
  } catch (error) {
    out?.abandon();
    return fail('cannot-write', `${path}: ${(error as Error).message}`);
  }
}

function writeStates({ table }: Search, out: HashedWriter): void {
  const key = new Key();
  let last = -1;
  for (let number = 0; number < table.count; number++) {
    const parent = table.parentOf(number);
    table.read(number, key);
    out.integer(parent - last);
    out.integer(table.actionOf(number));
    out.integer(key.length);
    out.bytes(key.bytes.subarray(0, key.length));
    last = parent;
  }
}

/**
 * Brings a search that has not begun to where another was. Codes: `no-such-file`, `bad-checkpoint` (it is
 * none, is damaged, or of another search), `no-memory`.
 */
export function readCheckpoint(search: Search, path: string): Result<void> {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    return fail(
      'no-such-file',
      `${path}: cannot be opened (${(error as NodeJS.ErrnoException).code})`,
    );
  }
  try {
    return restore(search, path, new HashedReader(descriptor, fstatSync(descriptor).size));
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error;
    return fail('bad-checkpoint', `${path}: the checkpoint is damaged: ${error.message}`);
  } finally {
    closeSync(descriptor);
  }
}

function restore(search: Search, path: string, input: HashedReader): Result<void> {
  const head = input.bytes(Math.min(HEAD.length, input.rest));
  if (head.length < HEAD.length || head.some((byte, i) => byte !== HEAD[i])) {
    return fail('bad-checkpoint', `${path}: it is no checkpoint of this version of explore`);
  }
  const header = readHeader(input);
  const other = differenceOf(header.of, identityOf(search, search.hand.here()));
  if (other !== undefined) return fail('bad-checkpoint', `${path}: the checkpoint is of ${other}`);
  if (!readStates(search, header.states, input)) {
    return fail('no-memory', `${path}: its ${header.states} states need more memory`);
  }
  input.finish();
  const { table, findings, place } = search;
  table.numberNew();
  Object.assign(place, header.place);
  const { violations, reached, ends, ended, transitions } = header.findings;
  for (const [id, way] of violations) findings.violations.set(id, way);
  for (const [id, length] of reached) findings.reached.set(id, length);
  for (const [id, count] of ends) findings.ends.set(id, count);
  findings.ended = ended;
  findings.transitions = transitions;
  return ok(undefined);
}

/** What the hash covers was written by us; until it is read to the end, it may be anything. */
function readHeader(input: HashedReader): Header {
  const length = input.integer();
  if (length > MOST_HEADER) throw new DamagedFile('its header has no end');
  try {
    return JSON.parse(new TextDecoder().decode(input.bytes(length))) as Header;
  } catch (error) {
    if (error instanceof DamagedFile) throw error;
    throw new DamagedFile('its header cannot be read');
  }
}

function differenceOf(
  theirs: SearchIdentity | undefined,
  ours: SearchIdentity,
): string | undefined {
  for (const [what, own] of Object.entries(ours)) {
    const other = theirs?.[what];
    if (other !== own) return `another search: its ${what} is ${other}, not ${own}`;
  }
  return undefined;
}

/** False when there is no room for them. */
function readStates({ table }: Search, states: number, input: HashedReader): boolean {
  const key = new Key();
  let parent = -1;
  for (let number = 0; number < states; number++) {
    parent += input.integer();
    const action = input.integer();
    if (parent >= number) throw new DamagedFile('a state comes before its parent');
    key.set(input.bytes(input.integer()));
    if (table.isCrowded) table.grow();
    const record = table.put(key, parent, action);
    if (record === FULL) return false;
    if (record !== number) throw new DamagedFile('a state is there twice');
  }
  return true;
}
