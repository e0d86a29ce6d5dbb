import type { HeaderGeneration, Level, LevelGeometry } from '@pagewright/core';

/** log2 of the page size (arch/x86/include/asm/page_types.h, PAGE_SHIFT). */
export const PAGE_SHIFT = 12;
/** log2 of the entries of a table (arch/x86/include/asm/pgtable_64_types.h, PTRS_PER_*). */
const INDEX_BITS = 9;
const SHIFTS: Readonly<Record<Level, number>> = { pte: 12, pmd: 21, pud: 30, p4d: 39, pgd: 48 };

/** Bits of virtual address that the tables translate. */
export const addressBits = (levels: 4 | 5): number => (levels === 5 ? 57 : 48);

/** Bits of a frame number that the kernel supports: MAX_PHYSMEM_BITS without the page's own. */
export const frameBits = (levels: 4 | 5): number => (levels === 5 ? 52 : 46) - PAGE_SHIFT;

/**
 * Levels from the root down. With four of them p4d is folded when the kernel runs, not when it is
 * built: the root keeps the name pgd and p4d's shift, and p4d's helpers decide about its entries
 * (pgtable_l5_enabled() in arch/x86/include/asm/pgtable.h). Special upper leaves came with 6.12.
 */
export function geometry(levels: 4 | 5, headers: HeaderGeneration): readonly LevelGeometry[] {
  const special: readonly Level[] = headers === '6.1' ? ['pte'] : ['pte', 'pmd', 'pud'];
  const mapping: readonly Level[] = ['pte', 'pmd', 'pud'];
  const at = (level: Level, changes: Partial<LevelGeometry> = {}): LevelGeometry => ({
    level,
    shift: SHIFTS[level],
    indexBits: INDEX_BITS,
    folded: false,
    mayMap: mapping.includes(level),
    hasSpecial: special.includes(level),
    decidedBy: level,
    ...changes,
  });
  const top =
    levels === 5
      ? [at('pgd'), at('p4d')]
      : [
          at('pgd', { shift: SHIFTS.p4d, decidedBy: 'p4d' }),
          at('p4d', { indexBits: 0, folded: true }),
        ];
  return [...top, at('pud'), at('pmd'), at('pte')];
}
