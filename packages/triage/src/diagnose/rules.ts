import type { Rule } from './rule.js';
import { ASSERTION_RULES } from './rules/assertions.js';
import { BIT_FLIP_RULES } from './rules/bit-flips.js';
import { COUNT_RULES } from './rules/counts.js';
import { FOREIGN_DATA_RULES } from './rules/foreign-data.js';
import { PAGE_STATE_RULES } from './rules/page-state.js';
import { SPECIAL_RULES } from './rules/special-entries.js';
import { STRUCT_PAGE_RULES } from './rules/struct-pages.js';
import { SWAP_RULES } from './rules/swap-entries.js';
import { UPPER_TABLE_RULES } from './rules/upper-tables.js';
import { USUAL_CAUSE_RULES } from './rules/usual-causes.js';
import { WALK_RULES } from './rules/walks.js';

/** All rules; ids are unique. */
export const RULES: readonly Rule[] = [
  ...USUAL_CAUSE_RULES,
  ...PAGE_STATE_RULES,
  ...STRUCT_PAGE_RULES,
  ...FOREIGN_DATA_RULES,
  ...BIT_FLIP_RULES,
  ...SPECIAL_RULES,
  ...SWAP_RULES,
  ...COUNT_RULES,
  ...UPPER_TABLE_RULES,
  ...ASSERTION_RULES,
  ...WALK_RULES,
];
