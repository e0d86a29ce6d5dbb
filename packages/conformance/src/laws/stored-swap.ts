import {
  type Bits,
  type EntryForm,
  holdsSwapValue,
  MASK64,
  type SwapLevel,
  swapValue,
  swapWord,
} from '@pagewright/core';
import { type Broken, type Law, OUTSIDE } from './law.js';

/** What the laws about stored swap values leave out. */
export const EMPTY_VALUES =
  'The value 0 is no entry, nor is a value whose word is 0 (x86 stores the offset inverted: type 0 with the highest offset, which its limit of swap size excludes).';

/** A check on the word of a type and offset; see `EMPTY_VALUES`. */
export const stored =
  (
    check: (form: EntryForm, level: SwapLevel) => ((word: Bits) => Broken | undefined) | undefined,
  ): Law['at'] =>
  (form, level) => {
    if (!holdsSwapValue(form, level)) return undefined;
    const run = check(form, level);
    if (run === undefined) return undefined;
    return (type = 0n, offset = 0n) => {
      if (type === 0n && offset === 0n) return OUTSIDE;
      const word = swapWord(form, level, { type: Number(type), offset });
      if (word === 0n) return OUTSIDE;
      const broken = run(word);
      return broken && { ...broken, word };
    };
  };

/** Offset bits that an entry of the level has room for (generic_max_swapfile_size). */
export const roomOf = (form: EntryForm, level: SwapLevel): bigint =>
  swapValue(form, level, swapWord(form, level, { type: 0, offset: MASK64 })).offset;
