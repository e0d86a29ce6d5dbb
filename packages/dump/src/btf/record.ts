import { fail, ok, type Result, type VirtAddr } from '@pagewright/core';
import type { Field, FieldReader } from './field.js';
import type { TypeId } from './table.js';
import type { Types } from './types.js';

/** Memory by virtual address: all that typed access needs. */
export interface AddressedMemory {
  /** `length` bytes; may be a view that the next call overwrites. */
  read(address: VirtAddr, length: number): Result<Uint8Array>;
}

/** Fields by the names that the caller gives them. */
export type FieldSpec = Readonly<Record<string, Field<unknown>>>;
/** What reading a spec answers. */
export type FieldValues<S extends FieldSpec> = {
  readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never;
};

/** Chosen members of one type, looked up once and read with one read for each struct. */
export interface RecordReader<S extends FieldSpec> {
  /** The span of bytes that a read takes, from the start of the type. */
  readonly start: number;
  readonly end: number;
  /** Problems are those of the memory. */
  read(memory: AddressedMemory, address: VirtAddr): Result<FieldValues<S>>;
  /** Out of bytes that hold the whole type at `at`; for arrays of structs read at once. */
  decode(view: DataView, at: number, address: bigint): FieldValues<S>;
}

/** No struct of a kernel is larger (pglist_data takes 170 KiB); keeps lying sizes from costing. */
const MOST_SPAN_BYTES = 1 << 20;

/**
 * Prepares fields of a type. Codes: those of `Types.fieldReader`, with a message that names the
 * member: a kernel without the member is found here, once, and not at each struct; `too-large` for
 * fields that lie impossibly far apart.
 */
export function recordReader<const S extends FieldSpec>(
  types: Types,
  type: TypeId,
  spec: S,
): Result<RecordReader<S>> {
  const readers: [string, FieldReader<unknown>][] = [];
  for (const [name, wanted] of Object.entries(spec)) {
    const reader = types.fieldReader(type, wanted);
    if (!reader.ok) return reader;
    readers.push([name, reader.value]);
  }
  const needed = readers.filter(([, { start, end }]) => end > start);
  const start = needed.reduce((least, [, reader]) => Math.min(least, reader.start), Infinity);
  const end = needed.reduce((most, [, reader]) => Math.max(most, reader.end), 0);
  const first = needed.length === 0 ? 0 : start;
  if (end - first > MOST_SPAN_BYTES) {
    return fail('too-large', `a read of ${end - first} bytes for one struct`, { start, end });
  }

  const decode = (view: DataView, at: number, address: bigint): FieldValues<S> => {
    const values: Record<string, unknown> = {};
    for (const [name, reader] of readers) values[name] = reader.read(view, at, address);
    return values as FieldValues<S>;
  };
  const read = (memory: AddressedMemory, address: VirtAddr): Result<FieldValues<S>> => {
    const from = BigInt.asUintN(64, address + BigInt(first)) as VirtAddr;
    const found = end === 0 ? ok(new Uint8Array()) : memory.read(from, end - first);
    if (!found.ok) return found;
    const { buffer, byteOffset, byteLength } = found.value;
    return ok(decode(new DataView(buffer, byteOffset, byteLength), -first, address));
  };
  return ok({ start: first, end, read, decode });
}
