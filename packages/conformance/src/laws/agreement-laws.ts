import {
  type Bits,
  decodeEntry,
  ENTRY_KINDS,
  type EntryForm,
  entryKind,
  type Helper,
  hex,
  isAbsentHelper,
  kindNumber,
  LEVELS,
  type Level,
} from '@pagewright/core';
import {
  onPairs,
  type PairTestFunction,
  type PairWordFunction,
  scannerFor,
} from '@pagewright/core/scan';
import type { Broken, Law } from './law.js';
import type { LevelSweep } from './sweep.js';

/** The helpers of levels, and with all levels the others too, with a name for people. */
function* helpersOf(
  form: EntryForm,
  levels: readonly Level[],
): Generator<{ name: string; helper: Helper }> {
  for (const level of levels) {
    for (const name of form.helperNames(level)) {
      const helper = form.helper(level, name);
      if (!isAbsentHelper(helper)) yield { name: `${level}_${name}()`, helper };
    }
  }
  if (levels.length < LEVELS.length) return;
  for (const name of form.functionNames) {
    const helper = form.function(name);
    if (!isAbsentHelper(helper)) yield { name: `${name}()`, helper };
  }
  for (const name of form.pointerNames) {
    const pointer = form.pointer(name);
    if (isAbsentHelper(pointer)) continue;
    yield { name: `${name}() returned`, helper: pointer.returns };
    yield { name: `${name}() memory`, helper: pointer.memory };
  }
}

const low = (word: bigint): number => Number(word & 0xffff_ffffn);
const high = (word: bigint): number => Number(word >> 32n);

/** Runs one helper both ways on one word; further words and flags follow from the word. */
function disagreement(
  helper: Helper,
  word: bigint,
  other: bigint,
  name: string,
): Broken | undefined {
  const values = helper.params.map((param): bigint | boolean =>
    helper.flags.has(param)
      ? (word & 1n) === (param === 'write' ? 1n : 0n)
      : param === 'entry' || param === 'mem'
        ? word
        : other,
  );
  const halves = values.flatMap((v): (number | boolean)[] =>
    typeof v === 'boolean' ? [v] : [low(v), high(v)],
  );
  const bits = helper.bits(...values);
  if (typeof bits === 'boolean') {
    const pairs = (onPairs(helper) as PairTestFunction)(...halves);
    return pairs === bits
      ? undefined
      : { expected: `${name} ${bits}`, got: `${pairs} on pairs`, word };
  }
  const out = new Uint32Array(2);
  (onPairs(helper) as PairWordFunction)(out, 0, ...halves);
  const pairs = (BigInt(out[1] ?? 0) << 32n) | BigInt(out[0] ?? 0);
  return pairs === bits
    ? undefined
    : { expected: `${name} ${hex(bits)}`, got: `${hex(pairs)} on pairs`, word };
}

/** A few words of a sweep, spread over all of it. */
const sample = <T>(words: readonly T[], count: number): T[] => {
  const step = Math.max(1, Math.floor(words.length / count));
  return words.filter((_, i) => i % step === 0);
};

/** Bytes of entries as they lie in memory, as 32-bit words of this machine. */
function asTable(form: EntryForm, entries: readonly Bits[]): Uint32Array {
  const { wordBits, byteOrder } = form.definition;
  const view = new DataView(new ArrayBuffer((entries.length * wordBits) / 8));
  entries.forEach((entry, i) => {
    if (wordBits === 32) view.setUint32(i * 4, Number(entry), byteOrder === 'little');
    else view.setBigUint64(i * 8, entry, byteOrder === 'little');
  });
  return new Uint32Array(view.buffer);
}

const SOURCE = 'Helper of @pagewright/core';

/** The same declaration executed in several ways gives the same answers. */
export const agreementLaws: readonly Law[] = [
  {
    id: 'helpers on pairs of 32-bit words',
    group: 'agreement',
    sentence: 'Every helper answers the same on a pair of 32-bit words as on the whole word.',
    source: SOURCE,
    over: 'form',
    at: (form, _level, { words, part }: LevelSweep) => {
      const tried = sample(words, part === 'demo' ? 2 : 24);
      return () => {
        for (const { name, helper } of helpersOf(form, part === 'demo' ? ['pte'] : LEVELS)) {
          for (const [i, word] of tried.entries()) {
            const other = tried[(i * 7 + 3) % tried.length] ?? word;
            const broken = disagreement(helper, word, other, name);
            if (broken !== undefined) return broken;
          }
        }
        return undefined;
      };
    },
  },
  {
    id: 'kinds on pairs of 32-bit words',
    group: 'agreement',
    sentence: 'A word is of the same kind read as a pair of 32-bit words.',
    source: SOURCE,
    over: 'words',
    at: (form, level) => {
      if (!form.hasTable(level)) return undefined;
      const helper = form.codec(`kind ${level}`, kindNumber(form, level));
      const kindOnPairs = onPairs(helper);
      const out = new Uint32Array(2);
      return (word = 0n) => {
        kindOnPairs(out, 0, ...helper.params.flatMap(() => [low(word), high(word)]));
        const expected = entryKind(form, level, word as Bits);
        const got = ENTRY_KINDS[out[0] ?? 0];
        return got === expected ? undefined : { expected, got: `${got} on pairs` };
      };
    },
  },
  {
    id: 'scanner',
    group: 'agreement',
    sentence: 'The bulk scanner finds the kinds and frames that decoding finds.',
    source: 'Scanner of @pagewright/core',
    over: 'level',
    at: (form, level, { words, part }) => {
      if (!form.hasTable(level) || (part === 'demo' && level !== 'pte')) return undefined;
      return () => scanned(form, level, words);
    },
  },
];

/** Compares the scanner with decode over a table made of these words. */
function scanned(form: EntryForm, level: Level, words: readonly Bits[]): Broken | undefined {
  const scanner = scannerFor(form, level);
  const table = asTable(form, words);
  const kinds = new Uint8Array(words.length);
  const pfns = new Uint32Array(2 * words.length);
  scanner.collect(table, kinds, pfns);
  const expected = new Map<string, number>();
  let sum = 0n;
  for (const [i, word] of words.entries()) {
    const decoded = decodeEntry(form, level, word);
    const pfn = decoded.kind === 'leaf' ? decoded.pfn : 0n;
    const found = (BigInt(pfns[2 * i + 1] ?? 0) << 32n) | BigInt(pfns[2 * i] ?? 0);
    const kind = ENTRY_KINDS[kinds[i] ?? 0];
    if (kind !== decoded.kind || found !== pfn) {
      return { expected: `${decoded.kind} ${hex(pfn)}`, got: `${kind} ${hex(found)}`, word };
    }
    expected.set(kind, (expected.get(kind) ?? 0) + 1);
    sum += pfn;
  }
  const totals = scanner.count(table);
  const wrong = ENTRY_KINDS.find((kind) => totals.kinds[kind] !== (expected.get(kind) ?? 0));
  if (wrong !== undefined) {
    const count = expected.get(wrong) ?? 0;
    return { expected: `${count} ${wrong}`, got: `${totals.kinds[wrong]} ${wrong}` };
  }
  return totals.pfnSum === sum
    ? undefined
    : { expected: `frames add up to ${hex(sum)}`, got: hex(totals.pfnSum) };
}
