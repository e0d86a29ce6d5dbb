import {
  all,
  and,
  both,
  clear,
  either,
  fieldOf,
  flag,
  type HelperTable,
  not,
  or,
  PROT,
  shl,
  shr,
  type Test,
  type Word,
  when,
} from '@pagewright/core';
import { entryOf } from './frames.js';
import { restoreDirty, type Shape } from './shape.js';

/** __pte_access_permitted(), with no protection key in force; shadow stacks are not for writing. */
function accessPermitted({ m }: Shape): Test {
  const needed = all(m('_PAGE_PRESENT', '_PAGE_USER'));
  return both(needed, either(not(flag('write')), all(m('_PAGE_RW'))));
}

/** pte_mkwrite() and pmd_mkwrite(): a shadow stack VMA gets a shadow stack entry. */
function mkwrite(shape: Shape, helpers: HelperTable): Word {
  const plain = restoreDirty(shape, helpers.mkwrite_novma as Word);
  return when(flag('vmShadowStack'), helpers.mkwrite_shstk as Word, plain);
}

/** PAT's place differs between ptes and huge leaves (arch/x86/include/asm/pgtable_types.h). */
function memoryTypeMoves({ m, bits }: Shape): HelperTable {
  const pat = m('_PAGE_PAT');
  const large = m('_PAGE_PAT_LARGE');
  const distance = fieldOf(bits, '_PAGE_PAT_LARGE').low - fieldOf(bits, '_PAGE_PAT').low;
  const rest = clear(PROT, pat | large);
  return {
    pgprot_4k_2_large: or(rest, shl(and(PROT, pat), distance)),
    pgprot_large_2_4k: or(rest, shr(and(PROT, large), distance)),
  };
}

/** Helpers with full names (arch/x86/include/asm/pgtable.h). */
export function functions(shape: Shape, pte: HelperTable, pmd: HelperTable): HelperTable {
  const permitted = accessPermitted(shape);
  return {
    pfn_pte: entryOf(shape, 'pte'),
    pfn_pmd: entryOf(shape, 'pmd'),
    pfn_pud: entryOf(shape, 'pud'),
    pte_access_permitted: permitted,
    pmd_access_permitted: permitted,
    pud_access_permitted: permitted,
    ...(shape.savedDirty
      ? { pte_mkwrite: mkwrite(shape, pte), pmd_mkwrite: mkwrite(shape, pmd) }
      : {}),
    ...memoryTypeMoves(shape),
    // No memory encryption: there is no bit to add or to take away.
    pgprot_encrypted: PROT,
    pgprot_decrypted: PROT,
  };
}
