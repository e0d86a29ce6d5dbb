import { fail, ok, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import { text } from '../notes.js';
import { byteOffset, type Place } from './place.js';
import { NUMBER_BITS, readBigInt, readNumber, scalarAt } from './scalar.js';
import { byteSize } from './size.js';
import type { TypeTable } from './table.js';

/** What a member of a struct is wanted as. Made by the functions of `field`. */
export interface Field<T> {
  /** Member path: `tasks.next`, `rss_stat[0].count`. */
  readonly path: string;
  /** Distinguishes fields of one path: `number`, `pointer`. */
  readonly as: string;
  /** What stands for a member that the type does not have; without it that is a problem. */
  readonly absent?: { readonly value: T };
  compile(table: TypeTable, place: Place, pointerBytes: number): Result<FieldReader<T>>;
}

/** A field of one type, ready to be read out of that type's bytes. */
export interface FieldReader<T> {
  /** The bytes that are needed, from the start of the type. */
  readonly start: number;
  readonly end: number;
  /** `at` is where the type begins in the view, `address` where in memory. */
  read(view: DataView, at: number, address: bigint): T;
}

/** An integer, enum or pointer of any size, sign extended as its type says; bitfields too. */
const int = (path: string): Field<bigint> => ({
  path,
  as: 'int',
  compile(table, place, pointerBytes) {
    const scalar = scalarAt(table, place, pointerBytes);
    if (!scalar.ok) return scalar;
    const { byteOffset: start, byteCount } = scalar.value;
    const read = (view: DataView, at: number) => readBigInt(scalar.value, view, at);
    return ok({ start, end: start + byteCount, read });
  },
});

/** An integer of at most 48 bits. Code `too-wide` for wider ones. */
const number = (path: string): Field<number> => ({
  path,
  as: 'number',
  compile(table, place, pointerBytes) {
    const scalar = scalarAt(table, place, pointerBytes);
    if (!scalar.ok) return scalar;
    const { byteOffset: start, byteCount, bits } = scalar.value;
    if (bits > NUMBER_BITS) {
      return fail('too-wide', `${path} has ${bits} bits, no number holds it: use int`, { bits });
    }
    const read = (view: DataView, at: number) => readNumber(scalar.value, view, at);
    return ok({ start, end: start + byteCount, read });
  },
});

/** A pointer, or an integer that holds an address. */
const pointer = (path: string): Field<VirtAddr> => ({
  path,
  as: 'pointer',
  compile(table, place, pointerBytes) {
    const compiled = int(path).compile(table, place, pointerBytes);
    if (!compiled.ok) return compiled;
    const { start, end, read } = compiled.value;
    return ok({
      start,
      end,
      read: (view, at, address) => virtAddr(BigInt.asUintN(64, read(view, at, address))),
    });
  },
});

/** Bytes of a member, as a copy. */
const bytes = (path: string): Field<Uint8Array> => ({
  path,
  as: 'bytes',
  compile(table, place, pointerBytes) {
    const size = byteSize(table, place.type, pointerBytes);
    const start = byteOffset(place);
    if (size === undefined || start === undefined) {
      return fail('no-size', `${path} does not take whole bytes`, { path });
    }
    const read = (view: DataView, at: number) =>
      new Uint8Array(view.buffer, view.byteOffset + at + start, size).slice();
    return ok({ start, end: start + size, read });
  },
});

/** Characters of an array up to the first NUL. */
const string = (path: string): Field<string> => ({
  path,
  as: 'string',
  compile(table, place, pointerBytes) {
    const compiled = bytes(path).compile(table, place, pointerBytes);
    if (!compiled.ok) return compiled;
    const { start, end, read } = compiled.value;
    return ok({ start, end, read: (view, at, address) => text(read(view, at, address)) });
  },
});

/** Where the member itself lies in memory (C's `&`); reads nothing. */
const address = (path: string): Field<VirtAddr> => ({
  path,
  as: 'address',
  compile(_table, place) {
    const offset = BigInt(Math.floor(place.bitOffset / 8));
    const read = (_view: DataView, _at: number, outer: bigint) =>
      virtAddr(BigInt.asUintN(64, outer + offset));
    return ok({ start: 0, end: 0, read });
  },
});

/** A field that is `undefined` where the type has no such member. */
const optional = <T>(inner: Field<T>): Field<T | undefined> => ({
  ...inner,
  as: `optional ${inner.as}`,
  absent: { value: undefined },
});

/** What the members of a struct can be read as. */
export const field = { int, number, pointer, bytes, string, address, optional };
