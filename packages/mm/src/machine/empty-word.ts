import {
  type Bits,
  bits,
  type EntryForm,
  isAbsentHelper,
  type MappingLevel,
} from '@pagewright/core';

/**
 * The word of an empty slot: what pte_clear() and pmd_clear() leave behind; at other levels 0, or
 * the one word that pud_none() takes for empty.
 */
export function emptyWord(form: EntryForm, level: MappingLevel): Bits {
  const clear = form.pointer(`${level}_clear`);
  if (!isAbsentHelper(clear)) {
    return bits(clear.memory.bits(...clear.memory.params.map(() => 0n)));
  }
  const none = form.helper(level, 'none');
  if (isAbsentHelper(none) || none.bits(0n) === true) return bits(0n);
  const { body } = none;
  if (body.op === 'equal' && body.b.op === 'const') return bits(body.b.value);
  throw new Error(`${form.name}: the empty ${level} entry is not known`);
}
