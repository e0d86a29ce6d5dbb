import {
  any,
  arg,
  asWord,
  clear,
  equal,
  type FormDefinition,
  inline,
  inTurn,
  not,
  set,
  type Test,
  type Word,
  when,
  word,
} from '@pagewright/core';
import { emptyPte } from './pte-helpers.js';
import { emptySegment } from './segment-helpers.js';
import { type Shape, trackedBits } from './shape.js';
import { trackedHelpers } from './tracked-helpers.js';

type Pointer = FormDefinition['pointers'][string];

const MEM = arg('mem');
const NOTHING = word(0n);

/**
 * Pointer helpers that s390x defines itself (asm/pgtable.h), as a process sees them that hosts no
 * virtual machine: entries are exchanged whole, the TLB flushes that go with it are not shown.
 */
export const pointers = (shape: Shape): FormDefinition['pointers'] => ({
  ...ptePointers(shape),
  ...pmdPointers(shape),
});

const onMemory = <T extends Word | Test>(body: T): T => inline(body, { entry: MEM });
const stored = (memory: Word): Pointer => ({ returns: NOTHING, memory });
const taken = (empty: bigint): Pointer => ({ returns: MEM, memory: word(empty) });
const cleared = (empty: bigint): Pointer => stored(word(empty));

/** Made old whether it was young or not. */
const aged = (young: Test, mkold: Word): Pointer => ({
  returns: asWord(onMemory(young)),
  memory: onMemory(mkold),
});
/** Only a writable entry is touched. */
const protectedWritable = (write: Test, wrprotect: Word): Pointer =>
  stored(when(onMemory(write), onMemory(wrprotect), MEM));

function ptePointers(shape: Shape): Record<string, Pointer> {
  const { m, headers } = shape;
  const { tests, changes } = trackedHelpers(trackedBits(shape, 'pte'));
  const empty = emptyPte(shape);
  const inUse = when(any(m('_PAGE_PRESENT'), MEM), clear(MEM, m('_PAGE_UNUSED')), MEM);
  return {
    ptep_get_and_clear: taken(empty),
    ptep_get_and_clear_full1: taken(empty),
    pte_clear: cleared(empty),
    pte_clear_not_present_full0: cleared(empty),
    ptep_set_wrprotect: protectedWritable(tests.write, changes.wrprotect),
    ptep_test_and_clear_young: aged(tests.young, changes.mkold),
    // What a process maps it uses; since PGSTE has gone set_pte() itself says so.
    set_pte: stored(headers === '7.2' ? inUse : MEM),
    set_pte_at: stored(inUse),
  };
}

function pmdPointers(shape: Shape): Record<string, Pointer> {
  const bits = trackedBits(shape, 'pmd');
  const { tests, changes } = trackedHelpers(bits);
  const empty = emptySegment(shape);
  const invalidated: Pointer = { returns: MEM, memory: set(MEM, bits.invalid) };
  const touched = inTurn(changes.mkyoung, changes.mkdirty);
  return {
    pmdp_huge_get_and_clear: taken(empty),
    pmd_clear: cleared(empty),
    pmdp_set_wrprotect: protectedWritable(tests.write, changes.wrprotect),
    pmdp_test_and_clear_young: aged(tests.young, changes.mkold),
    pmdp_invalidate: invalidated,
    pmdp_invalidate_ad: invalidated,
    pmdp_set_access_flags_dirty1: { returns: asWord(not(equal(MEM, touched))), memory: touched },
  };
}
