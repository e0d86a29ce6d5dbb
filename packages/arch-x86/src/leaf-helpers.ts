import {
  add,
  all,
  always,
  and,
  any,
  both,
  clear,
  ENTRY,
  either,
  type HelperTable,
  inline,
  MASK64,
  type MappingLevel,
  masked,
  noneOf,
  not,
  or,
  PROT,
  set,
  sub,
  swapFlag,
  type Test,
  type Word,
  when,
  xor,
} from '@pagewright/core';
import { entryOf, flagsOf, leafMask, pfnOf } from './frames.js';
import { PAGE_SHIFT } from './geometry.js';
import { needsInvert, restoreDirty, type Shape, saveDirty } from './shape.js';

/** Write=0, Dirty=1 on a processor with shadow stacks; an upper entry must be a leaf as well. */
function shadowStack({ m, ...shape }: Shape, level: MappingLevel): Test {
  if (!shape.shadowStack) return always(false);
  const is = level === 'pte' ? m('_PAGE_DIRTY') : m('_PAGE_DIRTY', '_PAGE_PSE');
  return masked(is | m('_PAGE_RW'), is);
}

/** pte_write() and its upper forms; pud_write() knows no shadow stacks. */
export function writable(shape: Shape, level: MappingLevel): Test {
  const rw = any(shape.m('_PAGE_RW'));
  return shape.shadowStack && level !== 'pud' ? either(rw, shadowStack(shape, level)) : rw;
}

/** Stray accessed and dirty bits do not make an entry non-empty (_PAGE_KNL_ERRATUM_MASK). */
export const empty = ({ m }: Shape): Test => noneOf(MASK64 ^ m('_PAGE_ACCESSED', '_PAGE_DIRTY'));

/** _PAGE_CHG_MASK and _HPAGE_CHG_MASK: what a change of protection keeps. */
function keptByModify({ m, savedDirty, devmap }: Shape, level: MappingLevel): bigint {
  const common = m(
    'PTE_PFN_MASK',
    '_PAGE_PCD',
    '_PAGE_PWT',
    '_PAGE_SPECIAL',
    '_PAGE_ACCESSED',
    '_PAGE_DIRTY',
    '_PAGE_SOFT_DIRTY',
    '_PAGE_UFFD_WP',
    ...(savedDirty ? ['_PAGE_SAVED_DIRTY'] : []),
    ...(devmap ? ['_PAGE_DEVMAP'] : []),
  );
  return common | (level === 'pte' ? m('_PAGE_PAT') : m('_PAGE_PSE', '_PAGE_PAT_LARGE'));
}

/** pte_modify() and its upper forms. */
function modify(shape: Shape, level: MappingLevel): Word {
  const kept = keptByModify(shape, level);
  const joined = or(and(ENTRY, kept), clear(PROT, kept));
  const before = needsInvert(shape, ENTRY);
  const after = needsInvert(shape, joined);
  const flips = either(both(before, not(after)), both(not(before), after));
  const guarded = when(flips, xor(joined, leafMask(shape, level)), joined);
  const { m, savedDirty } = shape;
  if (!savedDirty) return guarded;
  return when(any(m('_PAGE_RW')), saveDirty(shape, guarded), restoreDirty(shape, guarded));
}

/** Helpers that exist under the same name and with the same body at every mapping level. */
function shared(shape: Shape, level: MappingLevel): HelperTable {
  const { m } = shape;
  const dirty = shape.savedDirty ? m('_PAGE_DIRTY', '_PAGE_SAVED_DIRTY') : m('_PAGE_DIRTY');
  return {
    none: empty(shape),
    young: any(m('_PAGE_ACCESSED')),
    dirty: any(dirty),
    write: writable(shape, level),
    soft_dirty: any(m('_PAGE_SOFT_DIRTY')),
    pfn: pfnOf(shape, level),
    pgprot: flagsOf(shape, level),
    mkold: clear(ENTRY, m('_PAGE_ACCESSED')),
    mkyoung: set(ENTRY, m('_PAGE_ACCESSED')),
    mkclean: clear(ENTRY, dirty),
    mkdirty: saveDirty(shape, set(ENTRY, m('_PAGE_DIRTY', '_PAGE_SOFT_DIRTY'))),
    wrprotect: saveDirty(shape, clear(ENTRY, m('_PAGE_RW'))),
    mksoft_dirty: set(ENTRY, m('_PAGE_SOFT_DIRTY')),
    clear_soft_dirty: clear(ENTRY, m('_PAGE_SOFT_DIRTY')),
    mkhuge: set(ENTRY, m('_PAGE_PSE')),
    modify: modify(shape, level),
    ...(shape.savedDirty
      ? {
          shstk: shadowStack(shape, level),
          mksaveddirty: saveDirty(shape, ENTRY),
          clear_saveddirty: restoreDirty(shape, ENTRY),
        }
      : {}),
  };
}

/** special, before 6.12 of ptes alone: the generic constants stand in for the rest. */
const special = ({ m }: Shape): HelperTable => ({
  special: any(m('_PAGE_SPECIAL')),
  mkspecial: set(ENTRY, m('_PAGE_SPECIAL')),
});

/** Helpers that ptes and pmds have and puds lack. */
function pteAndPmd(shape: Shape): HelperTable {
  const { m, savedDirty } = shape;
  const marked = set(ENTRY, m('_PAGE_UFFD_WP'));
  const protnone = m('_PAGE_PROTNONE');
  return {
    protnone: masked(protnone | m('_PAGE_PRESENT'), protnone),
    uffd_wp: any(m('_PAGE_UFFD_WP')),
    // The mark alone did not write-protect before 6.3.
    mkuffd_wp: savedDirty ? saveDirty(shape, clear(marked, m('_PAGE_RW'))) : marked,
    clear_uffd_wp: clear(ENTRY, m('_PAGE_UFFD_WP')),
    mkwrite_novma: set(ENTRY, m('_PAGE_RW')),
    ...(savedDirty ? { mkwrite_shstk: set(clear(ENTRY, m('_PAGE_RW')), m('_PAGE_DIRTY')) } : {}),
    ...swapFlag('soft_dirty', m('_PAGE_SWP_SOFT_DIRTY')),
    ...swapFlag('uffd_wp', m('_PAGE_SWP_UFFD_WP')),
  };
}

/** A leaf of the upper levels: huge pages and what they lose while they are split. */
function huge(shape: Shape, level: 'pmd' | 'pud'): HelperTable {
  const { m, devmap } = shape;
  const pse = m('_PAGE_PSE');
  const plain = devmap ? masked(pse | m('_PAGE_DEVMAP'), pse) : any(pse);
  return {
    trans_huge: plain,
    ...(devmap ? { devmap: any(m('_PAGE_DEVMAP')), mkdevmap: set(ENTRY, m('_PAGE_DEVMAP')) } : {}),
    ...(level === 'pmd' || shape.headers !== '6.1' ? { mkinvalid: invalidated(shape, level) } : {}),
    ...(shape.headers === '6.1' ? {} : special(shape)),
  };
}

/** pmd_mkinvalid(): the same frame and flags without PRESENT and PROTNONE, so inverted. */
function invalidated(shape: Shape, level: 'pmd' | 'pud'): Word {
  const flags = clear(flagsOf(shape, level), shape.m('_PAGE_PRESENT', '_PAGE_PROTNONE'));
  return inline(entryOf(shape, level), { pfn: pfnOf(shape, level), prot: flags });
}

/** Helpers of the lowest level (arch/x86/include/asm/pgtable.h). */
export function pteHelpers(shape: Shape): HelperTable {
  const { m, devmap, headers } = shape;
  const page = 1n << BigInt(PAGE_SHIFT);
  return {
    ...shared(shape, 'pte'),
    ...pteAndPmd(shape),
    ...special(shape),
    present: any(m('_PAGE_PRESENT', '_PAGE_PROTNONE')),
    accessible: any(m('_PAGE_PRESENT')),
    huge: any(m('_PAGE_PSE')),
    exec: noneOf(m('_PAGE_NX')),
    global: any(m('_PAGE_GLOBAL')),
    clrhuge: clear(ENTRY, m('_PAGE_PSE')),
    mkexec: clear(ENTRY, m('_PAGE_NX')),
    mkglobal: set(ENTRY, m('_PAGE_GLOBAL')),
    clrglobal: clear(ENTRY, m('_PAGE_GLOBAL')),
    next_pfn: when(needsInvert(shape, ENTRY), sub(ENTRY, page), add(ENTRY, page)),
    ...swapFlag('exclusive', m('_PAGE_SWP_EXCLUSIVE')),
    // No memory encryption: no entry has the encryption bit.
    ...(headers === '6.1' ? {} : { decrypted: always(true) }),
    ...(devmap
      ? {
          devmap: any(m('_PAGE_DEVMAP')),
          mkdevmap: set(ENTRY, m('_PAGE_SPECIAL', '_PAGE_DEVMAP')),
        }
      : {}),
  };
}

/** Helpers of pmds. PSE keeps a huge page present while it is split and PRESENT is clear. */
export function pmdHelpers(shape: Shape): HelperTable {
  const { m, kernelTable } = shape;
  const ignored = m('_PAGE_USER', '_PAGE_ACCESSED');
  const flags = flagsOf(shape, 'pmd');
  return {
    ...shared(shape, 'pmd'),
    ...pteAndPmd(shape),
    ...huge(shape, 'pmd'),
    present: any(m('_PAGE_PRESENT', '_PAGE_PROTNONE', '_PAGE_PSE')),
    leaf: any(m('_PAGE_PSE')),
    bad: not(masked(MASK64 ^ ignored, kernelTable & ~ignored, flags)),
  };
}

/** Helpers of puds. */
export function pudHelpers(shape: Shape): HelperTable {
  const { m, kernelTable, headers } = shape;
  const pse = m('_PAGE_PSE');
  return {
    ...shared(shape, 'pud'),
    ...huge(shape, 'pud'),
    present: any(m('_PAGE_PRESENT')),
    leaf: headers === '6.1' ? all(pse | m('_PAGE_PRESENT')) : any(pse),
    bad: any(MASK64 ^ (kernelTable | m('_PAGE_USER')), flagsOf(shape, 'pud')),
    mkwrite: restoreDirty(shape, set(ENTRY, m('_PAGE_RW'))),
  };
}
