import { any, clear, ENTRY, set } from '../expr/word.js';
import type { HelperTable } from './definition.js';

/**
 * The three helpers of a flag that a non-present entry keeps beside type and offset
 * (`pte_swp_exclusive()`, `pte_swp_mkexclusive()`, `pte_swp_clear_exclusive()`).
 */
export const swapFlag = (
  name: 'exclusive' | 'soft_dirty' | 'uffd_wp',
  mask: bigint,
): HelperTable => ({
  [`swp_${name}`]: any(mask),
  [`swp_mk${name}`]: set(ENTRY, mask),
  [`swp_clear_${name}`]: clear(ENTRY, mask),
});
