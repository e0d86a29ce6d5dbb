import {
  all,
  and,
  any,
  arg,
  asWord,
  both,
  clear,
  ENTRY,
  either,
  equal,
  type FormDefinition,
  flag,
  type HelperTable,
  not,
  or,
  PROT,
  set,
  type Word,
  when,
  word,
  xor,
} from '@pagewright/core';
import { MEMORY_TYPES } from './bits.js';
import { fieldValue, type Shape } from './shape.js';

/** Building, access and protection helpers by their full names (asm/pgtable.h). */
export function functions(shape: Shape): HelperTable {
  const { m, address } = shape;
  const built = or(address.frameBits, PROT);
  const permitted = both(
    all(m('PTE_VALID', 'PTE_USER')),
    either(not(flag('write')), any(m('PTE_WRITE'))),
  );
  return {
    pfn_pte: built,
    pfn_pmd: built,
    pfn_pud: built,
    pte_access_permitted: permitted,
    pmd_access_permitted: permitted,
    pud_access_permitted: permitted,
    ...protectionChanges(shape),
  };
}

/** pgprot_*(): memory types; encryption moves nothing outside a realm (PROT_NS_SHARED is 0). */
function protectionChanges({ m }: Shape): HelperTable {
  const type = (name: keyof typeof MEMORY_TYPES, more: bigint): Word =>
    set(clear(PROT, m('PTE_ATTRINDX')), fieldValue(m('PTE_ATTRINDX'), MEMORY_TYPES[name]) | more);
  const noExecute = m('PTE_PXN', 'PTE_UXN');
  return {
    pgprot_noncached: type('MT_DEVICE_nGnRnE', noExecute),
    pgprot_writecombine: type('MT_NORMAL_NC', noExecute),
    pgprot_device: type('MT_DEVICE_nGnRE', noExecute),
    pgprot_tagged: type('MT_NORMAL_TAGGED', 0n),
    pgprot_decrypted: PROT,
    pgprot_encrypted: PROT,
  };
}

const MEM = arg('mem');

/**
 * Pointer helpers that arm64 defines itself. They say what happens outside contiguous runs: a run
 * is unfolded first, which takes its neighbours too (arch/arm64/mm/contpte.c).
 */
export function pointers(shape: Shape): FormDefinition['pointers'] {
  const { m, headers } = shape;
  // Since the contiguous bit is used for user memory (6.9), setters drop it from what they are given.
  const given = (entry: Word): Word => (headers === '6.1' ? entry : clear(entry, m('PTE_CONT')));
  const stored = { returns: word(0n), memory: given(MEM) };
  return {
    set_pte: stored,
    set_pte_at: stored,
    ptep_set_access_flags_dirty0: raised(shape, given(ENTRY)),
    ptep_set_access_flags_dirty1: raised(shape, given(ENTRY)),
    pmdp_set_access_flags_dirty1: raised(shape, ENTRY),
  };
}

/**
 * __ptep_set_access_flags() of arch/arm64/mm/fault.c: only raises access, write and dirty, because
 * the processor may be raising them at the same moment. Read-only raises by being cleared.
 */
function raised({ m }: Shape, entry: Word): { returns: Word; memory: Word } {
  const readOnly = m('PTE_RDONLY');
  const wanted = and(entry, readOnly | m('PTE_AF', 'PTE_WRITE', 'PTE_DIRTY'));
  const memory = xor(or(xor(MEM, readOnly), xor(wanted, readOnly)), readOnly);
  const same = equal(MEM, entry);
  return { returns: asWord(not(same)), memory: when(same, MEM, memory) };
}
