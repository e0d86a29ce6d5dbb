import type { MappingLevel } from '@pagewright/core';
import {
  CHUNK_WORDS,
  COLUMNS,
  type Column,
  type Entry,
  InFlight,
  type Machine,
  State,
  Table,
} from '@pagewright/mm';
import type { Key } from '../key.js';
import type { Stepper } from '../world/stepper.js';
import { LEFT_OUT_COLUMNS } from './left-out.js';
import { WordValues } from './word-values.js';

/** Longest form of one word of a state: two steps, a number, a whole entry. */
const MOST_BYTES = 40;

/**
 * States of a search as bytes and back: the words that are not 0. Equal bytes are equal states in every
 * thread: entries, rights and flags are written in full, since their numbers are each machine's own.
 */
export class StateCodec {
  protected readonly machine: Machine;
  protected readonly kinds: Uint8Array;
  protected readonly recordKinds = COLUMNS.map(({ record }) => record);
  private readonly words = new WordHalves();
  private readonly wordValues: WordValues;
  private at = 0;
  private run = -1;
  private bytes: Uint8Array = new Uint8Array(0);

  constructor(protected readonly stepper: Stepper) {
    this.machine = stepper.world.model.machine;
    this.kinds = Uint8Array.from(COLUMNS, ({ kind }) => KINDS.indexOf(kind));
    for (const column of LEFT_OUT_COLUMNS) this.kinds[column] = LEFT_OUT;
    this.wordValues = new WordValues(this.machine);
  }

  /** Writes what the stepper is in. */
  write(key: Key): void {
    const { state } = this.stepper.world.model;
    this.begin(key);
    state.forEachSet((column, record, value) => {
      if (this.kinds[column] !== LEFT_OUT) this.entryOf(key, state, column, record, record, value);
    });
    this.end(key);
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

  /** Makes the stepper be in what bytes stand for; answers the state. */
  read(bytes: Uint8Array): State {
    this.bytes = bytes;
    this.at = 0;
    const { layout } = this.machine;
    const { bases } = layout;
    const state = State.empty(layout);
    for (let number = this.readInteger() - 1; number >= 0; number = this.readInteger() - 1) {
      for (
        let place = bytes[this.at++] as number;
        place !== 0;
        place = bytes[this.at++] as number
      ) {
        const at = number * CHUNK_WORDS + place - 1;
        const column = this.wordValues.columnAt(at);
        const record = at - (bases[column] as number);
        state.set(column, record, this.readValue(state, column, record));
      }
    }
    this.stepper.enter(state);
    return state;
  }

  /** Begins a key. */
  protected begin(key: Key): void {
    key.reserve(MOST_BYTES);
    this.bytes = key.bytes;
    this.at = 0;
    this.run = -1;
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
const [, ENTRY, SAVED, FLAGS, PROT] = [0, 1, 2, 3, 4];
/** Kind of columns that are not written. */
export const LEFT_OUT = 5;

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
