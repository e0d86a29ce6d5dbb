import { isEnum, KIND } from './kind.js';
import type { TypeId, TypeTable } from './table.js';

/** Arrays of arrays deeper than this are a loop. */
const MOST_DIMENSIONS = 32;

/** Bytes of a type; undefined for functions, `void`, forward declarations and impossible sizes. */
export function byteSize(table: TypeTable, id: TypeId, pointerBytes: number): number | undefined {
  let elements = 1;
  let at = table.resolve(id);
  for (let depth = 0; depth < MOST_DIMENSIONS; depth++) {
    const kind = table.kind(at);
    if (kind !== KIND.array) {
      const one = sizeOfKind(table, at, kind, pointerBytes);
      const total = one === undefined ? undefined : one * elements;
      return total !== undefined && Number.isSafeInteger(total) ? total : undefined;
    }
    const array = arrayOf(table, at);
    elements *= array.length;
    at = table.resolve(array.element);
  }
  return undefined;
}

/** Element type and length of an array (struct btf_array). */
export function arrayOf(table: TypeTable, id: TypeId): { element: TypeId; length: number } {
  return { element: table.data(id, 0), length: table.data(id, 2) };
}

function sizeOfKind(
  table: TypeTable,
  id: TypeId,
  kind: number,
  pointerBytes: number,
): number | undefined {
  if (kind === KIND.ptr) return pointerBytes;
  const hasSize =
    kind === KIND.int ||
    kind === KIND.struct ||
    kind === KIND.union ||
    kind === KIND.float ||
    kind === KIND.datasec ||
    isEnum(kind);
  return hasSize ? table.sizeOrType(id) : undefined;
}
