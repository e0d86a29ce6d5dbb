import {
  any,
  arg,
  asWord,
  clear,
  ENTRY,
  equal,
  type FormDefinition,
  inline,
  not,
  set,
  type Word,
  when,
  word,
} from '@pagewright/core';
import { present } from './entry-helpers.js';
import type { Shape } from './shape.js';

const MEM = arg('mem');
const NOTHING = word(0n);

/** What set_pte() leaves: marked for the host, of a present entry the protection too. */
const stored = (shape: Shape, value: Word): Word => {
  const { stale, newProt } = shape;
  const marked = when(present(shape), set(ENTRY, stale | newProt), set(ENTRY, stale));
  return inline(marked, { entry: value });
};

/** Both but for the mark that the host is behind (pte_same()). */
export const samePte = ({ stale }: Shape, a: Word, b: Word) =>
  equal(clear(a, stale), clear(b, stale));

/**
 * Pointer helpers. Every store goes through set_pte(), and an entry is cleared to the mark instead
 * of zero, since the host still maps what was there.
 */
export function pointers(shape: Shape, wrprotect: Word): FormDefinition['pointers'] {
  const { m, stale } = shape;
  const cleared = { returns: NOTHING, memory: word(stale) };
  const taken = { returns: MEM, memory: word(stale) };
  const set = { returns: NOTHING, memory: stored(shape, MEM) };
  const young = any(m('_PAGE_ACCESSED'), MEM);
  const old = stored(shape, clear(MEM, m('_PAGE_ACCESSED')));
  const changed = not(samePte(shape, MEM, ENTRY));
  const raised = { returns: asWord(changed), memory: when(changed, stored(shape, ENTRY), MEM) };
  const readOnly = stored(shape, inline(wrprotect, { entry: MEM }));
  return {
    set_pte: set,
    set_pte_at: set,
    pte_clear: cleared,
    pte_clear_not_present_full0: cleared,
    pmd_clear: cleared,
    ptep_get_and_clear: taken,
    ptep_get_and_clear_full1: taken,
    ptep_set_wrprotect: { returns: NOTHING, memory: readOnly },
    ptep_test_and_clear_young: { returns: asWord(young), memory: when(young, old, MEM) },
    ptep_set_access_flags_dirty0: raised,
    ptep_set_access_flags_dirty1: raised,
  };
}
