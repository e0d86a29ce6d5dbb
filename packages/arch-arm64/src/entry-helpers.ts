import {
  and,
  any,
  both,
  clear,
  ENTRY,
  type Expr,
  either,
  type HelperTable,
  inline,
  inTurn,
  MASK64,
  masked,
  noneOf,
  or,
  PROT,
  set,
  swapFlag,
  type Test,
  type Word,
  when,
} from '@pagewright/core';
import { MEMORY_TYPES } from './bits.js';
import { fieldValue, presentInvalidMask, type Shape } from './shape.js';

/**
 * Helpers that all mapping levels share, because the kernel casts pmd and pud entries to pte_t and
 * asks the pte's own (arch/arm64/include/asm/pgtable.h). Each level picks what its header offers.
 */
export interface EntryHelpers {
  readonly present: Test;
  readonly presentInvalid: Test;
  readonly protnone: Test;
  readonly mkinvalid: Word;
  readonly swDirty: Test;
  readonly hwDirty: Test;
  readonly tests: Readonly<
    Record<'valid' | 'young' | 'dirty' | 'write' | 'user' | 'user_exec' | 'cont', Test>
  >;
  readonly changes: Readonly<
    Record<
      'mkold' | 'mkyoung' | 'mkclean' | 'mkdirty' | 'wrprotect' | 'mkwrite_novma' | 'modify',
      Word
    >
  >;
}

/** Builds the shared helpers of a form. */
export function entryHelpers(shape: Shape): EntryHelpers {
  const { m, headers } = shape;
  const write = any(m('PTE_WRITE'));
  const swDirty = any(m('PTE_DIRTY'));
  const hwDirty = both(write, noneOf(m('PTE_RDONLY')));
  const valid = any(m('PTE_VALID'));
  const invalidMark = presentInvalidMask(shape);
  const presentInvalid = masked(m('PTE_VALID') | invalidMark, invalidMark);
  const writable = set(ENTRY, m('PTE_WRITE'));
  const mkdirty = when(
    write,
    clear(set(ENTRY, m('PTE_DIRTY')), m('PTE_RDONLY')),
    set(ENTRY, m('PTE_DIRTY')),
  );
  const keepDirty = when(hwDirty, set(ENTRY, m('PTE_DIRTY')), ENTRY);
  const wrprotect = set(clear(keepDirty, m('PTE_WRITE')), m('PTE_RDONLY'));
  return {
    present: either(valid, presentInvalid),
    presentInvalid,
    // Since 6.10 huge pages being invalidated bear the same mark: PROT_NONE is told by no access.
    protnone:
      headers === '6.1'
        ? presentInvalid
        : both(presentInvalid, noneOf(m('PTE_USER')), any(m('PTE_UXN'))),
    mkinvalid: clear(set(ENTRY, invalidMark), m('PTE_VALID')),
    swDirty,
    hwDirty,
    tests: {
      valid,
      young: any(m('PTE_AF')),
      dirty: either(swDirty, hwDirty),
      write,
      user: any(m('PTE_USER')),
      user_exec: noneOf(m('PTE_UXN')),
      cont: any(m('PTE_CONT')),
    },
    changes: {
      mkold: clear(ENTRY, m('PTE_AF')),
      mkyoung: set(ENTRY, m('PTE_AF')),
      mkclean: set(clear(ENTRY, m('PTE_DIRTY')), m('PTE_RDONLY')),
      mkdirty,
      wrprotect,
      mkwrite_novma: when(swDirty, clear(writable, m('PTE_RDONLY')), writable),
      modify: modify(inTurn(keepDirty, replaced(changeable(shape))), swDirty, mkdirty),
    },
  };
}

/** Bits that a new protection replaces (pte_modify). */
function changeable(shape: Shape): bigint {
  const { m, headers } = shape;
  const bits = m(
    'PTE_USER',
    'PTE_PXN',
    'PTE_UXN',
    'PTE_RDONLY',
    'PTE_VALID',
    'PTE_WRITE',
    'PTE_GP',
    'PTE_ATTRINDX',
  );
  return bits | presentInvalidMask(shape) | (headers === '6.1' ? 0n : m('PTE_PO_IDX'));
}

const replaced = (mask: bigint): Word => or(clear(ENTRY, mask), and(PROT, mask));

/** A dirty entry that becomes writable must not look clean to the processor afterwards. */
const modify = (changed: Word, swDirty: Test, mkdirty: Word): Word =>
  when(inline(swDirty, { entry: changed }), inTurn(changed, mkdirty), changed);

/** Helpers of userfaultfd write protection, at pte and pmd level alike. */
export function uffdHelpers({ m, uffdWp }: Shape, shared: EntryHelpers): HelperTable {
  if (!uffdWp) return {};
  return {
    uffd_wp: any(m('PTE_UFFD_WP')),
    mkuffd_wp: inTurn(set(ENTRY, m('PTE_UFFD_WP')), shared.changes.wrprotect),
    clear_uffd_wp: clear(ENTRY, m('PTE_UFFD_WP')),
    ...swapFlag('uffd_wp', m('PTE_SWP_UFFD_WP')),
  };
}

/** What only ptes have, together with the shared helpers. */
export function pteHelpers(shape: Shape, shared: EntryHelpers, frame: HelperTable): HelperTable {
  const { m, headers, devmap } = shape;
  const { valid, cont } = shared.tests;
  const own: Record<string, Expr> = {
    none: noneOf(MASK64),
    present: shared.present,
    protnone: shared.protnone,
    accessible: valid,
    special: any(m('PTE_SPECIAL')),
    rdonly: any(m('PTE_RDONLY')),
    hw_dirty: shared.hwDirty,
    sw_dirty: shared.swDirty,
    valid_not_user: masked(m('PTE_VALID', 'PTE_USER', 'PTE_UXN'), m('PTE_VALID', 'PTE_UXN')),
    tagged: masked(m('PTE_ATTRINDX'), fieldValue(m('PTE_ATTRINDX'), MEMORY_TYPES.MT_NORMAL_TAGGED)),
    mkspecial: set(ENTRY, m('PTE_SPECIAL')),
    mknoncont: clear(ENTRY, m('PTE_CONT')),
    // Until 7.2 the helper also made the entry a valid page.
    mkcont: set(ENTRY, m('PTE_CONT') | (headers === '7.2' ? 0n : m('PTE_VALID', 'PTE_TABLE_BIT'))),
    ...swapFlag('exclusive', m('PTE_SWP_EXCLUSIVE')),
  };
  if (headers !== '6.1') {
    own.present_invalid = shared.presentInvalid;
    own.valid_cont = both(valid, cont);
    own.mkinvalid = shared.mkinvalid;
  }
  if (headers !== '7.2') {
    own.mkhuge = clear(ENTRY, m('PTE_TABLE_BIT'));
    own.mkpresent = set(ENTRY, m('PTE_VALID'));
  }
  if (devmap) {
    own.devmap = any(m('PTE_DEVMAP'));
    own.mkdevmap = set(ENTRY, m('PTE_DEVMAP', 'PTE_SPECIAL'));
  }
  return { ...shared.tests, ...shared.changes, ...uffdHelpers(shape, shared), ...frame, ...own };
}
