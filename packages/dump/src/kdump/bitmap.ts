import type { ByteSource } from '../bytes.js';

/** Bits of one section: the unit in which a bitmap is read and counted (4 KiB of it). */
const SECTION_BYTES = 1 << 12;
const SECTION_BITS = SECTION_BYTES * 8;
/** Sections that stay in memory. */
const SECTIONS = 64;

interface Section {
  readonly words: Uint32Array;
  /** Set bits of the section before each word, and of the whole section at the end. */
  readonly before: Uint32Array;
}

/** A bitmap of page frames in a kdump, read section by section. */
export interface Bitmap {
  has(frame: number): boolean;
  /** Number of set bits below a frame: where its page descriptor stands. */
  rank(frame: number): number;
}

/**
 * A bitmap of `frames` bits at `offset` of the file, which must hold them. Bit `frame % 8` of byte
 * `frame / 8`, whatever the byte order of the machine: makedumpfile and QEMU address bytes.
 */
export function bitmapAt(source: ByteSource, offset: bigint, frames: number): Bitmap {
  const cache = new Map<number, Section>();
  /** Set bits before each section, as far as they were asked for. */
  const starts = [0];
  const section = (index: number): Section => {
    const cached = cache.get(index);
    if (cached !== undefined) return cached;
    const first = index * SECTION_BYTES;
    const length = Math.min(SECTION_BYTES, Math.ceil(frames / 8) - first);
    const made = countSection(source.read(offset + BigInt(first), length), frames - first * 8);
    if (cache.size >= SECTIONS) cache.delete(cache.keys().next().value as number);
    cache.set(index, made);
    return made;
  };
  const start = (index: number): number => {
    for (let at = starts.length; at <= index; at++) {
      const total = section(at - 1).before.at(-1) as number;
      starts.push((starts[at - 1] as number) + total);
    }
    return starts[index] as number;
  };
  return {
    has: (frame) => {
      if (frame >= frames) return false;
      const within = frame % SECTION_BITS;
      const { words } = section((frame - within) / SECTION_BITS);
      return (((words[within >> 5] as number) >>> (within & 31)) & 1) === 1;
    },
    rank: (frame) => {
      const bounded = Math.min(frame, frames);
      const within = bounded % SECTION_BITS;
      const index = (bounded - within) / SECTION_BITS;
      if (within === 0) return start(index);
      const { words, before } = section(index);
      const word = words[within >> 5] as number;
      const below = word & ((1 << (within & 31)) - 1);
      return start(index) + (before[within >> 5] as number) + bitCount(below);
    },
  };
}

function countSection(bytes: Uint8Array, bits: number): Section {
  const words = new Uint32Array(SECTION_BYTES / 4);
  for (let i = 0; i < bytes.length; i++) {
    words[i >> 2] = ((words[i >> 2] as number) | ((bytes[i] as number) << ((i & 3) * 8))) >>> 0;
  }
  // Bits beyond the last frame are padding, whatever they hold.
  if (bits < SECTION_BITS) {
    words[bits >> 5] = (words[bits >> 5] as number) & ((1 << (bits & 31)) - 1);
    words.fill(0, (bits >> 5) + 1);
  }
  const before = new Uint32Array(words.length + 1);
  for (let i = 0; i < words.length; i++) {
    before[i + 1] = (before[i] as number) + bitCount(words[i] as number);
  }
  return { words, before };
}

function bitCount(word: number): number {
  let n = word - ((word >>> 1) & 0x5555_5555);
  n = (n & 0x3333_3333) + ((n >>> 2) & 0x3333_3333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
