import type { MappingLevel } from '@pagewright/core';
import {
  COLUMNS,
  type Column,
  type Entry,
  InFlight,
  type Machine,
  type State,
  Table,
} from '@pagewright/mm';

/** A value that means the same to every machine of a form: numbers of words are each machine's own. */
export interface WideValue {
  /** 0 for a number, `FLAGS`, `PROT`, else the number of a level plus `LEVELS`: an entry of that. */
  readonly kind: number;
  /** The number, or the word in full, as 64 bits. */
  readonly word: bigint;
}

const NUMBER = 0;
const FLAGS = 1;
const PROT = 2;
const LEVELS = 3;
const KINDS_OF_COLUMNS = COLUMNS.map(
  ({ kind }) =>
    ({ number: NUMBER, entry: LEVELS, savedEntry: LEVELS, vmFlags: FLAGS, prot: PROT })[kind],
);
/** How many kinds there can be. */
export const KINDS = 16;

/** Turns the words of a machine's states into values that other machines understand, and back. */
export class WordValues {
  private readonly columnOf: Uint16Array;

  constructor(private readonly machine: Machine) {
    const { layout } = machine;
    this.columnOf = new Uint16Array(layout.length);
    layout.bases.forEach((base, column) => {
      this.columnOf.fill(column, base);
    });
  }

  /** The column that a word lies in. */
  columnAt(at: number): Column {
    return this.columnOf[at] as Column;
  }

  /** A word of a state. */
  valueAt(state: State, at: number): number {
    const column = this.columnAt(at);
    return state.get(column, at - (this.machine.layout.bases[column] as number));
  }

  /** What kind of value a word of a state has: numbers of entries mean something at a level alone. */
  kindOf(state: State, at: number, value: number): number {
    // The empty entry is the same at all levels; pointers to tables are negative numbers.
    if (value <= 0) return NUMBER;
    const column = this.columnAt(at);
    const kind = KINDS_OF_COLUMNS[column] as number;
    if (kind !== LEVELS) return kind;
    const record = at - (this.machine.layout.bases[column] as number);
    if (column === InFlight.entry) return LEVELS + state.get(InFlight.level, record);
    return LEVELS + state.get(Table.level, Math.floor(record / this.machine.tableStride));
  }

  /** A value of a kind in full. */
  widen(kind: number, value: number): WideValue {
    return { kind, word: BigInt.asUintN(64, this.wordOf(kind, value)) };
  }

  private wordOf(kind: number, value: number): bigint {
    const { machine } = this;
    if (kind === NUMBER) return BigInt(value);
    if (kind === FLAGS) return machine.flagSets.value(value);
    if (kind === PROT) return machine.prots.word(value);
    return machine.space(this.level(kind)).word(value as Entry);
  }

  /** What a value is in this machine's states. */
  narrow({ kind, word }: WideValue): number {
    const { machine } = this;
    if (kind === NUMBER) return Number(BigInt.asIntN(64, word));
    if (kind === FLAGS) return machine.flagSets.of(word);
    if (kind === PROT) return machine.prots.id(word);
    return machine.space(this.level(kind)).of(word);
  }

  private level(kind: number): MappingLevel {
    return this.machine.levels[kind - LEVELS]?.level as MappingLevel;
  }
}
