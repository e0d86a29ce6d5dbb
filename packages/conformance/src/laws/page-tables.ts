import {
  type Bits,
  decodeEntry,
  type EntryForm,
  type EntryKind,
  encodeEntry,
  entryKind,
  fail,
  type Level,
  type LevelGeometry,
  ok,
  type PhysAddr,
  type PhysicalMemory,
  physAddr,
  type Result,
  tableBytes,
  tableLevels,
} from '@pagewright/core';
import { builder } from './ask.js';
import type { LevelSweep } from './sweep.js';

/** Page tables that laws build: memory that holds nothing but tables, each at an address of its own. */
export class BuiltTables implements PhysicalMemory {
  private readonly tables = new Map<bigint, Uint8Array>();
  private readonly step: bigint;

  constructor(readonly form: EntryForm) {
    const largest = Math.max(
      2 ** form.definition.pageShift,
      ...tableLevels(form).map((geometry) => tableBytes(form, geometry)),
    );
    this.step = BigInt(largest);
  }

  get byteCount(): bigint {
    return this.step * BigInt(this.tables.size + 1);
  }

  /** A new table full of empty entries. */
  allocate(geometry: LevelGeometry): PhysAddr {
    const address = physAddr(this.step * BigInt(this.tables.size + 1));
    this.tables.set(address, new Uint8Array(tableBytes(this.form, geometry)));
    const empty = emptyEntry(this.form, geometry.level);
    for (let i = 0; i < 2 ** geometry.indexBits; i++) this.write(address, i, empty);
    return address;
  }

  /** Stores an entry. */
  write(table: PhysAddr, index: number, entry: bigint): void {
    const bytes = this.tables.get(table);
    if (bytes === undefined) throw new Error('the laws write to a table that they did not make');
    const view = new DataView(bytes.buffer);
    const { wordBits, byteOrder } = this.form.definition;
    if (wordBits === 32) view.setUint32(index * 4, Number(entry), byteOrder === 'little');
    else view.setBigUint64(index * 8, entry, byteOrder === 'little');
  }

  read(address: PhysAddr, length: number): Result<Uint8Array> {
    const table = address - (address % this.step);
    const bytes = this.tables.get(table);
    const offset = Number(address - table);
    if (bytes === undefined || offset + length > bytes.length) {
      return fail('not-in-dump', 'no table lies there', { address });
    }
    return ok(bytes.subarray(offset, offset + length));
  }
}

/** Words that may be an empty slot or a pointer: all values of the low bits, with and without a frame. */
function* plainWords(form: EntryForm): Generator<Bits> {
  const frame = 1n << BigInt(form.definition.pageShift + 8);
  for (const address of [0n, frame]) {
    for (let low = 0n; low < 1n << 12n; low++) yield (address | low) as Bits;
  }
}

/** The first plain word of a kind, once a form and level. */
const firstOfKind = new WeakMap<EntryForm, Map<string, Bits | undefined>>();

function plainWord(form: EntryForm, level: Level, kind: EntryKind): Bits | undefined {
  const known = firstOfKind.get(form) ?? new Map<string, Bits | undefined>();
  firstOfKind.set(form, known);
  const key = `${level} ${kind}`;
  if (!known.has(key))
    known.set(
      key,
      find(plainWords(form), (w) => entryKind(form, level, w) === kind),
    );
  return known.get(key);
}

function find<T>(items: Iterable<T>, test: (item: T) => boolean): T | undefined {
  for (const item of items) if (test(item)) return item;
  return undefined;
}

/** What an empty slot of a level holds: not zero everywhere. */
function emptyEntry(form: EntryForm, level: Level): Bits {
  const word = plainWord(form, level, 'none');
  if (word === undefined) throw new Error(`${form.name}: no empty entry found at ${level}`);
  return word;
}

/** An entry that points to a table, made from a word that does: a plain one, or one of the sweep. */
export function pointerTo(
  form: EntryForm,
  level: Level,
  sweep: LevelSweep,
  next: PhysAddr,
): Bits | undefined {
  const plain = plainWord(form, level, 'table');
  for (const word of plain === undefined ? sweep.words : [plain, ...sweep.words]) {
    const decoded = decodeEntry(form, level, word);
    if (decoded.kind !== 'table') continue;
    const made = encodeEntry(form, level, { ...decoded, next });
    if (made.ok) return made.value;
  }
  return undefined;
}

/** A readable leaf of a frame at a level, or undefined where the level builds none. */
export function leafOf(
  form: EntryForm,
  level: Level,
  sweep: LevelSweep,
  frame: bigint,
): Bits | undefined {
  const make = builder(form, level);
  const prot = form.definition.protectionMap[1];
  const aligned = frame & sweep.frameMask;
  if (make === undefined || prot === undefined || aligned === 0n) return undefined;
  const word = make(aligned, prot);
  return decodeEntry(form, level, word).kind === 'leaf' ? word : undefined;
}
