import type { FlippedEntry } from './flips.js';
import { highestPfn, type MemoryLayout, type Place } from './layout.js';

/** How many frames of RAM, or what share of them, flips of their numbers take to each place. */
export type Landing = Readonly<Record<Place, number>>;

/** Numbers below `end` in which a bit is clear. */
function clearBelow(end: number, bit: number): number {
  const half = 2 ** bit;
  const whole = Math.floor(end / (2 * half));
  return whole * half + Math.min(end - whole * 2 * half, half);
}

/** Numbers from `start` to before `end` in which a bit is as asked. */
function countWhere(start: number, end: number, bit: number, set: boolean): number {
  if (end <= start) return 0;
  const clear = clearBelow(end, bit) - clearBelow(start, bit);
  return set ? end - start - clear : clear;
}

/**
 * Over all frames of RAM, where the flip of a bit of the frame number leads. Counted by arithmetic:
 * a flip moves the frames whose bit is clear up by its weight, the others down.
 */
export function landing(layout: MemoryLayout, pageShift: number, bit: number): Landing {
  const weight = 2 ** bit;
  const frames = layout.ranges.map(({ start, end, device }) => ({
    start: start / 2 ** pageShift,
    end: end / 2 ** pageShift,
    device,
  }));
  const ram = frames.filter(({ device }) => !device);
  const into = (start: number, end: number): number =>
    ram.reduce((sum, from) => {
      const up = [Math.max(from.start, start - weight), Math.min(from.end, end - weight)] as const;
      const down = [
        Math.max(from.start, start + weight),
        Math.min(from.end, end + weight),
      ] as const;
      return sum + countWhere(...up, bit, false) + countWhere(...down, bit, true);
    }, 0);
  const sumOf = (device: boolean): number =>
    frames
      .filter((range) => range.device === device)
      .reduce((sum, { start, end }) => sum + into(start, end), 0);
  const counts = {
    memory: sumOf(false),
    device: sumOf(true),
    beyond: into(highestPfn(layout, pageShift) + 1, Number.POSITIVE_INFINITY),
  };
  const all = ram.reduce((sum, { start, end }) => sum + end - start, 0);
  return { ...counts, hole: all - counts.memory - counts.device - counts.beyond };
}

/** Bits of the frame number that the flips of an entry reach, from the lowest on. */
export const frameBits = ({ flips }: FlippedEntry, own: number): number[] =>
  flips.flatMap(({ pfn }) => {
    const bit = pfn === undefined ? -1 : Math.log2(Math.abs(pfn - own));
    return Number.isInteger(bit) ? [bit] : [];
  });

/** Where all flips of these bits, over all frames of RAM, lead: shares of 1. */
export function landingShares(
  layout: MemoryLayout,
  pageShift: number,
  bits: readonly number[],
): Landing {
  const sum = { memory: 0, device: 0, hole: 0, beyond: 0 };
  let all = 0;
  for (const bit of bits) {
    for (const [place, count] of Object.entries(landing(layout, pageShift, bit))) {
      sum[place as Place] += count;
      all += count;
    }
  }
  const shares = Object.entries(sum).map(([place, count]) => [place, all === 0 ? 0 : count / all]);
  return Object.fromEntries(shares) as Landing;
}
