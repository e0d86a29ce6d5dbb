import { entryAt } from '../form/entry-at.js';
import type { EntryForm } from '../form/form.js';
import type { Level, LevelGeometry } from '../form/level.js';
import { fail, ok, type Problem, type Result } from '../outcome.js';
import { type Bits, hex, type PhysAddr, physAddr } from '../units.js';
import { tableBytes } from './address.js';
import type { PhysicalMemory } from './memory.js';

/**
 * One entry of a table, read in the form's byte order. Codes: those of `PhysicalMemory`, and
 * `not-in-dump` beyond the end of the address space; problems name level and table.
 */
export function readEntry(
  form: EntryForm,
  memory: PhysicalMemory,
  geometry: LevelGeometry,
  table: PhysAddr,
  index: number,
): Result<Bits> {
  const size = form.definition.wordBits / 8;
  const address = table + BigInt(index * size);
  if (address + BigInt(size) > 1n << 64n) return outsideMemory(geometry, table);
  const found = memory.read(physAddr(address), size);
  if (!found.ok) return tableProblem(found.problem.code, geometry, table, found.problem.message);
  return ok(entryAt(form, found.value, 0));
}

/** A whole table as a copy that stays valid; a page cache may reuse what `read` returned. Codes as `readEntry`. */
export function readTable(
  form: EntryForm,
  memory: PhysicalMemory,
  geometry: LevelGeometry,
  table: PhysAddr,
): Result<Uint8Array> {
  const length = tableBytes(form, geometry);
  if (table + BigInt(length) > 1n << 64n) return outsideMemory(geometry, table);
  const found = memory.read(table, length);
  if (!found.ok) return tableProblem(found.problem.code, geometry, table, found.problem.message);
  // Not slice(), which makes no copy of a Node Buffer.
  return ok(new Uint8Array(found.value));
}

const outsideMemory = (geometry: LevelGeometry, table: PhysAddr) =>
  tableProblem('not-in-dump', geometry, table, 'beyond the end of the address space');

function tableProblem(code: string, { level }: LevelGeometry, table: PhysAddr, why: string) {
  return fail(code, `${level} table at ${hex(table)}: ${why}`, { level, table });
}

/** A table that is reached again from itself: no kernel builds one for user addresses. */
export const tableLoop = (level: Level, table: PhysAddr): Problem => ({
  code: 'table-loop',
  message: `${level} table at ${hex(table)} contains itself`,
  evidence: { level, table },
});
