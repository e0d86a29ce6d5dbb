import { arg, asWord, ENTRY, equal, type FormDefinition, not } from '@pagewright/core';

/**
 * ptep_set_access_flags() and pmdp_set_access_flags() (arch/x86/mm/pgtable.c): the new entry is
 * written only for a write fault; otherwise the processor has set what the caller asks for.
 */
export function pointers(): FormDefinition['pointers'] {
  const memory = arg('mem');
  const changed = asWord(not(equal(memory, ENTRY)));
  const left = { returns: changed, memory };
  return { ptep_set_access_flags_dirty0: left, pmdp_set_access_flags_dirty0: left };
}
