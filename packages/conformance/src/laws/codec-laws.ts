import {
  type Bits,
  decodeEntry,
  type EntryForm,
  encodeEntry,
  hex,
  type Level,
  type Pfn,
  physicalOf,
} from '@pagewright/core';
import { builder, change, same } from './ask.js';
import { type Broken, type Law, OUTSIDE } from './law.js';
import { makesPresent, NO_PROTNONE } from './protnone.js';

const SOURCE = 'DecodedEntry of @pagewright/core';

/** The level has a table and maps memory by its own helpers. */
const mapsHere = (form: EntryForm, level: Level): boolean => {
  const geometry = form.geometry(level);
  return geometry?.folded === false && geometry.mayMap && geometry.decidedBy === level;
};

/** Encodes an entry and demands a word. */
function written(
  form: EntryForm,
  level: Level,
  entry: Parameters<typeof encodeEntry>[2],
  word: bigint,
): Broken | undefined {
  const back = encodeEntry(form, level, entry);
  if (!back.ok) return { expected: hex(word), got: back.problem.message };
  return same('word', word, back.value);
}

/** What is decoded can be written again. */
export const codecLaws: readonly Law[] = [
  {
    id: 'encode(decode(w)) = w',
    group: 'codec',
    sentence: 'Every word is given back bit for bit by encoding what it decodes to.',
    source: SOURCE,
    over: 'words',
    at: (form, level) =>
      form.hasTable(level)
        ? (word = 0n) => written(form, level, decodeEntry(form, level, word as Bits), word)
        : undefined,
  },
  {
    id: 'encode refuses a frame that does not fit',
    group: 'codec',
    sentence: 'A frame wider than its field is refused, not cut.',
    source: SOURCE,
    over: 'leaves',
    at: (form, level, { frameMask }) => {
      if (!mapsHere(form, level) || frameMask === 0n) return undefined;
      const wide = (1n << BigInt(frameMask.toString(2).length)) as Pfn;
      return (word = 0n) => {
        const decoded = decodeEntry(form, level, word as Bits);
        if (decoded.kind !== 'leaf') return OUTSIDE;
        const moved = { ...decoded, pfn: wide, physical: physicalOf(form, wide) };
        const back = encodeEntry(form, level, moved);
        return back.ok ? { expected: `${hex(wide)} refused`, got: hex(back.value) } : undefined;
      };
    },
  },
  {
    id: 'decode(e).pfn = pxx_pfn(e)',
    group: 'codec',
    sentence:
      'The decoded frame is what pxx_pfn() says, and its address the frame times the page size.',
    source: SOURCE,
    over: 'leaves',
    at: (form, level) => {
      const pfn = change(form, level, 'pfn');
      if (!pfn || !mapsHere(form, level)) return undefined;
      const short = form.definition.leaves[level]?.frame;
      const frame = short && form.codec(`frame ${level}`, short).bits;
      const size = BigInt(form.definition.pageShift);
      return (word = 0n) => {
        const decoded = decodeEntry(form, level, word as Bits);
        if (decoded.kind !== 'leaf') return { expected: 'a leaf', got: decoded.kind };
        return (
          same('pfn', pfn(word), decoded.pfn) ??
          same('address', BigInt.asUintN(64, pfn(word) << size), decoded.physical) ??
          (frame && same('frame as scanned', pfn(word), frame(word)))
        );
      };
    },
  },
  {
    id: 'encode(decode(pfn_pxx(pfn, prot)) with another frame)',
    group: 'codec',
    sentence: 'What a protection sets is the same for every frame, also where frames are inverted.',
    source: `${SOURCE}; arch/x86/include/asm/pgtable-invert.h`,
    over: 'frames x protections',
    except: NO_PROTNONE,
    at: (form, level, { frames }) => {
      const make = builder(form, level);
      const [first] = frames;
      if (!make || first === undefined || !mapsHere(form, level)) return undefined;
      return (frame = 0n, prot = 0n) => {
        if (!makesPresent(form, level, prot)) return OUTSIDE;
        const word = make(frame, prot);
        const decoded = decodeEntry(form, level, make(first, prot));
        if (decoded.kind !== 'leaf') return { expected: 'a leaf', got: decoded.kind, word };
        const pfn = frame as Pfn;
        const moved = { ...decoded, pfn, physical: physicalOf(form, pfn) };
        const broken = written(form, level, moved, word);
        return broken && { ...broken, word };
      };
    },
  },
];
