import { CHUNK_WORDS, type Words } from '@pagewright/mm';
import type { Trace } from './trace.js';

const CHUNK_SHIFT = 31 - Math.clz32(CHUNK_WORDS);
/** The word was asked for, or written, since the last `undo`: the trace says so. */
const TOLD = 1;
/** It was written. */
const WRITTEN = 2;

/** Groups of 32 words, as many as make whole chunks. */
const groupsOf = (length: number): number => Math.ceil(length / CHUNK_WORDS) * (CHUNK_WORDS >> 5);

/** Words of bits of so many words: one for each 32, and one for each 32 of these. */
export const bitPlaces = (length: number): number =>
  groupsOf(length) + Math.ceil(groupsOf(length) / 32);

/**
 * The words of a state that operations are let loose on one after the other: each is undone, and what it
 * asked of the words that it found goes into a trace. Of every word a bit says whether it is 0, and of
 * every 32 of them another one, so that tables are looked through quickly, and traces of that are short.
 */
export class TrackedWords implements Words {
  /** The words as they are. */
  private readonly values: Float64Array;
  /** Words that are not 0, 32 to each; from `summaries` on, those of these that are not 0. */
  readonly bits: Int32Array;
  /** In the same way the words that are not the same in all states. */
  readonly varying: Int32Array;
  private readonly summaries: number;
  private readonly chunks: readonly Float64Array[];
  private trace: Trace | undefined;
  /** Of each word: `TOLD`, `WRITTEN`. */
  private readonly marks: Uint8Array;
  private readonly toldWords: Int32Array;
  private toldWordCount = 0;
  /** Words that were written, and what they and the bits of their 32 were before. */
  readonly written: Int32Array;
  writtenCount = 0;
  private readonly before: Float64Array;
  private readonly bitsBefore: Int32Array;
  /** By summary: 32 words of which some were written. */
  private readonly writtenGroups: Int32Array;
  /** Bits that the trace tells of, and where there are any. */
  private readonly told: Int32Array;
  private readonly toldPlaces: Int32Array;
  private toldPlaceCount = 0;

  constructor(readonly length: number) {
    const groups = groupsOf(length);
    const room = groups << 5;
    const places = bitPlaces(length);
    this.summaries = groups;
    this.values = new Float64Array(room);
    this.bits = new Int32Array(places);
    this.varying = new Int32Array(places);
    this.marks = new Uint8Array(room);
    this.toldWords = new Int32Array(room);
    this.written = new Int32Array(room);
    this.before = new Float64Array(room);
    this.bitsBefore = new Int32Array(groups);
    this.writtenGroups = new Int32Array(places);
    this.told = new Int32Array(places);
    this.toldPlaces = new Int32Array(places);
    this.chunks = Array.from({ length: room >> CHUNK_SHIFT }, (_, i) =>
      this.values.subarray(i * CHUNK_WORDS, (i + 1) * CHUNK_WORDS),
    );
  }

  /** Sets a word of the state that operations begin in. */
  put(at: number, value: number): void {
    this.store(at, value);
  }

  /** A word is not the same in all states. */
  vary(at: number): void {
    const { varying, summaries } = this;
    const summary = summaries + (at >>> 10);
    varying[at >>> 5] = (varying[at >>> 5] as number) | (1 << at);
    varying[summary] = (varying[summary] as number) | (1 << (at >>> 5));
  }

  /** A word, or its 32, is among some bits, which begin at a place of an array. */
  isAmong(bits: Int32Array, first: number, at: number): boolean {
    const group = bits[first + (at >>> 5)] as number;
    const summary = bits[first + this.summaries + (at >>> 10)] as number;
    return (group & (1 << at)) !== 0 || (summary & (1 << (at >>> 5))) !== 0;
  }

  /** An operation begins: what it asks for goes into a trace. */
  begin(trace: Trace): void {
    this.trace = trace;
  }

  /** The operation is over: what is asked for from here on is no part of it. */
  endTrace(): void {
    this.trace = undefined;
  }

  /** Makes all words what they were when the operation began. */
  undo(): void {
    const { written, marks, before, toldWords, told, toldPlaces } = this;
    for (let i = 0; i < this.writtenCount; i++) {
      const at = written[i] as number;
      this.writtenGroups[this.summaries + (at >>> 10)] = 0;
      this.store(at, before[at] as number);
      marks[at] = 0;
    }
    this.writtenCount = 0;
    for (let i = 0; i < this.toldWordCount; i++) marks[toldWords[i] as number] = 0;
    this.toldWordCount = 0;
    for (let i = 0; i < this.toldPlaceCount; i++) told[toldPlaces[i] as number] = 0;
    this.toldPlaceCount = 0;
    this.trace = undefined;
  }

  /** A word that was written is not what it was. */
  isChanged(at: number): boolean {
    return this.values[at] !== this.before[at];
  }

  get(at: number): number {
    if (this.trace !== undefined && this.marks[at] === 0) this.tell(at, this.trace);
    return this.values[at] as number;
  }

  set(at: number, value: number): void {
    if (this.marks[at] !== WRITTEN) this.write(at);
    this.store(at, value);
  }

  private write(at: number): void {
    if (this.trace !== undefined && this.marks[at] === 0) this.tell(at, this.trace);
    this.marks[at] = WRITTEN;
    this.written[this.writtenCount++] = at;
    this.before[at] = this.values[at] as number;
    const group = at >>> 5;
    const place = this.summaries + (group >>> 5);
    const groups = this.writtenGroups[place] as number;
    if ((groups & (1 << group)) !== 0) return;
    this.writtenGroups[place] = groups | (1 << group);
    this.bitsBefore[group] = this.bits[group] as number;
  }

  private tell(at: number, trace: Trace): void {
    this.marks[at] = TOLD;
    this.toldWords[this.toldWordCount++] = at;
    trace.add(at, 0, 0);
    this.markTold(at >>> 5, 1 << at);
  }

  private markTold(place: number, mask: number): void {
    const known = this.told[place] as number;
    if (known === 0) this.toldPlaces[this.toldPlaceCount++] = place;
    this.told[place] = known | mask;
  }

  private store(at: number, value: number): void {
    const { values, bits } = this;
    const was = values[at] as number;
    values[at] = value;
    if ((was === 0) === (value === 0)) return;
    const group = at >>> 5;
    const now = (bits[group] as number) ^ (1 << at);
    bits[group] = now;
    const summary = this.summaries + (at >>> 10);
    const mask = 1 << group;
    const all = bits[summary] as number;
    bits[summary] = now === 0 ? all & ~mask : all | mask;
  }

  fill(at: number, end: number, value: number): void {
    if (value !== 0) for (let i = at; i < end; i++) this.set(i, value);
    else for (let i = this.nextSet(at, end); i >= 0; i = this.nextSet(i + 1, end)) this.set(i, 0);
  }

  read(at: number, into: Float64Array, start: number, end: number): void {
    for (let to = start; to < end; to++) into[to] = this.get(at + to - start);
  }

  chunk(at: number): Readonly<Float64Array> | undefined {
    const first = at & -CHUNK_WORDS;
    if (this.trace !== undefined) {
      const end = first + CHUNK_WORDS;
      for (let i = this.nextSet(first, end); i >= 0; i = this.nextSet(i + 1, end)) this.get(i);
    }
    const group = first >>> 5;
    for (let i = 0; i < CHUNK_WORDS >> 5; i++) {
      if (this.bits[group + i] !== 0) return this.chunks[first >>> CHUNK_SHIFT];
    }
    return undefined;
  }

  nextZero(at: number, end: number): number {
    const { bits } = this;
    for (let i = at; i < end; ) {
      const group = i >>> 5;
      const asked = maskOf(i, end);
      const found = ~(bits[group] as number) & asked;
      if (found === 0) this.ask(group, asked);
      else {
        const first = 31 - Math.clz32(found & -found);
        this.ask(group, asked & upTo(first));
        return (group << 5) | first;
      }
      i = (group + 1) << 5;
    }
    return -1;
  }

  nextSet(at: number, end: number): number {
    if (this.trace === undefined) return this.nextSetUntold(at, end);
    for (let i = at; i < end; ) {
      if ((i & 31) === 0 && end - i >= 32) {
        i = this.skip(i >>> 5, end >>> 5) << 5;
        if (i >= end) return -1;
      }
      const group = i >>> 5;
      const asked = maskOf(i, end);
      const found = (this.bits[group] as number) & asked;
      if (found !== 0) {
        const first = 31 - Math.clz32(found & -found);
        this.ask(group, asked & upTo(first));
        return (group << 5) | first;
      }
      this.ask(group, asked);
      i = (group + 1) << 5;
    }
    return -1;
  }

  /** `nextSet` of which no trace tells. */
  private nextSetUntold(at: number, end: number): number {
    if (at >= end) return -1;
    const { bits, summaries } = this;
    let group = at >>> 5;
    let found = (bits[group] as number) & (-1 << at);
    while (found === 0) {
      group++;
      const rest = (bits[summaries + (group >>> 5)] as number) & (-1 << group);
      group = rest === 0 ? group | 31 : (group & ~31) | (31 - Math.clz32(rest & -rest));
      if (group << 5 >= end) return -1;
      found = bits[group] as number;
    }
    const next = (group << 5) | (31 - Math.clz32(found & -found));
    return next < end ? next : -1;
  }

  /** The first of some groups of 32 that has to be looked at: it is not 0, or was written. */
  private skip(from: number, end: number): number {
    for (let group = from; group < end; ) {
      const place = this.summaries + (group >>> 5);
      let asked = maskOf(group, end);
      const written = (this.writtenGroups[place] as number) & asked;
      if (written !== 0) asked &= (written & -written) - 1;
      const found = (this.bits[place] as number) & asked;
      if (found !== 0) {
        const first = 31 - Math.clz32(found & -found);
        this.ask(place, asked & upTo(first));
        return (group & ~31) | first;
      }
      this.ask(place, asked);
      if (written !== 0) return (group & ~31) | (31 - Math.clz32(written & -written));
      group = (group & ~31) + 32;
    }
    return end;
  }

  /** Bits were looked at: they are told, as far as nobody wrote them, for then they are. */
  private ask(place: number, mask: number): void {
    if (this.trace === undefined) return;
    const unknown = mask & ~(this.told[place] as number);
    if (unknown === 0) return;
    this.trace.bits(place, unknown, (this.bits[place] as number) & unknown);
    this.markTold(place, unknown);
  }

  /** As `get`, of the word as it was when the operation began. */
  getBefore(at: number): number {
    if (this.trace !== undefined && this.marks[at] === 0) this.tell(at, this.trace);
    return (this.marks[at] === WRITTEN ? this.before[at] : this.values[at]) as number;
  }

  /** As `nextSet`, of the words as they were when the operation began. */
  nextSetBefore(at: number, end: number): number {
    for (let i = at; i < end; i = ((i >>> 5) + 1) << 5) {
      if ((i & 31) === 0 && end - i >= 32) {
        i = this.skip(i >>> 5, end >>> 5) << 5;
        if (i >= end) return -1;
      }
      const group = i >>> 5;
      const groups = this.writtenGroups[this.summaries + (group >>> 5)] as number;
      const isWritten = (groups & (1 << group)) !== 0;
      const bits = (isWritten ? this.bitsBefore[group] : this.bits[group]) as number;
      const asked = maskOf(i, end);
      const found = bits & asked;
      const first = found === 0 ? 31 : 31 - Math.clz32(found & -found);
      this.ask(group, asked & upTo(first));
      if (found !== 0) return (group << 5) | first;
    }
    return -1;
  }

  forEachSet(visit: (at: number, value: number) => void): void {
    if (this.trace !== undefined) refuse();
    for (let at = this.nextSet(0, this.length); at >= 0; at = this.nextSet(at + 1, this.length)) {
      visit(at, this.values[at] as number);
    }
  }

  /** As far as `before` are these words before the operation: there is nothing to be asked for. */
  forEachDifference(_before: Words, visit: (at: number, was: number, value: number) => void): void {
    for (const at of this.written.slice(0, this.writtenCount).sort()) {
      const [was, value] = [this.before[at] as number, this.values[at] as number];
      if (was !== value) visit(at, was, value);
    }
  }

  copy(): Words {
    return refuse();
  }

  revert(): void {
    refuse();
  }
}

/** A trace tells of single words; and it is `undo` that takes changes back. */
function refuse(): never {
  throw new Error('words that are tracked are there to be asked for one by one');
}

/** Bits from that of a place on, of the same 32, before an end. */
function maskOf(at: number, end: number): number {
  const first = -1 << at;
  const rest = end - (at & ~31);
  return rest >= 32 ? first : first & ((1 << rest) - 1);
}

/** Bits up to one, with it. */
const upTo = (bit: number): number => (2 << bit) - 1;
