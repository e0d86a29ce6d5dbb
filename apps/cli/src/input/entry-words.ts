import { fail, isLevel, type Level, ok, type Result } from '@pagewright/core';

/** One entry as somebody wrote it. */
export interface EntryWord {
  /** The level that was written beside it (`pmd:...`), if any. */
  readonly level?: Level;
  readonly raw: bigint;
}

/** Most entries of one call: a document holds them all at once. */
const MOST_ENTRIES = 20_000;
/** Widest word of any form, in hexadecimal digits. */
const MOST_DIGITS = 16;
/** A label as kernel logs write it, with or without its value, or a value alone. */
const TOKEN = /^(?:([A-Za-z][A-Za-z0-9]*)[:=])?(.*)$/s;
/** Names that s390x fault reports give to the levels. */
const REGION_NAMES: Readonly<Record<string, Level>> = {
  R1: 'pgd',
  R2: 'p4d',
  R3: 'pud',
  S: 'pmd',
  P: 'pte',
};

/** Tokens that belong together, and where they stand. */
interface Group {
  readonly tokens: readonly string[];
  /** What messages call the place. */
  readonly where: string;
}

/**
 * Reads entries out of arguments: `0x..` or bare hexadecimal, digits grouped by spaces or `_` inside
 * one argument, and what kernel logs print: `pte:8000..`, `pmd=..`, `PTE 8000..`, several labels in
 * one argument, trailing commas. Codes `bad-entry`, with what was read, and `too-many-entries`.
 */
export const entriesOfArguments = (args: readonly string[]): Result<readonly EntryWord[]> =>
  entriesOf(args.map((arg) => ({ tokens: tokensOf(arg), where: `entry "${shortened(arg)}"` })));

/**
 * Reads entries out of text: one word each, separated by white space or commas, with labels as
 * above. Messages name the line.
 */
export const entriesOfText = (text: string, name: string): Result<readonly EntryWord[]> =>
  entriesOf(groupsOfText(text, name));

/** Each token of a text by itself; made one by one, because a text may be long and wrong. */
function* groupsOfText(text: string, name: string): Generator<Group> {
  let line = 1;
  let lineEnd = text.indexOf('\n');
  for (const { 0: token, index } of text.matchAll(/[^\s,;]+/g)) {
    for (; lineEnd >= 0 && lineEnd < index; lineEnd = text.indexOf('\n', lineEnd + 1)) line++;
    yield { tokens: [token], where: `${name}:${line}: entry "${shortened(token)}"` };
  }
}

function entriesOf(groups: Iterable<Group>): Result<readonly EntryWord[]> {
  const words: EntryWord[] = [];
  let open: Piece | undefined;
  for (const group of groups) {
    if (group.tokens.length === 0) return badEntry(group.where, 'nothing to read');
    for (const [i, token] of group.tokens.entries()) {
      const [name, value] = labelled(token);
      if (name === undefined && open !== undefined && (i > 0 || open.digits === '')) {
        open = { ...open, digits: open.digits + value };
        continue;
      }
      const done = closed(open, words);
      if (!done.ok) return done;
      const level = name === undefined ? undefined : levelOf(name);
      if (name !== undefined && level === undefined) {
        return badEntry(group.where, `no level is called "${shortened(name)}"`);
      }
      open = { level, digits: value, where: group.where };
    }
  }
  const done = closed(open, words);
  return done.ok ? ok(words) : done;
}

/** An entry that is being put together. */
interface Piece {
  readonly level: Level | undefined;
  readonly digits: string;
  readonly where: string;
}

function closed(piece: Piece | undefined, words: EntryWord[]): Result<null> {
  if (piece === undefined) return ok(null);
  const { level, where } = piece;
  const digits = piece.digits.replaceAll('_', '').replace(/^0x/i, '');
  if (piece.digits === '') return badEntry(where, 'a level without an entry');
  if (!/^[0-9a-f]+$/i.test(digits)) return badEntry(where, 'not a hexadecimal number');
  const significant = digits.replace(/^0+(?=.)/, '');
  if (significant.length > MOST_DIGITS) return badEntry(where, 'wider than 64 bits');
  const raw = BigInt(`0x${significant}`);
  if (words.push(level === undefined ? { raw } : { level, raw }) <= MOST_ENTRIES) return ok(null);
  return fail('too-many-entries', `${where}: more than ${MOST_ENTRIES} entries at a time`);
}

/** An address that a log prints in front of the entries that map it: `[0000000000400000] pgd=...`. */
const ADDRESS = /^\[[0-9a-f]+\]$/i;

const tokensOf = (text: string): string[] =>
  text.split(/[\s,;]+/).filter((token) => token !== '' && !ADDRESS.test(token));

/** Label and value of a token; the name of a level alone is a label. */
function labelled(token: string): [string | undefined, string] {
  const [, name, value = ''] = TOKEN.exec(token) ?? [];
  if (name !== undefined) return [name, value];
  return isLevel(token.toLowerCase()) ? [token, ''] : [undefined, value];
}

function levelOf(name: string): Level | undefined {
  const lower = name.toLowerCase();
  return isLevel(lower) ? lower : REGION_NAMES[name];
}

/** Characters of what was written that a message repeats. */
const SHOWN = 60;

const shortened = (text: string): string =>
  text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;

const badEntry = (where: string, why: string): Result<never> =>
  fail('bad-entry', `${where}: ${why}`, { where });
