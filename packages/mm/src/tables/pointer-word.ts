import {
  type Bits,
  bits,
  decodeEntry,
  encodeEntry,
  type Level,
  type PhysAddr,
  physAddr,
} from '@pagewright/core';
import type { Machine } from '../machine/machine.js';

/** Bits below the frame number, where every form has what makes a word a pointer. */
const ATTRIBUTE_BITS = 12;

/** By machine: the attributes that pointers of each level have. */
const known = new WeakMap<Machine, Map<Level, Bits>>();

/**
 * The word that points to a table, by the number of the level that it lies in. Its attributes are
 * the fewest that make walkers take it for a pointer; kernels set a few more that nobody tests.
 */
export function pointerWord(machine: Machine, number: number, table: number): Bits {
  const level = machine.levels[number]?.level as Level;
  const next = addressOf(machine, table);
  const made = encodeEntry(machine.form, level, {
    kind: 'table',
    next,
    attributes: attributesOf(machine, level, next),
  });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

/** The table of the machine that a word points to; -1 for a word that points nowhere known. */
export function tableOfWord(machine: Machine, number: number, word: Bits): number {
  const level = machine.levels[number]?.level as Level;
  const entry = decodeEntry(machine.form, level, word);
  if (entry.kind !== 'table') return -1;
  const frame = machine.memory.frame(Number(entry.next >> pageShift(machine)));
  const table = frame - machine.tableFrame;
  const { table: tables } = machine.layout.capacities;
  return frame >= 0 && table >= 0 && table < tables ? table : -1;
}

const pageShift = ({ form }: Machine): bigint => BigInt(form.definition.pageShift);

function addressOf(machine: Machine, table: number): PhysAddr {
  return physAddr(BigInt(machine.memory.pfn(machine.tableFrame + table)) << pageShift(machine));
}

function attributesOf(machine: Machine, level: Level, next: PhysAddr): Bits {
  const levels = known.get(machine) ?? new Map<Level, Bits>();
  known.set(machine, levels);
  let found = levels.get(level);
  if (found === undefined) {
    found = plainest(machine, level, next);
    levels.set(level, found);
  }
  return found;
}

function plainest({ form }: Machine, level: Level, next: PhysAddr): Bits {
  let best = -1;
  for (let low = 0; low < 2 ** ATTRIBUTE_BITS; low++) {
    if (best >= 0 && bitCount(low) >= bitCount(best)) continue;
    const attributes = bits(BigInt(low));
    if (encodeEntry(form, level, { kind: 'table', next, attributes }).ok) best = low;
  }
  if (best < 0) throw new Error(`${form.name}: no word points from ${level} to a table`);
  return bits(BigInt(best));
}

function bitCount(n: number): number {
  let count = 0;
  for (let rest = n; rest !== 0; rest &= rest - 1) count++;
  return count;
}
