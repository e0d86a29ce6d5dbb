import { type HeaderGeneration, LEVELS, type Level, type LevelGeometry } from '@pagewright/core';

/** Bytes of an entry are 8: a table of one page resolves this many bits less than the page has. */
const ENTRY_SHIFT = 3;
/** 4 KiB: the only granule with which the kernel maps blocks above the pmd (pud_sect_supported). */
const PUD_BLOCK_PAGE_SHIFT = 12;

/** Page size and reach of a form. */
export interface Reach {
  /** 12, 14 or 16. */
  readonly pageShift: number;
  /** Bits of virtual address, VA_BITS. */
  readonly addressBits: number;
}

/** log2 of the bytes that an entry maps, `tables` table levels above the pte's (0: pte). */
const shiftOf = (pageShift: number, tables: number): number =>
  pageShift + tables * (pageShift - ENTRY_SHIFT);

/** Number of levels that translation takes (pgtable-hwdef.h ARM64_HW_PGTABLE_LEVELS). */
const tableCount = ({ pageShift, addressBits }: Reach): number =>
  Math.ceil((addressBits - pageShift) / (pageShift - ENTRY_SHIFT));

/**
 * Levels of a form, root first. The root is called pgd however many levels there are; the levels
 * between it and the real ones below are folded into it, and the lowest folded one decides.
 */
export function levelsOf(reach: Reach, headers: HeaderGeneration): readonly LevelGeometry[] {
  const { pageShift, addressBits } = reach;
  const rootTables = tableCount(reach) - 1;
  const topReal = LEVELS[rootTables - 1] as Level;
  const rootShift = shiftOf(pageShift, rootTables);
  const decidesRoot = LEVELS[rootTables] as Level;
  const geometry = (level: Level, position: number): LevelGeometry => {
    const isRoot = level === 'pgd';
    const folded = !isRoot && position > LEVELS.indexOf(topReal);
    const decidedBy = isRoot ? decidesRoot : level;
    return {
      level,
      shift: folded || isRoot ? rootShift : shiftOf(pageShift, position),
      indexBits: folded ? 0 : isRoot ? addressBits - rootShift : pageShift - ENTRY_SHIFT,
      folded,
      mayMap: mayMap(decidedBy, pageShift),
      hasSpecial: hasSpecial(decidedBy, headers),
      decidedBy,
    };
  };
  return LEVELS.map(geometry).reverse();
}

const mayMap = (level: Level, pageShift: number): boolean =>
  level === 'pte' || level === 'pmd' || (level === 'pud' && pageShift === PUD_BLOCK_PAGE_SHIFT);

/** pmd_special() came with ARCH_SUPPORTS_PMD_PFNMAP (6.12); there is no pud_special(). */
const hasSpecial = (level: Level, headers: HeaderGeneration): boolean =>
  level === 'pte' || (level === 'pmd' && headers !== '6.1');

/** Entries of a contiguous run of ptes by page shift (pgtable-hwdef.h CONT_PTES). */
export const CONTIGUOUS_PTES: Readonly<Record<number, number>> = { 12: 16, 14: 128, 16: 32 };
