import {
  type EntryForm,
  indexOf,
  type Level,
  type LevelGeometry,
  type PhysAddr,
  type Span,
  tableLevels,
  type WalkedEntry,
  walkEntries,
} from '@pagewright/core';
import type { Broken } from './law.js';
import { BuiltTables, leafOf, pointerTo } from './page-tables.js';
import { PATTERN, randomWords } from './random-words.js';
import { type LevelSweep, type Part, sweepLevel } from './sweep.js';

/** An address space that a law built, with what was put in. */
export interface Built {
  readonly memory: BuiltTables;
  readonly root: PhysAddr;
  readonly mapped: readonly {
    readonly address: bigint;
    readonly level: Level;
    readonly pfn: bigint;
  }[];
}

const sweeps = new WeakMap<EntryForm, Map<Level, LevelSweep>>();

/** Words of a level to find pointers among, made once a form. */
export function sweepOf(form: EntryForm, level: Level): LevelSweep {
  const deciding = form.deciding(level);
  const known = sweeps.get(form) ?? new Map<Level, LevelSweep>();
  sweeps.set(form, known);
  const sweep = known.get(deciding) ?? sweepLevel(form, deciding, 'demo');
  known.set(deciding, sweep);
  return sweep;
}

/** Maps one page through one table a level, and a huge page beside each path where that is possible. */
export function build(form: EntryForm): Built | Broken {
  const memory = new BuiltTables(form);
  const levels = tableLevels(form);
  const root = memory.allocate(levels[0] as LevelGeometry);
  const mapped: Built['mapped'][number][] = [];
  const limit = 1n << BigInt(form.definition.addressBits - 1);
  const address = (randomWords(form.name, 1, limit - 1n)[0] ?? 0n) & ~(pageSize(form) - 1n);
  let table = root;
  for (const [depth, geometry] of levels.entries()) {
    const { level } = geometry;
    const index = indexOf(geometry, address);
    const sweep = sweepOf(form, level);
    const beside = index ^ 1;
    const leaf = leafOf(form, geometry.decidedBy, sweep, PATTERN);
    if (leaf !== undefined && geometry.mayMap && geometry.decidedBy === level) {
      const at = level === 'pte' ? index : beside;
      memory.write(table, at, leaf);
      const shift = BigInt(geometry.shift);
      const start =
        (((address >> shift) & ~(2n ** BigInt(geometry.indexBits) - 1n)) + BigInt(at)) << shift;
      mapped.push({ address: start, level, pfn: form.pfn(level, leaf) });
    }
    const below = levels[depth + 1];
    if (below === undefined) break;
    const next = memory.allocate(below);
    const pointer = pointerTo(form, level, sweep, next);
    if (pointer === undefined) {
      return { expected: `an entry at ${level} that points to a table`, got: 'none found' };
    }
    memory.write(table, index, pointer);
    table = next;
  }
  return { memory, root, mapped };
}

/** Bytes of a page. */
export const pageSize = (form: EntryForm): bigint => 1n << BigInt(form.definition.pageShift);

/** The lower half of the addresses (or all), or in the demo part what lies around one page. */
export function spanOf(form: EntryForm, { mapped }: Built, part: Part): Span {
  const { addressBits, canonical, pageShift } = form.definition;
  const end = 1n << BigInt(canonical === 'sign-extended' ? addressBits - 1 : addressBits);
  const page = mapped.find(({ level }) => level === 'pte')?.address;
  if (part === 'all' || page === undefined) return { start: 0n, end };
  const around = 64n << BigInt(pageShift);
  const last = page + around;
  return { start: page < around ? 0n : page - around, end: last < end ? last : end };
}

/** Every part of a span. */
export function entriesOf(form: EntryForm, built: Built, span: Span): WalkedEntry[] | Broken {
  const walked = walkEntries(form, built.memory, built.root, span);
  if (!walked.ok) return { expected: 'a walk', got: walked.problem.message };
  return [...walked.value];
}

/** The first parts from address 0 on, without walking what follows. */
export function firstOf(form: EntryForm, built: Built, count: number): WalkedEntry[] | Broken {
  const size = 1n << BigInt(tableLevels(form)[0]?.shift ?? 0);
  const walked = walkEntries(form, built.memory, built.root, { start: 0n, end: size * 2n });
  if (!walked.ok) return { expected: 'a walk', got: walked.problem.message };
  const parts: WalkedEntry[] = [];
  for (const part of walked.value) {
    parts.push(part);
    if (parts.length === count) break;
  }
  return parts;
}
