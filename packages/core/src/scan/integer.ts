import { type Half, type PairCode, PairEmitter } from '../expr/compile-pair.js';
import type { Word } from '../expr/word.js';
import { ENTRY_KINDS, type EntryKind } from '../form/decoded.js';
import { type EntryForm, isAbsentHelper } from '../form/form.js';
import { kindTests } from '../form/kind-tests.js';
import type { Level } from '../form/level.js';
import type { Scanner, ScanTotals } from './scanner.js';

/** Entries summed before the 32-bit counters are emptied: 2^15 halves of 16 bits stay below 2^31. */
const BLOCK = 1 << 15;

/** The host stores the low byte of a typed array's element first. */
const HOST_LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

type CountBlock = (words: Uint32Array, from: number, to: number, totals: Int32Array) => void;
type CollectAll = (words: Uint32Array, n: number, kinds: Uint8Array, pfns: Uint32Array) => void;

/**
 * Compiles a scanner from the form's expressions: the tests that decide a kind and the frame number
 * are emitted once, inlined in a loop without branches and without calls.
 */
export function compileIntegerScanner(form: EntryForm, level: Level): Scanner {
  const wordsPerEntry = form.definition.wordBits === 64 ? 2 : 1;
  let countBlock: CountBlock | undefined;
  let collectAll: CollectAll | undefined;
  return {
    code: 'integer',
    wordsPerEntry,
    count: (words) => {
      countBlock ??= compileCount(form, level);
      return countWords(countBlock, words, wordsPerEntry);
    },
    collect: (words, kinds, pfns) => {
      const entries = Math.floor(words.length / wordsPerEntry);
      if (kinds.length < entries || pfns.length < 2 * entries) {
        throw new RangeError(`outputs are too short for ${entries} entries`);
      }
      collectAll ??= compileCollect(form, level);
      collectAll(words, entries, kinds, pfns);
      return entries;
    },
  };
}

/** Counters of one block: leaf, table, absent, invalid, then the frame sum in 16-bit pieces. */
const COUNTED: readonly EntryKind[] = ['leaf', 'table', 'absent', 'invalid'];
const SLOTS = COUNTED.length + 4;

function countWords(countBlock: CountBlock, words: Uint32Array, wordsPerEntry: number): ScanTotals {
  const entries = Math.floor(words.length / wordsPerEntry);
  const counts = COUNTED.map(() => 0);
  const pieces = [0, 0, 0, 0];
  const totals = new Int32Array(SLOTS);
  for (let from = 0; from < entries; from += BLOCK) {
    const to = Math.min(entries, from + BLOCK);
    totals.fill(0);
    countBlock(words, from * wordsPerEntry, to * wordsPerEntry, totals);
    COUNTED.forEach((_, i) => {
      counts[i] = (counts[i] as number) + (totals[i] as number);
    });
    pieces.forEach((sum, i) => {
      pieces[i] = sum + (totals[COUNTED.length + i] as number);
    });
  }
  const byKind = Object.fromEntries(COUNTED.map((kind, i) => [kind, counts[i] as number]));
  const counted = counts.reduce((a, b) => a + b, 0);
  const kinds = { ...byKind, none: entries - counted } as Record<EntryKind, number>;
  const pfnSum = pieces.reduce((sum, piece, i) => sum + (BigInt(piece) << BigInt(16 * i)), 0n);
  return { kinds, pfnSum };
}

/** Emitted code of one entry: loads, tests and frame. */
function emitEntry(form: EntryForm, level: Level) {
  const emitter = new PairEmitter(
    't',
    () => ({ lo: 'lo', hi: form.definition.wordBits === 32 ? 0 : 'hi' }),
    () => {
      throw new Error('the scanner has no flags');
    },
  );
  emitter.lines.push(...loads(form));
  const tests = kindTests(form, level);
  const kinds = new Map(COUNTED.map((kind) => [kind, emitter.test(tests[kind])] as const));
  const deciding = form.geometry(level)?.decidedBy ?? level;
  const pfn = form.helper(deciding, 'pfn');
  const frame = isAbsentHelper(pfn) ? { lo: 0, hi: 0 } : emitter.word(pfn.body as Word);
  return { lines: emitter.lines, kinds, frame };
}

/** Statements that load one entry into `lo` and `hi`, in the form's byte order. */
function loads(form: EntryForm): string[] {
  const { wordBits, byteOrder } = form.definition;
  const swap = (byteOrder === 'little') !== HOST_LITTLE;
  const read = (name: string, at: string): string[] =>
    swap
      ? [
          `const ${name}0 = words[${at}];`,
          `const ${name}1 = (${name}0 << 16) | (${name}0 >>> 16);`,
          `const ${name} = ((${name}1 & 0xff00ff) << 8) | ((${name}1 >>> 8) & 0xff00ff);`,
        ]
      : [`const ${name} = words[${at}] | 0;`];
  if (wordBits === 32) return read('lo', 'i');
  const [lowAt, highAt] = byteOrder === 'little' ? ['i', 'i + 1'] : ['i + 1', 'i'];
  return [...read('lo', lowAt as string), ...read('hi', highAt as string)];
}

const text = (half: Half): string => (typeof half === 'number' ? `(${half})` : half);

/** The four 16-bit pieces of a frame number, masked to zero for entries that are no leaf. */
function pieces(frame: PairCode): (string | undefined)[] {
  const of = (half: Half, high: boolean): string | undefined => {
    if (half === 0) return undefined;
    return high ? `(${text(half)} & m) >>> 16` : `${text(half)} & m & 0xffff`;
  };
  return [of(frame.lo, false), of(frame.lo, true), of(frame.hi, false), of(frame.hi, true)];
}

function compileCount(form: EntryForm, level: Level): CountBlock {
  const { lines, kinds, frame } = emitEntry(form, level);
  const step = form.definition.wordBits === 64 ? 2 : 1;
  const live = COUNTED.map((kind, i) => ({ slot: i, test: kinds.get(kind) ?? 0 })).filter(
    ({ test }) => test !== 0,
  );
  const sums = pieces(frame).map((code, i) => ({ slot: COUNTED.length + i, code }));
  const used = [...live, ...sums.filter(({ code }) => code !== undefined)].map(({ slot }) => slot);
  const body = [
    `let ${used.map((slot) => `c${slot} = 0`).join(', ')};`,
    `for (let i = from; i < to; i += ${step}) {`,
    ...lines,
    `const m = -${text(kinds.get('leaf') ?? 0)};`,
    ...live.map(({ slot, test }) => `c${slot} = (c${slot} + ${text(test)}) | 0;`),
    ...sums.flatMap(({ slot, code }) =>
      code === undefined ? [] : [`c${slot} = (c${slot} + (${code})) | 0;`],
    ),
    '}',
    ...used.map((slot) => `totals[${slot}] = c${slot};`),
  ];
  return new Function('words', 'from', 'to', 'totals', body.join('\n')) as CountBlock;
}

function compileCollect(form: EntryForm, level: Level): CollectAll {
  const { lines, kinds, frame } = emitEntry(form, level);
  const step = form.definition.wordBits === 64 ? 2 : 1;
  const number = COUNTED.map(
    (kind) => `(${text(kinds.get(kind) ?? 0)} * ${ENTRY_KINDS.indexOf(kind)})`,
  );
  const body = [
    `for (let e = 0, i = 0; e < n; e++, i += ${step}) {`,
    ...lines,
    `const m = -${text(kinds.get('leaf') ?? 0)};`,
    `kinds[e] = ${number.join(' | ')};`,
    `pfns[2 * e] = ${text(frame.lo)} & m;`,
    `pfns[2 * e + 1] = ${text(frame.hi)} & m;`,
    '}',
  ];
  return new Function('words', 'n', 'kinds', 'pfns', body.join('\n')) as CollectAll;
}
