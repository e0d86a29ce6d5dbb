import { fail, ok, type Result } from '@pagewright/core';
import { describeType } from './declaration.js';
import { isEnum, KIND } from './kind.js';
import { intOf } from './member.js';
import type { Place } from './place.js';
import type { TypeTable } from './table.js';

/** A number in memory: whole bytes, or some bits of them. */
export interface Scalar {
  /** First byte from the start of the outer type, and how many bytes hold the number. */
  readonly byteOffset: number;
  readonly byteCount: number;
  /** Bits of the bytes' number to drop at its low end, and bits to keep then. */
  readonly shift: number;
  readonly bits: number;
  readonly signed: boolean;
  readonly little: boolean;
}

const WHOLE_SIZES: readonly number[] = [1, 2, 4, 8, 16];
const MOST_BITS = 128;

/** How the number at a place is read. Code `not-a-number` for what is no integer, enum or pointer. */
export function scalarAt(table: TypeTable, place: Place, pointerBytes: number): Result<Scalar> {
  const type = table.resolve(place.type);
  const kind = table.kind(type);
  const isNumber = kind === KIND.int || kind === KIND.ptr || isEnum(kind);
  const size = kind === KIND.ptr ? pointerBytes : table.sizeOrType(type);
  const bits = place.bitSize ?? size * 8;
  const whole = place.bitSize === undefined;
  const aligned = place.bitOffset % 8 === 0;
  if (!isNumber || (whole && !(aligned && WHOLE_SIZES.includes(size))) || bits > MOST_BITS) {
    const name = describeType(table, place.type);
    return fail('not-a-number', `${name} is no number of a size that can be read`, { type: name });
  }
  const signed =
    kind === KIND.int ? intOf(table, type).signed : isEnum(kind) && table.kindFlag(type);
  const little = table.byteOrder === 'little';
  const first = place.bitOffset % 8;
  const byteCount = Math.ceil((first + bits) / 8);
  // Bit 0 of a byte is its lowest on little-endian machines and its highest on the others.
  const shift = little ? first : byteCount * 8 - first - bits;
  const byteOffset = Math.floor(place.bitOffset / 8);
  return ok({ byteOffset, byteCount, shift, bits, signed, little });
}

/** The number, sign extended where its type is signed. `at` is where the outer type begins. */
export function readBigInt(scalar: Scalar, view: DataView, at: number): bigint {
  const { byteOffset, byteCount, shift, bits, signed, little } = scalar;
  const start = at + byteOffset;
  if (bits === 64 && byteCount === 8) {
    return signed ? view.getBigInt64(start, little) : view.getBigUint64(start, little);
  }
  let value = 0n;
  for (let i = 0; i < byteCount; i++) {
    const byte = view.getUint8(start + (little ? byteCount - 1 - i : i));
    value = (value << 8n) | BigInt(byte);
  }
  value >>= BigInt(shift);
  return signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** Widest number that every JavaScript number can hold, in whole bytes. */
export const NUMBER_BITS = 48;

/** The number as a JavaScript number; only for scalars of at most `NUMBER_BITS`. */
export function readNumber(scalar: Scalar, view: DataView, at: number): number {
  const { byteOffset, byteCount, bits, signed, little } = scalar;
  const start = at + byteOffset;
  if (bits === 32 && byteCount === 4) {
    return signed ? view.getInt32(start, little) : view.getUint32(start, little);
  }
  return Number(readBigInt(scalar, view, at));
}
