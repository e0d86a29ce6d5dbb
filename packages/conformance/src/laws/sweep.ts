import {
  type Bits,
  type EntryForm,
  type Expr,
  holdsSwapValue,
  isAbsentHelper,
  type Level,
  MASK64,
  SWAP_TYPE_BITS,
  swapWord,
  topological,
} from '@pagewright/core';
import { builder, change } from './ask.js';
import type { Input, Over } from './law.js';
import { isLeafWord, isSwapWord } from './membership.js';
import { PATTERN, randomWords } from './random-words.js';
import { roomOf } from './stored-swap.js';

/** How much is swept: everything, or a fixed part that takes a moment. */
export type Part = 'all' | 'demo';

/** The inputs of all laws at one level of one form. Deterministic. */
export interface LevelSweep {
  readonly part: Part;
  /** Every kind of word: raw ones and built ones, no two alike. */
  readonly words: readonly Bits[];
  /** Those that map memory. */
  readonly leaves: readonly Bits[];
  /** Bits of a frame number that a leaf of this level can hold. */
  readonly frameMask: bigint;
  /** Frames of this level, aligned, never 0, the highest included. */
  readonly frames: readonly bigint[];
  /** The 16 of the protection map and the named ones that users can get, each once. */
  readonly protections: readonly bigint[];
  /** Type and offset pairs that a non-present entry of this level can hold. */
  readonly swapValues: readonly Input[];
  /** Words that are neither empty nor present, where those carry a type and an offset. */
  readonly swapWords: readonly Bits[];
}

/** Transforms that give the built entries their variety. */
const VARIETY = [
  'mkyoung',
  'mkold',
  'mkdirty',
  'mkclean',
  'mkwrite_novma',
  'mkwrite',
  'wrprotect',
  'mkspecial',
  'mksoft_dirty',
  'mkuffd_wp',
  'mkdevmap',
];

/** Makes the inputs of one level. */
export function sweepLevel(form: EntryForm, level: Level, part: Part): LevelSweep {
  const raw = rawWords(form, level, part);
  const frameMask = frameMaskOf(form, level, raw);
  const frames = framesIn(frameMask, part);
  const protections = userProtections(form);
  const built = builtWords(form, level, frames, protections, part);
  const swapValues = swapValuesOf(form, level, part);
  const stored = swapValues.map(([type = 0n, offset = 0n]) =>
    swapWord(form, level as 'pte', { type: Number(type), offset }),
  );
  const words = unique([...raw, ...built, ...stored]);
  return {
    part,
    words,
    leaves: words.filter((word) => isLeafWord(form, level, word)),
    frameMask,
    frames,
    protections,
    swapValues,
    swapWords: words.filter((word) => isSwapWord(form, level, word)),
  };
}

/** The inputs that a law over this is run on. */
export function inputsOf(sweep: LevelSweep, over: Over): Iterable<Input> {
  switch (over) {
    case 'words':
      return sweep.words.map((word) => [word]);
    case 'leaves':
      return sweep.leaves.map((word) => [word]);
    case 'leaves x protections':
      return pairs(
        sweep.part === 'demo' ? sweep.leaves.filter((_, i) => i % 5 === 0) : sweep.leaves,
        sweep.protections,
      );
    case 'frames x protections':
      return pairs(sweep.frames, sweep.protections);
    case 'protection map':
      return pairs(
        sweep.frames,
        Array.from({ length: 16 }, (_, i) => BigInt(i)),
      );
    case 'swap words':
      return sweep.swapWords.map((word) => [word]);
    case 'swap values':
      return sweep.swapValues;
    case 'level':
    case 'form':
      return [[]];
  }
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

function* pairs(a: readonly bigint[], b: readonly bigint[]): Generator<Input> {
  for (const x of a) for (const y of b) yield [x, y];
}

/** All ones in an entry of the form. */
const ones = (form: EntryForm): bigint => MASK64 >> BigInt(64 - form.definition.wordBits);

/**
 * Nothing, everything, each bit alone, the complement of each, the constants that the level's
 * helpers compare with (a table pointer of some architectures is one exact pattern), random words.
 */
function rawWords(form: EntryForm, level: Level, part: Part): Bits[] {
  const full = ones(form);
  const single = Array.from({ length: form.definition.wordBits }, (_, i) => 1n << BigInt(i));
  const thinned = part === 'demo' ? single.filter((_, i) => i % 3 === 0) : single;
  const words = [
    0n,
    ...thinned,
    ...constantsOf(form, level),
    ...thinned.map((bit) => full ^ bit),
    full,
    ...randomWords(`${form.name} ${level}`, part === 'demo' ? 8 : 64, full),
  ];
  return unique(words.map((word) => (word & full) as Bits));
}

/** Constants that the tests of a level compare with. */
function constantsOf(form: EntryForm, level: Level): bigint[] {
  const bodies = form.helperNames(level).flatMap((name): Expr[] => {
    const helper = form.helper(level, name);
    return isAbsentHelper(helper) || helper.kind !== 'test' ? [] : [helper.body];
  });
  const nodes = bodies.flatMap((body) => topological(body));
  return unique(nodes.flatMap((node) => (node.op === 'masked' ? [node.value] : [])));
}

function frameMaskOf(form: EntryForm, level: Level, raw: readonly Bits[]): bigint {
  const pfn = change(form, level, 'pfn');
  if (pfn === undefined) return 0n;
  return raw
    .filter((word) => isLeafWord(form, level, word))
    .reduce((mask, word) => mask | pfn(word), 0n);
}

/** Lowest, highest, a pattern, and every single bit that the mask has room for. */
function framesIn(mask: bigint, part: Part): bigint[] {
  if (mask === 0n) return [];
  const bits = Array.from({ length: 64 }, (_, i) => 1n << BigInt(i)).filter((bit) => mask & bit);
  const lowest = bits[0] ?? mask;
  const highestBit = bits.at(-1) ?? mask;
  const few = [lowest, PATTERN & mask, highestBit, mask].filter((frame) => frame !== 0n);
  return unique(part === 'demo' ? few.slice(1) : [...few, ...bits]);
}

/** The protection map, and the named PAGE_ protections that give a user access. */
function userProtections(form: EntryForm): bigint[] {
  const { protectionMap, namedProtections, leaves } = form.definition;
  const user = leaves.pte?.permissions.user;
  const isUser = user && form.codec('permission user pte', user).bits;
  const make = builder(form, 'pte');
  const named = Object.entries(namedProtections).flatMap(([name, prot]) =>
    name.startsWith('PAGE_') && isUser && make && isUser(make(1n, prot)) ? [prot] : [],
  );
  return unique([...protectionMap, ...named]);
}

function builtWords(
  form: EntryForm,
  level: Level,
  frames: readonly bigint[],
  protections: readonly bigint[],
  part: Part,
): Bits[] {
  const make = builder(form, level);
  const [lowest, pattern] = frames;
  if (make === undefined || lowest === undefined) return [];
  const variety = VARIETY.flatMap((name) => change(form, level, name) ?? []);
  const once = (prot: bigint): Bits[] => {
    const entry = make(pattern ?? lowest, prot);
    return [entry, ...variety.map((transform) => transform(entry))];
  };
  const plain = protections.flatMap((prot) =>
    [lowest, frames[3] ?? lowest].map((pfn) => make(pfn, prot)),
  );
  if (part === 'demo') return [...plain, ...protections.slice(-1).flatMap(once)];
  const named = unique(Object.values(form.definition.namedProtections));
  return [
    ...plain,
    ...named.map((prot) => make(pattern ?? lowest, prot)),
    ...protections.flatMap((prot) => {
      const changed = once(prot);
      const few = changed.slice(1, 5);
      return [...changed, ...variety.flatMap((transform) => few.map(transform))];
    }),
  ];
}

/** All types with a few offsets, a few types with every bit of the offset. */
function swapValuesOf(form: EntryForm, level: Level, part: Part): Input[] {
  if (!holdsSwapValue(form, level)) return [];
  const room = roomOf(form, level);
  const types = Array.from({ length: 1 << SWAP_TYPE_BITS }, (_, i) => BigInt(i));
  const bits = Array.from({ length: 64 }, (_, i) => 1n << BigInt(i)).filter((bit) => room & bit);
  const few = [0n, 1n, PATTERN & room, room];
  const many = part === 'demo' ? bits.filter((_, i) => i % 8 === 0) : bits;
  if (part === 'demo') few.splice(2);
  return [
    ...types.flatMap((type) => few.map((offset) => [type, offset])),
    ...[0n, 21n, 31n].flatMap((type) => many.map((offset) => [type, offset])),
  ];
}
