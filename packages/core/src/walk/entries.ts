import { decodeEntry } from '../form/decode.js';
import type { DecodedEntry } from '../form/decoded.js';
import { entryAt } from '../form/entry-at.js';
import type { EntryForm } from '../form/form.js';
import type { Level, LevelGeometry } from '../form/level.js';
import type { Problem, Result } from '../outcome.js';
import { fail, ok } from '../outcome.js';
import { type Bits, hex, type PhysAddr, type VirtAddr, virtAddr } from '../units.js';
import { checkedAddress, indexOf, rootLevel, tableBytes, tableLevels } from './address.js';
import type { PhysicalMemory } from './memory.js';
import { readTable, tableLoop } from './table.js';

/** A part of the span with what covers it. Parts follow each other without gap or overlap. */
export interface WalkedEntry {
  /** First address, cut to the span. */
  readonly start: VirtAddr;
  /** One past the last address, cut to the span; may be 2^64. */
  readonly end: bigint;
  readonly level: Level;
  /** Physical address of the table that holds the entry. */
  readonly table: PhysAddr;
  /** Its number in the table. */
  readonly index: number;
  /** The entry as stored. */
  readonly raw: Bits;
  /** What the entry is; a table whose contents cannot be used is `invalid`, with a problem. */
  readonly decoded: DecodedEntry;
  /** Why the table that it points to cannot be used. */
  readonly problem?: Problem;
}

/** Addresses from `start` up to but not including `end`. */
export interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * Asked before a table is entered, with the pointer to it: false leaves it out, and the pointer itself
 * is the part that covers its addresses. Tables come in the order of the walk, so that whoever keeps
 * something for each level finds there what the pointers above an entry say.
 */
export type EnterTable = (pointer: WalkedEntry) => boolean;

/**
 * Walks a span entry by entry, in address order. A table that cannot be read, that is its own
 * ancestor, or that would take the walk past the number of tables the memory can hold, becomes one
 * part with a problem (codes of `readTable`, `table-loop`, `too-many-tables`) and is not entered.
 * Refused at once: a span that ends where it starts or earlier (`empty-span`), one that is not
 * wholly inside one run of addresses that the form translates (`address-outside-form`), and a root
 * that cannot be read (codes of `readTable`). Can be walked again: each iteration starts anew.
 */
export function walkEntries(
  form: EntryForm,
  memory: PhysicalMemory,
  root: PhysAddr,
  span: Span,
  enters: EnterTable = () => true,
): Result<Iterable<WalkedEntry>> {
  const opened = openWalk(form, memory, root, span);
  if (!opened.ok) return opened;
  const { rootBytes, begin } = opened.value;
  return ok({
    [Symbol.iterator]: () => walkTable({ ...begin(), enters }, 0, root, rootBytes, span.start, []),
  });
}

/** A span that can be walked: the bytes of its root table, and a fresh walk each time. */
export interface OpenWalk {
  readonly rootBytes: Uint8Array;
  begin(): TableWalk;
}

/** What one walk has of its tables. */
export interface TableWalk {
  readonly form: EntryForm;
  readonly memory: PhysicalMemory;
  /** Levels that have tables, root first. */
  readonly levels: readonly LevelGeometry[];
  readonly span: Span;
  /** Tables that may still be entered. */
  readonly budget: { tables: number };
}

/** Looks whether a span can be walked; refuses what `walkEntries` refuses. */
export function openWalk(
  form: EntryForm,
  memory: PhysicalMemory,
  root: PhysAddr,
  span: Span,
): Result<OpenWalk> {
  const start = checkedAddress(form, span.start);
  if (!start.ok) return start;
  if (span.end <= span.start) {
    return fail('empty-span', `${hex(span.start)}-${hex(span.end)} is an empty span`, { ...span });
  }
  const last = checkedAddress(form, span.end - 1n);
  if (!last.ok) return last;
  const levels = tableLevels(form);
  const crossing = span.start >> BigInt(form.definition.addressBits);
  if (crossing !== (span.end - 1n) >> BigInt(form.definition.addressBits)) {
    return fail(
      'address-outside-form',
      `${hex(span.start)}-${hex(span.end)} crosses addresses that ${form.name} does not translate`,
      { ...span },
    );
  }
  const smallest = Math.min(...levels.map((g) => tableBytes(form, g)));
  const tables = Number(memory.byteCount / BigInt(smallest)) * 2 + 64;
  const first = readTable(form, memory, rootLevel(form), root);
  if (!first.ok) return first;
  const begin = (): TableWalk => ({ form, memory, levels, span, budget: { tables } });
  return ok({ rootBytes: first.value, begin });
}

interface Walker extends TableWalk {
  readonly enters: EnterTable;
}

function* walkTable(
  walker: Walker,
  depth: number,
  table: PhysAddr,
  bytes: Uint8Array,
  from: bigint,
  ancestors: readonly PhysAddr[],
): Generator<WalkedEntry> {
  const { form, levels, span } = walker;
  const geometry = levels[depth] as LevelGeometry;
  const size = 1n << BigInt(geometry.shift);
  const entries = 2 ** geometry.indexBits;
  let at = from;
  for (let index = indexOf(geometry, from); index < entries && at < span.end; index++) {
    const next = (at & ~(size - 1n)) + size;
    const raw = entryAt(form, bytes, index);
    const decoded = decodeEntry(form, geometry.level, raw);
    const end = next < span.end ? next : span.end;
    const here = { start: virtAddr(at), end, level: geometry.level, table, index, raw, decoded };
    if (decoded.kind !== 'table' || !walker.enters(here)) yield here;
    else {
      const path = [...ancestors, table];
      const below = enterTable(walker, depth + 1, decoded.next, path);
      if (below.ok) {
        yield* walkTable(walker, depth + 1, decoded.next, below.value, at, path);
      } else {
        const reason = below.problem.message;
        yield { ...here, decoded: { kind: 'invalid', reason, raw }, problem: below.problem };
      }
    }
    at = next;
  }
}

/**
 * The bytes of a table below the root. Codes: those of `readTable`, `table-loop` for one of its own
 * ancestors, `too-many-tables` past the number that the memory can hold.
 */
export function enterTable(
  { form, memory, levels, budget }: TableWalk,
  depth: number,
  table: PhysAddr,
  ancestors: readonly PhysAddr[],
): Result<Uint8Array> {
  const geometry = levels[depth] as LevelGeometry;
  const at = { table, level: geometry.level };
  if (ancestors.includes(table)) {
    return { ok: false, problem: tableLoop(geometry.level, table) };
  }
  if (budget.tables-- <= 0) {
    const why = 'more tables than the memory can hold; some are reached again and again';
    return fail('too-many-tables', `${geometry.level} table at ${hex(table)}: ${why}`, at);
  }
  return readTable(form, memory, geometry, table);
}
