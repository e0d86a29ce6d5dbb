import { compileBits } from '../expr/compile-bits.js';
import {
  always,
  both,
  ENTRY,
  either,
  not,
  type Test,
  type Word,
  when,
  word,
} from '../expr/word.js';
import type { Bits } from '../units.js';
import { ENTRY_KINDS, type EntryKind } from './decoded.js';
import type { EntryForm } from './form.js';
import { isAbsentHelper } from './form.js';
import type { Level } from './level.js';
import { holdsSwapValue } from './swap-entry.js';

/**
 * The kind of an entry found in a table of this level, as five tests of which exactly one holds.
 * Decode, the scanner and the laws use the same five. Order: empty, leaf, pointer, swap side, rest.
 */
export function kindTests(form: EntryForm, level: Level): Readonly<Record<EntryKind, Test>> {
  const geometry = form.geometry(level);
  const deciding = form.deciding(level);
  const ask = (name: string): Test => {
    const found = form.helper(deciding, name);
    return isAbsentHelper(found) ? always(false) : (found.body as Test);
  };
  const none = ask('none');
  const present = except(ask('present'), none);
  const absent = both(not(none), not(ask('present')));
  const isAbsent = holdsSwapValue(form, deciding) ? absent : always(false);
  if (level === 'pte') {
    return { none, leaf: present, table: always(false), absent: isAbsent, invalid: always(false) };
  }
  const leaf = geometry?.mayMap ? both(present, ask('leaf')) : always(false);
  const noPointer = form.definition.noPointer?.[deciding] ?? ask('bad');
  const pointer = both(present, not(ask('leaf')), not(noPointer));
  const table = mayFold(form, level) ? both(pointer, not(ask('folded'))) : pointer;
  return {
    none,
    leaf,
    table,
    absent: isAbsent,
    invalid: not(either(none, leaf, table, isAbsent)),
  };
}

/**
 * The level has a table, and yet an entry in it can say by its type that it belongs to a lower one
 * (s390x decides at run time what is folded): walkers would take it for the lower table's.
 */
export function mayFold(form: EntryForm, level: Level): boolean {
  const deciding = form.deciding(level);
  return form.hasTable(level) && !isAbsentHelper(form.helper(deciding, 'folded'));
}

/** `test` where `other` does not hold; just `test` when the two can never hold together. */
function except(test: Test, other: Test): Test {
  const empties = other.op === 'masked' && other.value === 0n && other.a === ENTRY;
  const needsBit = test.op === 'any' && test.a === ENTRY;
  const apart = empties && needsBit && (test.mask & ~other.mask) === 0n;
  return apart ? test : both(not(other), test);
}

/** Position in `ENTRY_KINDS` of the kind that an entry of this level has, as an expression. */
export function kindNumber(form: EntryForm, level: Level): Word {
  const tests = kindTests(form, level);
  return ENTRY_KINDS.reduceRight<Word>(
    (rest, kind, i) => when(tests[kind], word(BigInt(i)), rest),
    word(BigInt(ENTRY_KINDS.length - 1)),
  );
}

/** The kind of an entry found in a table of this level. */
export function entryKind(form: EntryForm, level: Level, raw: Bits): EntryKind {
  return ENTRY_KINDS[Number(classifier(form, level)(raw))] as EntryKind;
}

type Classifier = (raw: Bits) => bigint;
const classifiers = new WeakMap<EntryForm, Map<Level, Classifier>>();

/** The compiled classifier of a level, made once a form: walks ask it for every entry. */
function classifier(form: EntryForm, level: Level): Classifier {
  const known = classifiers.get(form) ?? new Map<Level, Classifier>();
  const found = known.get(level) ?? (compileBits(kindNumber(form, level), ['entry']) as Classifier);
  classifiers.set(form, known.set(level, found));
  return found;
}
