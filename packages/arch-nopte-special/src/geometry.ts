import { LEVELS, type Level, type LevelGeometry } from '@pagewright/core';

/**
 * Levels of a form, root first, from the index bits of its real tables, the leaf table's first. The
 * root is called pgd however few tables there are; what lies between is folded into it, and the
 * lowest folded level's helpers read the root's entries (asm-generic/pgtable-nopud.h, -nop4d.h).
 * Only ptes map memory, and no level has a special mark: that is what these forms have in common.
 */
export function levelsOf(
  pageShift: number,
  indexBits: readonly number[],
): readonly LevelGeometry[] {
  const root = indexBits.length - 1;
  const shiftOf = (table: number): number =>
    indexBits.slice(0, table).reduce((sum, bits) => sum + bits, pageShift);
  const geometry = (level: Level, position: number): LevelGeometry => {
    const isRoot = level === 'pgd';
    const folded = !isRoot && position >= root;
    const table = folded || isRoot ? root : position;
    return {
      level,
      shift: shiftOf(table),
      indexBits: folded ? 0 : (indexBits[table] as number),
      folded,
      mayMap: level === 'pte',
      hasSpecial: false,
      decidedBy: isRoot ? (LEVELS[root] as Level) : level,
    };
  };
  return LEVELS.map(geometry).reverse();
}
