import { type BitTable, fail, fieldMask, fieldOf, ok, type Result } from '@pagewright/core';
import { ASCE_FIELDS } from './asce-bits.js';
import { bitTable } from './bits.js';
import { FORMS } from './forms.js';

/** Levels of tables that a type of root table has below it, itself included. */
export type RootLevels = 2 | 3 | 4 | 5;

/** A segment table and the page tables below it are two levels; each type above is one more. */
const levelsOfType = (type: bigint): RootLevels => (Number(type) + 2) as RootLevels;

/** Value of a field in a word. */
function fieldValue(table: BitTable, name: string, word: bigint): bigint {
  const field = fieldOf(table, name);
  return (word & fieldMask(field)) >> BigInt(field.low);
}

/**
 * Levels of tables from a root table down, by the type bits of any of its entries: empty entries
 * bear them too, so that pgd_offset() looks no further than at the first.
 */
export const levelsFromRootEntry = (entry: bigint): RootLevels =>
  levelsOfType(fieldValue(bitTable('7.2'), '_REGION_ENTRY_TYPE_MASK', entry));

/**
 * Name of the form that an address-space-control element designates (the word in mm->context.asce,
 * or a control register). Code `no-form` for real space and for segment tables, which only 31-bit
 * processes have.
 */
export function formFromAsce(asce: bigint): Result<string> {
  if (fieldValue(ASCE_FIELDS, '_ASCE_REAL_SPACE', asce) !== 0n) {
    return fail('no-form', 'the control element designates real space: there are no tables', {
      asce,
    });
  }
  const levels = levelsOfType(fieldValue(ASCE_FIELDS, '_ASCE_TYPE_MASK', asce));
  const spec = FORMS.find((form) => form.levels === levels);
  return spec === undefined
    ? fail('no-form', 'the control element designates a segment table (a 31-bit process)', { asce })
    : ok(spec.name);
}
