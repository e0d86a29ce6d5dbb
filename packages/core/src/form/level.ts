/** Page-table levels from the leaf table up, as the kernel names them. */
export const LEVELS = ['pte', 'pmd', 'pud', 'p4d', 'pgd'] as const;
/** A page-table level. */
export type Level = (typeof LEVELS)[number];
/** The levels that `vm_normal_page*()` has a form for. */
export type MappingLevel = 'pte' | 'pmd' | 'pud';

/** True for the names of levels. */
export const isLevel = (name: string): name is Level =>
  (LEVELS as readonly string[]).includes(name);

/** One level of a paging form, as data. */
export interface LevelGeometry {
  readonly level: Level;
  /** log2 of the bytes that one entry of this level maps. */
  readonly shift: number;
  /** log2 of the number of entries in one table; 0 for a folded level. */
  readonly indexBits: number;
  /** The level has no table of its own: its single entry is the one above. */
  readonly folded: boolean;
  /** An entry here may map memory (a leaf), not only point to the next table. */
  readonly mayMap: boolean;
  /** The special mark works at this level (SPEC 0.4, SPEC-7.2 0.6). */
  readonly hasSpecial: boolean;
  /**
   * Which level's helpers decide about an entry found in this table. A folded level below hands its
   * helpers up: with p4d folded, pgd_none() is constantly false and p4d_none() reads the pgd's entry.
   */
  readonly decidedBy: Level;
}

/** Header generations whose bit layouts differ (DESIGN 2, Header generations). Newest last. */
export const HEADER_GENERATIONS = ['6.1', '6.12', '7.2'] as const;
/** A generation of kernel headers. */
export type HeaderGeneration = (typeof HEADER_GENERATIONS)[number];
/** The generation that is meant when none is named. */
export const NEWEST_HEADERS: HeaderGeneration = '7.2';
