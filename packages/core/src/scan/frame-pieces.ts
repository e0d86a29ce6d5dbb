import { possibleBits } from '../expr/possible-bits.js';
import type { Word } from '../expr/word.js';

/** A run of bits in one half of a word, summed by itself so that 32-bit counters do not overflow. */
export interface FramePiece {
  readonly half: 'lo' | 'hi';
  /** Bits of one addend. */
  readonly bits: number;
  /** Bit position of the run in the frame number: the sum counts this much more. */
  readonly weight: number;
  /** Code that takes the run out of the half. */
  code(half: string): string;
}

/** Widest run that is summed in one piece; wider ones are cut in 16-bit runs. */
const WIDEST = 20;

/**
 * Cuts a frame number into pieces to sum. A frame that is a masked field shifted down is summed
 * before the shift, which saves shifting every entry: the sum is the same as long as no set bit is
 * shifted out.
 */
export function framePieces(frame: Word): { summed: Word; pieces: FramePiece[] } {
  const shifted =
    frame.op === 'shr' && (possibleBits(frame.a) & ((1n << BigInt(frame.by)) - 1n)) === 0n;
  const summed = shifted ? frame.a : frame;
  const down = shifted ? frame.by : 0;
  const possible = possibleBits(summed);
  const pieces = (['lo', 'hi'] as const).flatMap((half) => {
    const base = half === 'lo' ? 0 : 32;
    const runs = runsOf(Number((possible >> BigInt(base)) & 0xffff_ffffn));
    return runs.map((run) => piece(half, run, base + run.low - down));
  });
  return { summed, pieces };
}

/** Runs that together cover the set bits of a half: one when it is short, else 16 bits each. */
function runsOf(mask: number): { low: number; bits: number; topmost: boolean }[] {
  if (mask === 0) return [];
  const low = 31 - Math.clz32(mask & -mask);
  const bits = 32 - Math.clz32(mask) - low;
  if (bits <= WIDEST) return [{ low, bits, topmost: true }];
  return [
    { low, bits: 16, topmost: false },
    { low: low + 16, bits: bits - 16, topmost: true },
  ];
}

/** No bits can be set below the lowest run nor above the topmost: those need no masking. */
function piece(
  half: 'lo' | 'hi',
  { low, bits, topmost }: { low: number; bits: number; topmost: boolean },
  weight: number,
): FramePiece {
  const mask = `0x${(2 ** bits - 1).toString(16)}`;
  const code = (name: string): string => {
    const shifted = low === 0 ? name : `(${name} >>> ${low})`;
    return topmost ? shifted : `(${shifted} & ${mask})`;
  };
  return { half, bits, weight, code };
}
