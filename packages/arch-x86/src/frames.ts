import {
  and,
  any,
  both,
  clear,
  ENTRY,
  invert,
  type LeafCodec,
  type MappingLevel,
  masked,
  or,
  PFN,
  PROT,
  shl,
  shr,
  type Test,
  type Word,
  when,
} from '@pagewright/core';
import { PAGE_SHIFT } from './geometry.js';
import { guarded, type Shape } from './shape.js';

const FRAME_FIELDS: Readonly<Record<MappingLevel, string>> = {
  pte: 'PTE_PFN_MASK',
  pmd: 'PHYSICAL_PMD_PAGE_MASK',
  pud: 'PHYSICAL_PUD_PAGE_MASK',
};

/** Mask of the frame bits of a leaf. */
export const leafMask = ({ m }: Shape, level: MappingLevel): bigint => m(FRAME_FIELDS[level]);

/** pmd_pfn_mask() and its like: PSE decides which bits hold the frame, whatever else is set. */
function underFrame(shape: Shape, level: MappingLevel, of: (mask: bigint) => Word): Word {
  const small = of(shape.m('PTE_PFN_MASK'));
  if (level === 'pte') return small;
  return when(any(shape.m('_PAGE_PSE')), of(leafMask(shape, level)), small);
}

/** pte_flags() and its upper forms: the entry without its frame bits. */
export const flagsOf = (shape: Shape, level: MappingLevel): Word =>
  underFrame(shape, level, (mask) => clear(ENTRY, mask));

/** pte_pfn() and its upper forms. */
export function pfnOf(shape: Shape, level: MappingLevel): Word {
  const plain = guarded(shape, ENTRY, ENTRY);
  return shr(
    underFrame(shape, level, (mask) => and(plain, mask)),
    PAGE_SHIFT,
  );
}

/** pfn_pte() and its upper forms, of `pfn` and `prot`: a frame under those flags. */
export const entryOf = (shape: Shape, level: MappingLevel): Word =>
  or(and(guarded(shape, PROT, shl(PFN, PAGE_SHIFT)), leafMask(shape, level)), PROT);

/** How frame and flags lie in a leaf; what the processor permits, and PROT_NONE permits nothing. */
export function leafCodec(shape: Shape, level: MappingLevel, writable: Test): LeafCodec {
  const { m } = shape;
  const mask = leafMask(shape, level);
  const present = m('_PAGE_PRESENT');
  // A leaf is never the empty entry, so that PRESENT alone decides about inversion.
  const plain = (entry: Word): Word => when(any(present), entry, invert(entry));
  return {
    attributes: clear(ENTRY, mask),
    compose: or(and(plain(shl(PFN, PAGE_SHIFT)), mask), ENTRY),
    frame: shr(and(plain(ENTRY), mask), PAGE_SHIFT),
    permissions: {
      read: any(present),
      write: both(any(present), writable),
      execute: masked(present | m('_PAGE_NX'), present),
      user: any(m('_PAGE_USER')),
    },
  };
}
