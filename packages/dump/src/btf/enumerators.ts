import { isEnum, KIND } from './kind.js';
import type { TypeId, TypeTable } from './table.js';

/** A constant of an enum. */
export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

/** Words of one enumerator: name and value, the value of an enum64 in two halves. */
const WORDS = { enum: 2, enum64: 3 } as const;

const elementWords = (table: TypeTable, id: TypeId): number =>
  table.kind(id) === KIND.enum64 ? WORDS.enum64 : WORDS.enum;

/** All constants of an enum, in order. */
export function enumeratorsOf(table: TypeTable, id: TypeId): readonly Enumerator[] {
  if (!isEnum(table.kind(id))) return [];
  const names = new Uint32Array(table.vlen(id));
  enumeratorNames(table, id, names, 0);
  return Array.from(names, (offset, i) => ({
    name: table.string(offset),
    value: enumeratorValue(table, id, i),
  }));
}

/** Writes the offsets of the names of an enum's constants, from place `at` on. */
export function enumeratorNames(
  table: TypeTable,
  id: TypeId,
  offsets: Uint32Array,
  at: number,
): void {
  const words = elementWords(table, id);
  const count = table.vlen(id);
  for (let i = 0; i < count; i++) offsets[at + i] = table.data(id, i * words);
}

/** Value of constant `index`, negative only where the enum's kind flag says that it is signed. */
export function enumeratorValue(table: TypeTable, id: TypeId, index: number): bigint {
  const at = index * elementWords(table, id) + 1;
  const low = BigInt(table.data(id, at));
  if (table.kind(id) === KIND.enum) return table.kindFlag(id) ? BigInt.asIntN(32, low) : low;
  const value = low | (BigInt(table.data(id, at + 1)) << 32n);
  return table.kindFlag(id) ? BigInt.asIntN(64, value) : value;
}
