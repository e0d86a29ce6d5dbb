import type { MappingLevel } from '@pagewright/core';
import type { Entry } from '../machine/entries.js';
import type { Machine } from '../machine/machine.js';
import { ByteReader, ByteWriter } from './byte-writer.js';
import { COLUMNS, type Column, InFlight, Table } from './columns.js';
import { State } from './state.js';

/**
 * A state as bytes: equal states of equal machines have equal bytes, whatever numbers the machines
 * gave their words. Per word that is not 0: its column and record, each as the step from the word
 * before, and the value; entries, protections and flags in full.
 */
export function packState(machine: Machine, state: State): Uint8Array {
  const out = new ByteWriter();
  let lastColumn = 0;
  let lastRecord = 0;
  state.forEachSet((column, record, value) => {
    if (column !== lastColumn) lastRecord = 0;
    out.integer(column - lastColumn);
    out.integer(record - lastRecord);
    lastColumn = column;
    lastRecord = record;
    switch (COLUMNS[column]?.kind) {
      case 'entry':
        packEntry(machine, state, record, value, out);
        break;
      case 'savedEntry':
        out.word(savedSpace(machine, state, record).word(value as Entry));
        break;
      case 'prot':
        out.word(machine.prots.word(value));
        break;
      case 'vmFlags':
        out.word(machine.flagSets.value(value));
        break;
      default:
        out.integer(value);
    }
  });
  return out.done();
}

/** The state that bytes of `packState` stand for, on a machine like the one that made them. */
export function unpackState(machine: Machine, bytes: Uint8Array): State {
  const input = new ByteReader(bytes);
  const state = State.empty(machine.layout);
  let column = 0;
  let record = 0;
  while (!input.isAtEnd) {
    const step = input.integer();
    if (step !== 0) record = 0;
    column += step;
    record += input.integer();
    state.set(column as Column, record, unpackValue(machine, state, column, record, input));
  }
  return state;
}

function unpackValue(
  machine: Machine,
  state: State,
  column: number,
  record: number,
  input: ByteReader,
): number {
  switch (COLUMNS[column]?.kind) {
    case 'entry': {
      const pointer = input.integer();
      if (pointer < 0) return pointer;
      return spaceOf(machine, state, record).of(input.word());
    }
    case 'savedEntry':
      return savedSpace(machine, state, record).of(input.word());
    case 'prot':
      return machine.prots.id(input.word());
    case 'vmFlags':
      return machine.flagSets.of(input.word());
    default:
      return input.integer();
  }
}

/** Pointers to tables are negative numbers; a word follows a 0. */
function packEntry(
  machine: Machine,
  state: State,
  slot: number,
  value: number,
  out: ByteWriter,
): void {
  out.integer(Math.min(value, 0));
  if (value > 0) out.word(spaceOf(machine, state, slot).word(value as Entry));
}

/** Entries of the level of the table that a slot lies in. Tables come before slots. */
function spaceOf(machine: Machine, state: State, slot: number) {
  const table = Math.floor(slot / machine.tableStride);
  return spaceOfLevel(machine, state.get(Table.level, table));
}

/** Entries of the level that an operation in progress read one of. */
const savedSpace = (machine: Machine, state: State, operation: number) =>
  spaceOfLevel(machine, state.get(InFlight.level, operation));

const spaceOfLevel = (machine: Machine, number: number) =>
  machine.space(machine.levels[number]?.level as MappingLevel);
