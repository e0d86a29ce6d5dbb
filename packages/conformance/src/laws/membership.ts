import { type EntryForm, holdsSwapValue, type Level } from '@pagewright/core';
import { type Ask, ask } from './ask.js';

interface Membership {
  readonly leaf: Ask;
  readonly swap: Ask;
}

const known = new WeakMap<EntryForm, Map<Level, Membership>>();

function membership(form: EntryForm, level: Level): Membership {
  const levels = known.get(form) ?? new Map<Level, Membership>();
  known.set(form, levels);
  const cached = levels.get(level);
  if (cached !== undefined) return cached;
  const none = ask(form, level, 'none');
  const present = ask(form, level, 'present');
  const isLeaf = level === 'pte' ? () => true : ask(form, level, 'leaf');
  const hasSwap = holdsSwapValue(form, level);
  const made: Membership = {
    leaf: (word) =>
      none !== undefined &&
      present !== undefined &&
      isLeaf !== undefined &&
      present(word) &&
      !none(word) &&
      isLeaf(word),
    swap: (word) =>
      hasSwap && none !== undefined && present !== undefined && !none(word) && !present(word),
  };
  levels.set(level, made);
  return made;
}

/** An entry that maps memory, by the level's own helpers. */
export const isLeafWord = (form: EntryForm, level: Level, word: bigint): boolean =>
  membership(form, level).leaf(word);

/** An entry that is neither empty nor present, at a level where it carries a type and an offset. */
export const isSwapWord = (form: EntryForm, level: Level, word: bigint): boolean =>
  membership(form, level).swap(word);
