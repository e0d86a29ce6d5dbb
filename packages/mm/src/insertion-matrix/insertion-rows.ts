import type { MappingLevel } from '@pagewright/core';
import { type InsertionAnswer, type InsertionLevel, insertionText } from './insertions.js';
import { OCCUPANTS, type Occupant } from './occupants.js';

/** Kernels in which a primitive answers alike. */
export interface InsertionColumn {
  readonly kernels: readonly string[];
  readonly answers: readonly InsertionAnswer[];
}

/** A primitive, with others that answer alike in all kernels. */
export interface InsertionTable {
  readonly primitives: readonly string[];
  readonly level: MappingLevel;
  readonly columns: readonly InsertionColumn[];
  /** One an occupant; a cell a column, empty where the slot cannot hold it there. */
  readonly rows: readonly { readonly occupant: Occupant; readonly cells: readonly string[] }[];
}

/** A table for each primitive, those with equal tables together. Kernels without it have no column. */
export function insertionTables(levels: readonly InsertionLevel[]): InsertionTable[] {
  const tables = new Map<
    string,
    { primitives: string[]; table: Omit<InsertionTable, 'primitives'> }
  >();
  for (const level of levels) {
    for (const primitive of primitivesOf(level)) {
      const table = tableOf(level, primitive);
      const key = JSON.stringify(table);
      const known = tables.get(key);
      if (known === undefined) tables.set(key, { primitives: [primitive], table });
      else known.primitives.push(primitive);
    }
  }
  return [...tables.values()].map(({ primitives, table }) => ({ primitives, ...table }));
}

const primitivesOf = ({ groups }: InsertionLevel): string[] => [
  ...new Set(groups.flatMap(({ answer }) => answer.map(({ primitive }) => primitive))),
];

function tableOf(
  { level, groups }: InsertionLevel,
  primitive: string,
): Omit<InsertionTable, 'primitives'> {
  const columns = new Map<string, { kernels: string[]; answers: readonly InsertionAnswer[] }>();
  for (const { kernels, answer } of groups) {
    const answers = answer.find((row) => row.primitive === primitive)?.answers ?? [];
    if (answers.length === 0) continue;
    const key = JSON.stringify(answers);
    const column = columns.get(key);
    if (column === undefined) columns.set(key, { kernels: [...kernels], answers });
    else column.kernels.push(...kernels);
  }
  const all = [...columns.values()];
  const rows = (Object.keys(OCCUPANTS) as Occupant[])
    .map((occupant) => ({
      occupant,
      cells: all.map(({ answers }) => {
        const found = answers.find((answer) => answer.occupant === occupant);
        return found === undefined ? '' : insertionText(found);
      }),
    }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''));
  return { level, columns: all, rows };
}
