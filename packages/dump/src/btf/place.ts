import { fail, ok, type Result } from '@pagewright/core';
import { describeType } from './declaration.js';
import { isComposite, KIND } from './kind.js';
import { findMember } from './member.js';
import type { PathStep } from './path.js';
import { arrayOf, byteSize } from './size.js';
import type { TypeId, TypeTable } from './table.js';

/** Where a member lies in a type, and what it is. */
export interface Place {
  readonly type: TypeId;
  /** Bits from the start of the outer type; a multiple of 8 but for bitfields. */
  readonly bitOffset: number;
  /** Width of a bitfield. */
  readonly bitSize?: number;
}

/** First byte of a member; undefined where it does not begin with a byte, as bitfields do not. */
export function byteOffset({ bitOffset, bitSize }: Place): number | undefined {
  return bitSize === undefined && bitOffset % 8 === 0 ? bitOffset / 8 : undefined;
}

/**
 * Follows a path from a type on. Codes: `no-member`, `not-an-array`, `beyond-array`; an array
 * without length (a flexible one) takes any index.
 */
export function placeOf(
  table: TypeTable,
  outer: TypeId,
  steps: readonly PathStep[],
  pointerBytes: number,
): Result<Place> {
  let place: Place = { type: outer, bitOffset: 0 };
  for (const step of steps) {
    const inside = table.resolve(place.type);
    const next =
      typeof step === 'number'
        ? elementPlace(table, inside, step, pointerBytes)
        : memberPlace(table, inside, step);
    if (!next.ok) return next;
    place = { ...next.value, bitOffset: place.bitOffset + next.value.bitOffset };
  }
  return ok(place);
}

function memberPlace(table: TypeTable, inside: TypeId, name: string): Result<Place> {
  const member = findMember(table, inside, name);
  if (member === undefined) {
    const type = describeType(table, inside);
    const why = isComposite(table.kind(inside)) ? '' : ', it is no struct or union';
    return fail('no-member', `${type} has no member ${name}${why}`, { type, member: name });
  }
  const { type, bitOffset, bitSize } = member;
  return ok(bitSize === undefined ? { type, bitOffset } : { type, bitOffset, bitSize });
}

function elementPlace(
  table: TypeTable,
  inside: TypeId,
  index: number,
  pointerBytes: number,
): Result<Place> {
  const type = describeType(table, inside);
  if (table.kind(inside) !== KIND.array) {
    return fail('not-an-array', `${type} is no array, element ${index} was asked for`, { index });
  }
  const { element, length } = arrayOf(table, inside);
  const bytes = byteSize(table, element, pointerBytes);
  if (bytes === undefined || (length > 0 && index >= length)) {
    return fail('beyond-array', `${type} has no element ${index}`, { index, length });
  }
  return ok({ type: element, bitOffset: index * bytes * 8 });
}
