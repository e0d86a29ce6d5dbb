import {
  always,
  any,
  both,
  clear,
  ENTRY,
  type Expr,
  either,
  type HelperTable,
  MASK64,
  masked,
  noneOf,
  not,
  set,
  type Test,
} from '@pagewright/core';
import { type EntryHelpers, uffdHelpers } from './entry-helpers.js';
import { type Shape, typeMask } from './shape.js';

const isTable = ({ m }: Shape): Test => masked(typeMask(m), typeMask(m));
const isBlock = ({ m }: Shape): Test => masked(typeMask(m), m('PTE_VALID'));
const isNone = noneOf(MASK64);

/** pmd helpers: the pte's, and what tells a block from a table (arch/arm64/include/asm/pgtable.h). */
export function pmdHelpers(shape: Shape, shared: EntryHelpers, frame: HelperTable): HelperTable {
  const { m, headers, devmap } = shape;
  const { present, mkinvalid } = pmdPresence(shape, shared);
  const table = isTable(shape);
  const own: Record<string, Expr> = {
    none: isNone,
    present,
    mkinvalid,
    protnone: shared.protnone,
    table,
    bad: not(table),
    leaf: both(present, not(table)),
    // A block being invalidated has no type any more: the table bit alone decides.
    trans_huge: both(present, noneOf(m('PTE_TABLE_BIT'))),
    mkhuge: clear(ENTRY, m('PTE_TABLE_BIT')),
    mkcont: set(ENTRY, m('PTE_CONT')),
  };
  if (headers !== '6.1') {
    own.special = any(m('PTE_SPECIAL'));
    own.mkspecial = set(ENTRY, m('PTE_SPECIAL'));
  }
  if (headers === '7.2') own.mknoncont = clear(ENTRY, m('PTE_CONT'));
  else own.sect = isBlock(shape);
  if (devmap) {
    own.devmap = any(m('PTE_DEVMAP'));
    own.mkdevmap = set(ENTRY, m('PTE_DEVMAP'));
  }
  return { ...shared.tests, ...shared.changes, ...uffdHelpers(shape, shared), ...frame, ...own };
}

/** Until 6.10 a huge page being invalidated had a mark of its own. */
function pmdPresence({ m, headers }: Shape, shared: EntryHelpers) {
  if (headers !== '6.1') return { present: shared.present, mkinvalid: shared.mkinvalid };
  const mark = m('PMD_PRESENT_INVALID');
  return {
    present: either(shared.present, any(mark)),
    mkinvalid: clear(set(ENTRY, mark), m('PTE_VALID')),
  };
}

/** pud helpers: few, since arm64 has no huge pages of that size but hugetlb's. */
export function pudHelpers(shape: Shape, shared: EntryHelpers, frame: HelperTable): HelperTable {
  const { m, headers, pageShift } = shape;
  const { young, write, user, user_exec, valid } = shared.tests;
  const { mkyoung, mkwrite_novma } = shared.changes;
  // 64K pages: pud_table() is constantly true.
  const table = pageShift === 16 ? always(true) : isTable(shape);
  const own: Record<string, Expr> = {
    none: isNone,
    present: shared.present,
    table,
    bad: not(isTable(shape)),
    leaf: both(shared.present, not(table)),
    mkyoung,
    mkhuge: clear(ENTRY, m('PTE_TABLE_BIT')),
  };
  if (headers === '7.2') own.mkwrite_novma = mkwrite_novma;
  else own.sect = pageShift === 16 ? always(false) : isBlock(shape);
  return { young, write, user, user_exec, valid, ...frame, ...own };
}

/** A folded pud above a folded pmd passes walkers through (asm-generic/pgtable-nopmd.h). */
export const foldedPud: HelperTable = {
  none: always(false),
  present: always(true),
  leaf: always(false),
  bad: always(false),
};

/** p4d or pgd where it is a level of its own: only tables; until 7.2 one type bit was asked. */
export function tableOnlyHelpers(shape: Shape): HelperTable {
  const bad = shape.headers === '7.2' ? not(isTable(shape)) : noneOf(shape.m('PTE_TABLE_BIT'));
  return { none: isNone, present: not(isNone), leaf: always(false), bad };
}
