import {
  type AbsentKind,
  bits,
  type EntryForm,
  entryKind,
  holdsSwapValue,
  isAbsentHelper,
  type SwapLevel,
  swapValue,
  swapWord,
} from '@pagewright/core';

/** How pxx_pfn() reads the offset of an absent entry of one type: each bit of it from one place. */
interface Reading {
  readonly type: number;
  /** What offset 0 reads as. */
  readonly base: bigint;
  /** Bits of the frame number that some bit of the offset flips. */
  readonly mask: bigint;
  /** Bit of the offset for each bit of the frame number that it flips. */
  readonly from: ReadonlyMap<bigint, bigint>;
  /** log2 of the offsets that there are, and of those that read alike. */
  readonly offsetBits: number;
  readonly freeBits: number;
}

/** Entries of one kind that are not present, as an insertion that compares frames reads them. */
export interface EncodedKind {
  readonly level: SwapLevel;
  readonly kind: AbsentKind;
  /** Numbers of types, and log2 of the offsets of each: together all entries of the kind. */
  readonly types: number;
  readonly offsetBits: number;
  /** All entries, less one where type and offset 0 are the empty entry. */
  readonly entries: bigint;
  /** Entries whose bits match the frame that is inserted: they are edited without a word. */
  readonly matching: bigint;
  /** Entries that read as the zeropage: refused without a word. */
  readonly zero: bigint;
  /** All others: refused with a warning. */
  readonly warning: bigint;
  /** Entries that match some frame of the machine. */
  readonly matchingSome: bigint;
  /**
   * How far the bits of the offset are moved up (down where negative) to be read as those of a frame;
   * 0 where an entry of frame X reads as X itself. Undefined where they are moved otherwise.
   */
  readonly shift?: number;
}

/** What entries are compared with. */
export interface ComparedFrames {
  /** The frame that is inserted. */
  readonly pfn: bigint;
  /** The zeropage, for PTEs: that compare lets entries of it pass without a warning. */
  readonly zero?: bigint;
  /** Frames that might be inserted: each from its first to before its end. */
  readonly all: readonly (readonly [first: bigint, end: bigint])[];
}

/**
 * Counts all absent entries of a level by what the compare of an insertion makes of them, before RFC
 * patch 3 (SPEC 3.3, 3.8, 15.7). Nothing is sampled: the bits of the frame number are read off the
 * form's own helpers one by one, and combinations of bits are counted. The flags beside type and
 * offset (exclusive, soft-dirty, uffd-wp) are clear: no form reads them as part of the number.
 */
export function encodedKinds(
  form: EntryForm,
  level: SwapLevel,
  frames: ComparedFrames,
): readonly EncodedKind[] {
  if (!holdsSwapValue(form, level) || isAbsentHelper(form.helper(level, 'pfn'))) return [];
  const { maxSwapfiles, numbers } = form.definition.swap.types;
  const kinds: [AbsentKind, number[]][] = [
    ['swap', Array.from({ length: maxSwapfiles }, (_, type) => type)],
    ...Object.entries(numbers).map(
      ([kind, type]) => [kind as AbsentKind, [type]] as [AbsentKind, number[]],
    ),
  ];
  return kinds.map(([kind, types]) =>
    countKind(
      level,
      kind,
      types.map((type) => readingOf(form, level, type)),
      isEmptyWord(form, level, kind),
      frames,
    ),
  );
}

function countKind(
  level: SwapLevel,
  kind: AbsentKind,
  readings: readonly Reading[],
  hasEmpty: boolean,
  { pfn, zero, all }: ComparedFrames,
): EncodedKind {
  const sum = (count: (reading: Reading) => bigint): bigint =>
    readings.reduce((total, reading) => total + count(reading), 0n);
  const entries = sum(({ offsetBits }) => 1n << BigInt(offsetBits)) - (hasEmpty ? 1n : 0n);
  const readAs =
    (frame: bigint) =>
    (reading: Reading): bigint =>
      reads(reading, frame) ? 1n << BigInt(reading.freeBits) : 0n;
  const matching = sum(readAs(pfn));
  const silent = zero === undefined ? 0n : sum(readAs(zero));
  const matchingSome = sum((reading) =>
    all.reduce((total, [first, end]) => total + framesRead(reading, first, end), 0n),
  );
  return {
    level,
    kind,
    types: readings.length,
    offsetBits: readings[0]?.offsetBits ?? 0,
    entries,
    matching,
    zero: silent,
    warning: entries - matching - silent,
    matchingSome,
    ...shiftOf(readings),
  };
}

/** The one way in which the readings of a kind move the bits of an offset. */
function shiftOf(readings: readonly Reading[]): { readonly shift?: number } {
  const shifts = new Set(
    readings.flatMap(({ base, from }) =>
      [...from].map(([frameBit, offsetBit]) =>
        base === 0n ? Math.log2(Number(frameBit)) - Math.log2(Number(offsetBit)) : Number.NaN,
      ),
    ),
  );
  const [shift] = shifts;
  return shifts.size === 1 && shift !== undefined && !Number.isNaN(shift) ? { shift } : {};
}

/** Type and offset 0 of a kind are the word of an empty slot. */
function isEmptyWord(form: EntryForm, level: SwapLevel, kind: AbsentKind): boolean {
  return (
    kind === 'swap' &&
    entryKind(form, level, swapWord(form, level, { type: 0, offset: 0n })) === 'none'
  );
}

/** Some offset of the type reads as the frame. */
const reads = ({ base, mask }: Reading, frame: bigint): boolean => ((frame ^ base) & ~mask) === 0n;

/** Reads off how pxx_pfn() takes its bits from an offset. */
function readingOf(form: EntryForm, level: SwapLevel, type: number): Reading {
  const read = (offset: bigint): bigint => form.pfn(level, swapWord(form, level, { type, offset }));
  const base = read(0n);
  const from = new Map<bigint, bigint>();
  let [mask, offsetBits, freeBits] = [0n, 0, 0];
  for (let bit = 0; bit < form.definition.swap.typeShift; bit++) {
    const offset = 1n << BigInt(bit);
    if (swapValue(form, level, bits(swapWord(form, level, { type, offset }))).offset !== offset) {
      continue;
    }
    offsetBits++;
    const flipped = read(offset) ^ base;
    if (flipped === 0n) freeBits++;
    else if ((flipped & (flipped - 1n)) !== 0n || from.has(flipped)) {
      throw new Error(
        `${form.name}: bit ${bit} of an offset is no bit of its own in ${level}_pfn()`,
      );
    } else from.set(flipped, offset);
    mask |= flipped;
  }
  return { type, base, mask, from, offsetBits, freeBits };
}

/** Offsets of a type that read as a frame from `first` to before `end`. */
function framesRead(reading: Reading, first: bigint, end: bigint): bigint {
  return (readBelow(reading, end) - readBelow(reading, first)) << BigInt(reading.freeBits);
}

/** Frames below `end` that some offset reads as: those that agree with `base` outside of `mask`. */
function readBelow({ base, mask }: Reading, end: bigint): bigint {
  const width = Math.max(end.toString(2).length, base.toString(2).length, mask.toString(2).length);
  let count = 0n;
  for (let bit = width - 1; bit >= 0; bit--) {
    const one = 1n << BigInt(bit);
    const below = one - 1n;
    const isFree = (mask & one) !== 0n;
    const isSet = (base & one) !== 0n;
    // Frames that agree with `end` above the bit and have 0 where it has 1.
    if ((end & one) !== 0n && (isFree || !isSet)) count += 1n << BigInt(bitCount(mask & below));
    if (!isFree && isSet !== ((end & one) !== 0n)) return count;
  }
  return count;
}

const bitCount = (value: bigint): number => value.toString(2).replaceAll('0', '').length;

/** The offset of an entry of a kind whose bits read as a frame; undefined where there is none. */
export function offsetMatching(
  form: EntryForm,
  level: SwapLevel,
  kind: AbsentKind,
  pfn: bigint,
): bigint | undefined {
  const type = kind === 'swap' ? 0 : form.definition.swap.types.numbers[kind];
  if (type === undefined || !holdsSwapValue(form, level)) return undefined;
  const reading = readingOf(form, level, type);
  if (!reads(reading, pfn)) return undefined;
  let offset = 0n;
  for (const [frameBit, offsetBit] of reading.from) {
    if (((pfn ^ reading.base) & frameBit) !== 0n) offset |= offsetBit;
  }
  return offset;
}
