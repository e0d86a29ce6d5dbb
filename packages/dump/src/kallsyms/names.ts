import { fail, ok, type Result } from '@pagewright/core';
import { LONGEST_NAME, TOKEN_COUNT, type Tokens } from './tokens.js';

/** Names of all symbols, compressed as the kernel holds them; a name is spelt out when asked for. */
export interface Names {
  readonly count: number;
  /** Name of one symbol, without its type; cut where the kernel would cut it. */
  name(index: number): string;
  /** Type letter as nm prints it: upper case for global symbols, `A` absolute, `T` text ... */
  type(index: number): string;
  /** Every symbol of this name, lowest index first. */
  find(name: string): readonly number[];
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
/** A length byte with this bit goes on in the next byte (kernel/kallsyms.c, since 6.1). */
const LENGTH_GOES_ON = 0x80;

/**
 * Steps over `kallsyms_names`: for each symbol a length (7 bits, and 8 more in a second byte when
 * the top bit says so) and so many token codes. Code `bad-kallsyms` when the names run out of the
 * area.
 */
export function readNames(area: Uint8Array, count: number, tokens: Tokens): Result<Names> {
  const start = new Uint32Array(count);
  const end = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < count; i++) {
    let length = area[at++] ?? 0;
    if (length >= LENGTH_GOES_ON) {
      length = (length & (LENGTH_GOES_ON - 1)) | ((area[at++] ?? 0) << 7);
    }
    start[i] = at;
    at += length;
    end[i] = at;
    if (at > area.length) {
      return fail('bad-kallsyms', `name ${i} of ${count} reaches beyond kallsyms_names`, {
        symbol: i,
        offset: at,
        areaBytes: area.length,
      });
    }
  }
  return ok(new CompressedNames(area, start, end, tokens));
}

class CompressedNames implements Names {
  readonly count: number;
  private readonly spelt = new Uint8Array(LONGEST_NAME);
  private index: NameIndex | undefined;

  constructor(
    private readonly area: Uint8Array,
    private readonly start: Uint32Array,
    private readonly end: Uint32Array,
    private readonly tokens: Tokens,
  ) {
    this.count = start.length;
  }

  name(index: number): string {
    return DECODER.decode(this.spelt.subarray(1, this.spell(index)));
  }

  type(index: number): string {
    return this.spell(index) === 0 ? '' : String.fromCharCode(this.spelt[0] as number);
  }

  find(name: string): readonly number[] {
    const wanted = ENCODER.encode(name);
    this.index ??= new NameIndex(this.area, this.start, this.end, this.tokens);
    return this.index.candidates(wanted).filter((index) => {
      if (this.spell(index) !== wanted.length + 1) return false;
      return wanted.every((byte, i) => byte === this.spelt[i + 1]);
    });
  }

  /** Writes type letter and name into `spelt` and answers their length. */
  private spell(index: number): number {
    const { bytes, start, length } = this.tokens;
    const last = this.end[index] ?? 0;
    let written = 0;
    for (let at = this.start[index] ?? 0; at < last; at++) {
      const code = this.area[at] as number;
      const from = start[code] as number;
      const take = Math.min(length[code] as number, LONGEST_NAME - written);
      for (let i = 0; i < take; i++) this.spelt[written++] = bytes[from + i] as number;
    }
    return written;
  }
}

/** Any odd number with well mixed bits serves. */
const MULTIPLIER = 0x9e3779b1 | 0;

/**
 * Hash table over all names. The hash is a polynomial over the name's bytes, so that each token
 * contributes in one step and no name is spelt out: 200 thousand names take a few milliseconds.
 */
class NameIndex {
  private readonly head: Int32Array;
  private readonly next: Int32Array;
  private readonly hashes: Int32Array;

  constructor(area: Uint8Array, start: Uint32Array, end: Uint32Array, tokens: Tokens) {
    const count = start.length;
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, count)));
    this.head = new Int32Array(slots).fill(-1);
    this.next = new Int32Array(count);
    this.hashes = new Int32Array(count);
    const whole = new Int32Array(TOKEN_COUNT);
    const withoutType = new Int32Array(TOKEN_COUNT);
    const power = new Int32Array(TOKEN_COUNT);
    for (let code = 0; code < TOKEN_COUNT; code++) {
      const from = tokens.start[code] as number;
      const text = tokens.bytes.subarray(from, from + (tokens.length[code] as number));
      whole[code] = hashOf(text);
      withoutType[code] = hashOf(text.subarray(1));
      power[code] = text.reduce((product) => Math.imul(product, MULTIPLIER), 1);
    }
    // From the last symbol down, so that the chains hold the lowest index first.
    for (let i = count - 1; i >= 0; i--) {
      const last = end[i] as number;
      let at = start[i] as number;
      while (at < last && tokens.length[area[at] as number] === 0) at++;
      let hash = at < last ? (withoutType[area[at] as number] as number) : 0;
      for (at++; at < last; at++) {
        const code = area[at] as number;
        hash = (Math.imul(hash, power[code] as number) + (whole[code] as number)) | 0;
      }
      const slot = hash & (slots - 1);
      this.hashes[i] = hash;
      this.next[i] = this.head[slot] as number;
      this.head[slot] = i;
    }
  }

  /** Symbols whose name may be this one. */
  candidates(name: Uint8Array): number[] {
    const hash = hashOf(name);
    const found: number[] = [];
    let at = this.head[hash & (this.head.length - 1)] as number;
    for (; at >= 0; at = this.next[at] as number) if (this.hashes[at] === hash) found.push(at);
    return found;
  }
}

function hashOf(text: Uint8Array): number {
  let hash = 0;
  for (const byte of text) hash = (Math.imul(hash, MULTIPLIER) + byte) | 0;
  return hash;
}
