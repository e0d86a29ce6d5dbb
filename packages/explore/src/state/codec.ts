import type { MappingLevel } from '@pagewright/core';
import {
  CHUNK_WORDS,
  COLUMNS,
  type Column,
  type Entry,
  Global,
  InFlight,
  type Machine,
  State,
  Table,
} from '@pagewright/mm';
import type { Key } from '../key.js';
import type { Stepper } from '../world/stepper.js';

/** Longest form of one word of a state: two steps, a number, a whole entry. */
const MOST_BYTES = 40;

/**
 * States of a search as bytes and back: the words of the model that are not 0, those of the names, and
 * how often limited actions were used. Equal bytes are equal states in every thread: entries, rights
 * and flags are written in full, since their numbers are each machine's own.
 */
export class StateCodec {
  protected readonly machine: Machine;
  protected readonly kinds: Uint8Array;
  protected readonly recordKinds = COLUMNS.map(({ record }) => record);
  private readonly words = new WordHalves();
  private readonly columnOf: Uint16Array;
  private readonly state: State;
  /** What was read last: its bytes, and the runs of words in them by number and place. */
  private origin: Uint8Array = new Uint8Array(0);
  private runs = 0;
  private readonly runNumbers: Int32Array;
  private readonly runPlaces: Int32Array;
  private at = 0;
  private run = -1;
  private bytes: Uint8Array = new Uint8Array(0);

  constructor(protected readonly stepper: Stepper) {
    this.machine = stepper.world.model.machine;
    this.kinds = Uint8Array.from(COLUMNS, ({ kind }) => KINDS.indexOf(kind));
    for (const column of STATISTICS) this.kinds[column] = LEFT_OUT;
    const { layout } = this.machine;
    this.columnOf = new Uint16Array(layout.length);
    layout.bases.forEach((base, column) => {
      this.columnOf.fill(column, base);
    });
    this.state = State.empty(layout);
    const count = Math.ceil(layout.length / CHUNK_WORDS);
    this.runNumbers = new Int32Array(count + 1);
    this.runPlaces = new Int32Array(count + 1);
  }

  /** Writes what the stepper is in. */
  write(key: Key): void {
    const { state } = this.stepper.world.model;
    this.begin(key, this.stepper.slots.words);
    const count = this.runNumbers.length - 1;
    for (let number = 0; number < count; number++) this.writeRun(key, state, number);
    this.end(key);
  }

  /**
   * Writes what the stepper is in, where that state followed the one that was read last and was
   * changed by an action since: what the action did not touch is copied.
   */
  writeChanged(key: Key): void {
    const { state } = this.stepper.world.model;
    const { runNumbers, runPlaces, runs } = this;
    this.begin(key, this.stepper.slots.words);
    let next = 0;
    for (let number = state.nextChanged(0); number >= 0; number = state.nextChanged(number + 1)) {
      const first = next;
      while (next < runs && (runNumbers[next] as number) < number) next++;
      this.copy(key, runPlaces[first] as number, runPlaces[next] as number);
      if (next < runs && runNumbers[next] === number) next++;
      this.writeRun(key, state, number);
    }
    this.copy(key, runPlaces[next] as number, runPlaces[runs] as number);
    this.end(key);
  }

  private copy(key: Key, from: number, to: number): void {
    if (to <= from) return;
    while (this.at + to - from + MOST_BYTES > this.bytes.length) this.grow(key);
    this.closeRun();
    this.bytes.set(this.origin.subarray(from, to), this.at);
    this.at += to - from;
  }

  private writeRun(key: Key, state: State, number: number): void {
    const words = state.run(number);
    if (words === undefined) return;
    while (this.at + CHUNK_WORDS * MOST_BYTES > this.bytes.length) this.grow(key);
    const { bytes, columnOf, kinds } = this;
    const { bases } = this.machine.layout;
    const base = number * CHUNK_WORDS;
    for (let i = 0; i < CHUNK_WORDS; i++) {
      const value = words[i] as number;
      if (value === 0) continue;
      const column = columnOf[base + i] as number;
      const kind = kinds[column] as number;
      if (kind === LEFT_OUT) continue;
      if (this.run < 0) {
        this.integer(number + 1);
        this.run = number;
      }
      bytes[this.at++] = i + 1;
      if (kind === NUMBER && value > 0 && value < 0x40) bytes[this.at++] = 2 * value;
      else this.value(state, column, base + i - (bases[column] as number), value);
    }
    this.closeRun();
  }

  /**
   * Writes one word of a state, behind the one before.
   *
   * @param from the record that it is of in the state
   */
  protected entryOf(
    key: Key,
    state: State,
    column: Column,
    record: number,
    from: number,
    value: number,
  ): void {
    if (this.at + MOST_BYTES > this.bytes.length) this.grow(key);
    const at = (this.machine.layout.bases[column] as number) + record;
    const run = Math.floor(at / CHUNK_WORDS);
    if (run !== this.run) {
      this.closeRun();
      this.integer(run + 1);
      this.run = run;
    }
    this.bytes[this.at++] = (at % CHUNK_WORDS) + 1;
    this.value(state, column, from, value);
  }

  private closeRun(): void {
    if (this.run >= 0) this.bytes[this.at++] = 0;
    this.run = -1;
  }

  /** Makes the stepper be in what bytes stand for; answers the state: until the next is read. */
  read(bytes: Uint8Array): State {
    this.bytes = bytes;
    this.origin = bytes;
    this.at = 0;
    const { words } = this.stepper.slots;
    const { used, world } = this.stepper;
    for (let i = 0; i < words.length; i++) words[i] = this.readInteger();
    for (let i = 0; i < used.length; i++) used[i] = this.readInteger();
    const { state, columnOf, runNumbers, runPlaces } = this;
    const { bases } = this.machine.layout;
    state.reset();
    this.runs = 0;
    for (;;) {
      runPlaces[this.runs] = this.at;
      const number = this.readInteger() - 1;
      if (number < 0) break;
      runNumbers[this.runs++] = number;
      for (
        let place = bytes[this.at++] as number;
        place !== 0;
        place = bytes[this.at++] as number
      ) {
        const at = number * CHUNK_WORDS + place - 1;
        const column = columnOf[at] as Column;
        const record = at - (bases[column] as number);
        state.set(column, record, this.readValue(state, column, record));
      }
    }
    world.model.state = state;
    return state;
  }

  /** Begins a key with the words of the names. */
  protected begin(key: Key, words: Int32Array): void {
    const { used } = this.stepper;
    key.reserve(8 * (words.length + used.length) + MOST_BYTES);
    this.bytes = key.bytes;
    this.at = 0;
    this.run = -1;
    for (let i = 0; i < words.length; i++) this.integer(words[i] as number);
    for (let i = 0; i < used.length; i++) this.integer(used[i] as number);
  }

  /** Ends a key. */
  protected end(key: Key): void {
    if (this.at + MOST_BYTES > this.bytes.length) this.grow(key);
    this.closeRun();
    this.integer(0);
    key.finish(this.at);
  }

  private grow(key: Key): void {
    key.reserve(this.bytes.length + MOST_BYTES);
    this.bytes = key.bytes;
  }

  private value(state: State, column: number, record: number, value: number): void {
    switch (this.kinds[column]) {
      case ENTRY:
        // Pointers to tables are negative numbers; a word follows a 0.
        if (value < 0) this.integer(-value);
        else {
          this.integer(0);
          this.word(this.machine.space(this.levelOf(state, record)).word(value as Entry));
        }
        break;
      case SAVED:
        this.word(this.machine.space(this.savedLevel(state, record)).word(value as Entry));
        break;
      case FLAGS:
        this.word(this.machine.flagSets.value(value));
        break;
      case PROT:
        this.word(this.machine.prots.word(value));
        break;
      default:
        this.integer(value < 0 ? -2 * value - 1 : 2 * value);
    }
  }

  private readValue(state: State, column: number, record: number): number {
    switch (this.kinds[column]) {
      case ENTRY: {
        const pointer = this.readInteger();
        if (pointer !== 0) return -pointer;
        return this.machine.space(this.levelOf(state, record)).of(this.readWord());
      }
      case SAVED:
        return this.machine.space(this.savedLevel(state, record)).of(this.readWord());
      case FLAGS:
        return this.machine.flagSets.of(this.readWord());
      case PROT:
        return this.machine.prots.id(this.readWord());
      default: {
        const number = this.readInteger();
        return number % 2 === 0 ? number / 2 : -(number + 1) / 2;
      }
    }
  }

  /** Level of the table that a slot lies in. Tables come before slots. */
  protected levelOf(state: State, slot: number): MappingLevel {
    const table = Math.floor(slot / this.machine.tableStride);
    return this.machine.levels[state.get(Table.level, table)]?.level as MappingLevel;
  }

  protected savedLevel(state: State, operation: number): MappingLevel {
    return this.machine.levels[state.get(InFlight.level, operation)]?.level as MappingLevel;
  }

  /** A number that is not negative, small ones in few bytes. */
  private integer(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.at++] = rest;
  }

  private readInteger(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.bytes[this.at++] as number;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  private word(word: bigint): void {
    const { low, high } = this.words.of(word);
    const { bytes } = this;
    for (let i = 0; i < 4; i++) {
      bytes[this.at + i] = low >>> (8 * i);
      bytes[this.at + 4 + i] = high >>> (8 * i);
    }
    this.at += 8;
  }

  private readWord(): bigint {
    const { bytes } = this;
    let word = 0n;
    for (let i = 7; i >= 0; i--) word = (word << 8n) | BigInt(bytes[this.at + i] as number);
    this.at += 8;
    return word;
  }
}

const KINDS = ['number', 'entry', 'savedEntry', 'vmFlags', 'prot'] as const;
const [NUMBER, ENTRY, SAVED, FLAGS, PROT] = [0, 1, 2, 3, 4];
/** Kind of columns that are not written. */
export const LEFT_OUT = 5;
/** Sums over all time, which no kernel asks for: with them no state would ever come again. */
const STATISTICS = [Global.pinsAcquired, Global.pinsReleased];

/** Halves of words, computed once for each word. */
class WordHalves {
  private readonly known = new Map<bigint, { readonly low: number; readonly high: number }>();

  of(word: bigint): { readonly low: number; readonly high: number } {
    let found = this.known.get(word);
    if (found === undefined) {
      found = { low: Number(word & 0xffff_ffffn), high: Number(word >> 32n) };
      this.known.set(word, found);
    }
    return found;
  }
}
