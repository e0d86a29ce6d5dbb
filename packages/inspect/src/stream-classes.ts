import {
  ENTRY_MARKS,
  type EntryForm,
  type Frames,
  type Level,
  type Vma,
  type WalkedEntry,
} from '@pagewright/core';
import { KIND_BITS, type Scanner, scannerFor } from '@pagewright/core/scan';
import { judgedEntry, type RangeKey, rangeKey, type WalkContext } from './stream.js';

/** Frames, from `low` up to but not including `high`, of which the same holds. */
interface FrameSpan {
  readonly low: number;
  readonly high: number;
}

const scanners = new WeakMap<EntryForm, Map<Level, Scanner>>();

/** Reads the kind, the marks and the frame of every entry of a table; compiled once a form. */
export function entryScanner(form: EntryForm, level: Level): Scanner {
  const known = scanners.get(form) ?? new Map<Level, Scanner>();
  const found = known.get(level) ?? scannerFor(form, level, ENTRY_MARKS);
  scanners.set(form, known.set(level, found));
  return found;
}

/** Codes of a scanner's entries: a kind and the answers to the marks. */
const CODES = 1 << (KIND_BITS + ENTRY_MARKS.length);

/**
 * What leaves of one area are, asked once for all that cannot differ: those of one level with the same
 * marks and of frames of which the same holds. What an answer depends on is not written down here but
 * watched while the decision is made: when it looks at the address of the entry (by the area's offset
 * or a hook) or at what the frame's struct page holds, it is asked of each entry anew.
 */
export class LeafClasses {
  private readonly known = new Map<Level, Map<number, RangeKey>>();
  private readonly limits: Float64Array;
  private readonly watched: WalkContext;
  private readonly area: Vma;
  private looksCloser = false;

  constructor(context: WalkContext, vma: Vma, bounds: readonly bigint[]) {
    this.limits = Float64Array.from(bounds, Number);
    const closer = <T>(value: T): T => {
      this.looksCloser = true;
      return value;
    };
    this.watched = { ...context, frames: watchedFrames(context.frames, closer) };
    this.area = {
      start: vma.start,
      end: vma.end,
      flags: vma.flags,
      get pgoff() {
        return closer(vma.pgoff);
      },
      get ops() {
        return vma.ops?.findNormalPage === undefined ? vma.ops : closer(vma.ops);
      },
    };
  }

  /** The frames around one of which the same holds as of it. */
  spanOf(frame: number): FrameSpan & { readonly index: number } {
    const { limits } = this;
    let [from, to] = [0, limits.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((limits[middle] as number) <= frame) from = middle + 1;
      else to = middle;
    }
    return {
      index: from,
      low: limits[from - 1] ?? 0,
      high: limits[from] ?? Number.POSITIVE_INFINITY,
    };
  }

  /**
   * The key of a leaf.
   *
   * @param code of the entry, as the scanner has it
   * @param span index of the span that its frame is in
   * @param make the entry; asked where the answer is not known
   * @returns the same object for all leaves that cannot differ, else one of its own
   */
  keyOf(level: Level, code: number, span: number, make: () => WalkedEntry): RangeKey {
    const keys = this.known.get(level) ?? new Map<number, RangeKey>();
    this.known.set(level, keys);
    const place = span * CODES + code;
    const known = keys.get(place);
    if (known !== undefined) return known;
    this.looksCloser = false;
    const key = rangeKey(judgedEntry(this.watched, this.area, make()));
    if (!this.looksCloser) keys.set(place, key);
    return key;
  }

  /** Whether a key of `keyOf` stands for all leaves of its code and span. */
  isShared(level: Level, code: number, span: number): boolean {
    return this.known.get(level)?.has(span * CODES + code) === true;
  }
}

const watchedFrames = (frames: Frames, closer: <T>(value: T) => T): Frames => ({
  memmap: (frame) => frames.memmap(frame),
  isZero: (frame) => frames.isZero(frame),
  isHugeZero: (frame) => frames.isHugeZero(frame),
  isHugeZeroHead: (frame) => frames.isHugeZeroHead(frame),
  isAnon: (frame) => closer(frames.isAnon(frame)),
  isSlab: (frame) => closer(frames.isSlab(frame)),
  highest: frames.highest,
});
