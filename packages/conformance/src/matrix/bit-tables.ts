import type { BitField, EntryForm } from '@pagewright/core';
import { grouped, table } from './markdown.js';

/** Names of forms with their headers. */
export const titleOf = (forms: readonly EntryForm[]): string => {
  const byName = grouped(forms, ({ name }) => name);
  return [...byName]
    .map(([name, of]) => `${name} (${of.map((f) => f.headers).join(', ')})`)
    .join(', ');
};

const position = ({ low, width = 1 }: BitField): string =>
  width === 1 ? `${low}` : `${low + width - 1}:${low}`;

function meaningOf({ meaning, values }: BitField): string {
  const named = Object.entries(values ?? {}).map(([value, says]) => `${value} ${says}`);
  return named.length === 0 ? meaning : `${meaning}: ${named.join(', ')}`;
}

/** Bit tables of forms, those that share one together. */
export function bitTablesMarkdown(forms: readonly EntryForm[]): string[] {
  const byTable = grouped(forms, ({ definition }) => rowsOf(definition.bits).join('\n'));
  return [...byTable.values()].flatMap((sharing) => [
    `### ${titleOf(sharing)}`,
    '',
    ...table(
      ['field', 'bits', 'levels', 'in', 'meaning', 'source'],
      rowsOf(sharing[0]?.definition.bits ?? []),
    ),
  ]);
}

const rowsOf = (bits: readonly BitField[]): string[][] =>
  bits.map((field) => [
    `\`${field.name}\``,
    position(field),
    field.levels.join(' '),
    field.scope ?? 'any',
    meaningOf(field),
    field.source,
  ]);
