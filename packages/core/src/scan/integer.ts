import { type Half, operand, type PairCode, PairEmitter } from '../expr/compile-pair.js';
import type { Word } from '../expr/word.js';
import { type Test, word } from '../expr/word.js';
import { ENTRY_KINDS, type EntryKind } from '../form/decoded.js';
import { type EntryForm, isAbsentHelper } from '../form/form.js';
import { kindTests } from '../form/kind-tests.js';
import type { Level } from '../form/level.js';
import { type FramePiece, framePieces } from './frame-pieces.js';
import type { Scanner, ScanTotals } from './scanner.js';

/** Bits of a kind's number in what `collect` writes. */
export const KIND_BITS = 3;

/** The host stores the low byte of a typed array's element first. */
const HOST_LITTLE = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * Compiles a scanner from the form's expressions: the tests that decide a kind and the frame number
 * are emitted once, inlined in a loop without branches and without calls.
 */
export function compileIntegerScanner(
  form: EntryForm,
  level: Level,
  tests: readonly string[],
): Scanner {
  const wordsPerEntry = form.definition.wordBits === 64 ? 2 : 1;
  let counter: ((words: Uint32Array) => ScanTotals) | undefined;
  let collectAll: CollectAll | undefined;
  return {
    code: 'integer',
    wordsPerEntry,
    count: (words) => {
      counter ??= compileCounter(form, level, wordsPerEntry);
      return counter(words);
    },
    collect: (words, kinds, pfns) => {
      const entries = Math.floor(words.length / wordsPerEntry);
      if (kinds.length < entries || pfns.length < 2 * entries) {
        throw new RangeError(`outputs are too short for ${entries} entries`);
      }
      collectAll ??= compileCollect(form, level, wordsPerEntry, tests);
      collectAll(words, entries, kinds, pfns);
      return entries;
    },
  };
}

type CollectAll = (words: Uint32Array, n: number, kinds: Uint8Array, pfns: Uint32Array) => void;
type CountBlock = (words: Uint32Array, totals: Int32Array) => void;

/** Kinds in the order in which one of them is left to be what remains: the dearest test first. */
const DERIVED_FIRST: readonly EntryKind[] = ['invalid', 'absent', 'table', 'leaf', 'none'];

/** What one entry's generated code offers to the loops. */
interface EntryCode {
  readonly lines: readonly string[];
  /** 0 or 1 for each kind that this level can have. */
  readonly kinds: ReadonlyMap<EntryKind, Half>;
  readonly frame: PairCode;
  readonly pieces: readonly { readonly piece: FramePiece; readonly source: PairCode }[];
  /** 0 or 1 for each test that was asked for. */
  readonly answers: readonly Half[];
}

function emitEntry(
  form: EntryForm,
  level: Level,
  { skipped, tests: asked = [] }: { skipped?: EntryKind; tests?: readonly string[] } = {},
): EntryCode {
  const hi = form.definition.wordBits === 32 ? 0 : 'hi';
  const emitter = new PairEmitter(
    't',
    () => ({ lo: 'lo', hi }),
    (name) => {
      throw new Error(`a scanner has no flag "${name}"`);
    },
  );
  emitter.lines.push(...loads(form));
  const tests = kindTests(form, level);
  const kinds = new Map<EntryKind, Half>();
  for (const kind of ENTRY_KINDS) {
    const code = kind === skipped ? 0 : emitter.test(tests[kind]);
    if (code !== 0) kinds.set(kind, code);
  }
  const body = leafFrame(form, level);
  const { summed, pieces } = framePieces(body);
  const source = emitter.word(summed);
  return {
    lines: emitter.lines,
    kinds,
    frame: emitter.word(body),
    pieces: pieces.map((piece) => ({ piece, source })),
    answers: asked.map((name) => {
      const helper = form.helper(level, name);
      return isAbsentHelper(helper) ? 0 : emitter.test(helper.body as Test);
    }),
  };
}

/** Frame number of an entry that is known to be a leaf. */
function leafFrame(form: EntryForm, level: Level): Word {
  const deciding = form.deciding(level);
  const short = form.definition.leaves[deciding]?.frame;
  if (short !== undefined) return short;
  const pfn = form.helper(deciding, 'pfn');
  return isAbsentHelper(pfn) ? word(0n) : (pfn.body as Word);
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
  return byteOrder === 'little'
    ? [...read('lo', 'i'), ...read('hi', 'i + 1')]
    : [...read('lo', 'i + 1'), ...read('hi', 'i')];
}

/** Kinds that the tests can answer at this level. */
const liveKinds = (form: EntryForm, level: Level): EntryKind[] => [
  ...emitEntry(form, level).kinds.keys(),
];

function compileCounter(form: EntryForm, level: Level, wordsPerEntry: number) {
  const live = liveKinds(form, level);
  const derived = DERIVED_FIRST.find((kind) => live.includes(kind)) as EntryKind;
  const { lines, kinds, pieces } = emitEntry(form, level, { skipped: derived });
  const counted = [...kinds].filter(([kind]) => kind !== derived);
  const leaf = kinds.get('leaf') ?? 0;
  const sums = leaf === 0 ? [] : pieces;
  const slots = counted.length + sums.length;
  const body = [
    ...(slots === 0
      ? []
      : [`let ${Array.from({ length: slots }, (_, i) => `c${i} = 0`).join(', ')};`]),
    `for (let i = 0; i < words.length; i += ${wordsPerEntry}) {`,
    ...lines,
    `const m = -${operand(leaf)};`,
    ...counted.map(([, test], i) => `c${i} = (c${i} + ${operand(test)}) | 0;`),
    ...sums.map(({ piece, source }, i) => {
      const slot = `c${counted.length + i}`;
      return `${slot} = (${slot} + (${piece.code(operand(source[piece.half]))} & m)) | 0;`;
    }),
    '}',
    ...Array.from({ length: slots }, (_, i) => `totals[${i}] = c${i};`),
  ];
  const countBlock = new Function('words', 'totals', body.join('\n')) as CountBlock;
  // Sums of at most `widest` bits each stay below 2^31 within a block.
  const widest = sums.reduce((bits, { piece }) => Math.max(bits, piece.bits), 16);
  const block = wordsPerEntry * 2 ** (31 - widest);
  return (words: Uint32Array): ScanTotals => {
    const entries = Math.floor(words.length / wordsPerEntry);
    const totals = new Int32Array(slots);
    const added = new Array<number>(slots).fill(0);
    const end = entries * wordsPerEntry;
    for (let from = 0; from < end; from += block) {
      countBlock(words.subarray(from, Math.min(end, from + block)), totals);
      for (let i = 0; i < slots; i++) added[i] = (added[i] as number) + (totals[i] as number);
    }
    const numbers = Object.fromEntries(ENTRY_KINDS.map((kind) => [kind, 0]));
    counted.forEach(([kind], i) => {
      numbers[kind] = added[i] as number;
    });
    numbers[derived] = counted.reduce((left, _, i) => left - (added[i] as number), entries);
    const pfnSum = sums.reduce((sum, { piece }, i) => {
      return sum + (BigInt(added[counted.length + i] as number) << BigInt(piece.weight));
    }, 0n);
    return { kinds: numbers as Record<EntryKind, number>, pfnSum };
  };
}

function compileCollect(
  form: EntryForm,
  level: Level,
  wordsPerEntry: number,
  tests: readonly string[],
): CollectAll {
  const { lines, kinds, frame, answers } = emitEntry(form, level, { tests });
  const number = [...kinds].map(
    ([kind, test]) => `(${operand(test)} * ${ENTRY_KINDS.indexOf(kind)})`,
  );
  const marks = answers.map((test, i) => `((${operand(test)} & m) << ${KIND_BITS + i})`);
  const body = [
    `for (let e = 0, i = 0; e < n; e++, i += ${wordsPerEntry}) {`,
    ...lines,
    `const m = -${operand(kinds.get('leaf') ?? 0)};`,
    `kinds[e] = ${[...number, ...marks].join(' | ')};`,
    `pfns[2 * e] = ${operand(frame.lo)} & m;`,
    `pfns[2 * e + 1] = ${operand(frame.hi)} & m;`,
    '}',
  ];
  return new Function('words', 'n', 'kinds', 'pfns', body.join('\n')) as CollectAll;
}
