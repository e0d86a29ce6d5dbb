import type { Level } from './level.js';

/** In which kind of entry a field means what it says. */
export type FieldScope = 'present' | 'leaf' | 'table' | 'absent' | 'any';

/**
 * One field of an entry: the only place where its position stands. Masks, helpers, decode, the
 * scanner and the documentation derive from it.
 */
export interface BitField {
  /** The kernel's own name (`_PAGE_DIRTY`, `PTE_SPECIAL`, ...). */
  readonly name: string;
  /** Lowest bit. */
  readonly low: number;
  /** Number of bits, 1 when left out. */
  readonly width?: number;
  /** Levels that have the field. */
  readonly levels: readonly Level[];
  /** Kinds of entry in which it has this meaning; `any` when left out. */
  readonly scope?: FieldScope;
  /** What it says, in a few plain words. */
  readonly meaning: string;
  /** Meanings of particular values of a wider field. */
  readonly values?: Readonly<Record<number, string>>;
  /** Kernel file that defines it. */
  readonly source: string;
}

/** The fields of one form. Names are unique. */
export type BitTable = readonly BitField[];

/** Mask of a field. */
export const fieldMask = (field: BitField): bigint =>
  ((1n << BigInt(field.width ?? 1)) - 1n) << BigInt(field.low);

/** A field by name; a name that the table lacks is a mistake in a backend and throws. */
export function fieldOf(table: BitTable, name: string): BitField {
  const found = table.find((field) => field.name === name);
  if (found === undefined) throw new Error(`bit table has no field "${name}"`);
  return found;
}

/** Looks masks up by field name; an unknown name is a mistake in a backend and throws. */
export type Masks = (name: string, ...more: string[]) => bigint;

/** Masks of a table by name; several names are OR-ed. */
export function masksOf(table: BitTable): Masks {
  const byName = new Map(table.map((field) => [field.name, fieldMask(field)] as const));
  if (byName.size !== table.length) throw new Error('bit table names a field twice');
  return (...names) =>
    names.reduce((mask, name) => {
      const found = byName.get(name);
      if (found === undefined) throw new Error(`bit table has no field "${name}"`);
      return mask | found;
    }, 0n);
}

/**
 * A copy of a table with some fields changed or taken out: how a header generation differs from the
 * common table, and how tests move a bit. `null` removes a field; an unknown name throws.
 */
export function withFields(
  table: BitTable,
  changes: Readonly<Record<string, Partial<BitField> | null>>,
): BitTable {
  const unknown = Object.keys(changes).find((name) => !table.some((f) => f.name === name));
  if (unknown !== undefined) throw new Error(`bit table has no field "${unknown}"`);
  return table.flatMap((field) => {
    const change = changes[field.name];
    if (change === null) return [];
    return [change === undefined ? field : { ...field, ...change }];
  });
}
