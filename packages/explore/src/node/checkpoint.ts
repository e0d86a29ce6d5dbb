import { closeSync, fstatSync, openSync } from 'node:fs';
import { fail, ok, type Result } from '@pagewright/core';
import type { Search } from '../search/search.js';
import { type Header, headerSchema } from './checkpoint-header.js';
import { DamagedFile, HashedReader, HashedWriter } from './hashed-file.js';
import { identityOf, type SearchIdentity } from './identity.js';

/** First line of a checkpoint: what it is, and the version of its form. */
const HEAD = new TextEncoder().encode('pagewright explore checkpoint 2\n');
const MOST_HEADER = 2 ** 24;

/**
 * Writes where a search is between two turns: a header in JSON, then of each state but the first, in
 * order, its parent (as the step from that of the state before) and the action that led from there: it
 * can be gone again. The same for any number of threads. What stood in the file before is replaced when
 * all is written. Code: `cannot-write`.
 */
export function writeCheckpoint(search: Search, path: string): Result<void> {
  const { table, findings, place } = search;
  const { violations, reached, ends, ended, transitions } = findings;
  const header: Header = {
    of: identityOf(search),
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
  let last = 0;
  for (let number = 1; number < table.count; number++) {
    const parent = table.parentOf(number);
    out.integer(parent - last);
    out.integer(table.actionOf(number));
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
  const other = differenceOf(header.of, identityOf(search));
  if (other !== undefined) return fail('bad-checkpoint', `${path}: the checkpoint is of ${other}`);
  const { actions } = search.stepper.bound;
  if (header.findings.violations.some(([, { action }]) => actions[action] === undefined))
    throw new DamagedFile('there is no such action');
  if (!readStates(search, header.states, input)) {
    return fail('no-memory', `${path}: its ${header.states} states need more memory`);
  }
  input.finish();
  const { findings, place } = search;
  Object.assign(place, header.place);
  const { violations, reached, ends, ended, transitions } = header.findings;
  for (const [id, way] of violations) findings.violations.set(id, way);
  for (const [id, length] of reached) findings.reached.set(id, length);
  for (const [id, count] of ends) findings.ends.set(id, count);
  findings.ended = ended;
  findings.transitions = transitions;
  return ok(undefined);
}

/** Until the hash is read, and where somebody forged it, this may be anything. */
function readHeader(input: HashedReader): Header {
  const length = input.integer();
  if (length > MOST_HEADER) throw new DamagedFile('its header has no end');
  try {
    return headerSchema.parse(JSON.parse(new TextDecoder().decode(input.bytes(length))));
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
function readStates(
  { stepper, table, hand }: Search,
  states: number,
  input: HashedReader,
): boolean {
  hand.begin();
  hand.start();
  table.numberNew();
  let parent = 0;
  for (let number = 1; number < states; number++) {
    parent += input.integer();
    const action = input.integer();
    if (stepper.bound.actions[action] === undefined)
      throw new DamagedFile('there is no such action');
    if (parent >= number) throw new DamagedFile('a state comes before its parent');
    if (table.isCrowded) table.grow();
    const isNew = hand.repeat(parent, action);
    if (hand.result.noRoom !== undefined) return false;
    if (!isNew) throw new DamagedFile('an action leads to no new state');
    table.numberNew();
  }
  return true;
}
