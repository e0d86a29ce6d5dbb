import { LEVELS, type Level, type LevelGeometry } from '@pagewright/core';

/** log2 of the page size. */
export const PAGE_SHIFT = 12;

/** log2 of the bytes that an entry maps, and of the entries in its table (asm/pgtable.h). */
const TABLES: Readonly<Record<Level, { readonly shift: number; readonly indexBits: number }>> = {
  pte: { shift: PAGE_SHIFT, indexBits: 8 },
  pmd: { shift: 20, indexBits: 11 },
  pud: { shift: 31, indexBits: 11 },
  p4d: { shift: 42, indexBits: 11 },
  pgd: { shift: 53, indexBits: 11 },
};

/** How many levels of tables a form has. */
export type LevelCount = 3 | 4 | 5;

/** Bits of address that so many levels translate (mm->context.asce_limit is 1 << this). */
export function addressBits(count: LevelCount): number {
  const root = TABLES[LEVELS[count - 1] as Level];
  return root.shift + root.indexBits;
}

/**
 * Levels of a form, root first. Every level keeps the name that its type of table gives it, so with
 * fewer levels the names above the root are folded: mm_p4d_folded(), mm_pud_folded().
 */
export const levelsOf = (count: LevelCount): readonly LevelGeometry[] =>
  LEVELS.map((level, position): LevelGeometry => {
    const folded = position >= count;
    return {
      level,
      ...(folded ? { shift: addressBits(count), indexBits: 0 } : TABLES[level]),
      folded,
      mayMap: level === 'pte' || level === 'pmd' || level === 'pud',
      hasSpecial: level === 'pte',
      decidedBy: level,
    };
  }).reverse();
