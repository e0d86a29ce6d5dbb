import type { ChangeLinks } from './change.js';

/** ZEROPAGE-SERIES, both versions, and what v2 was posted on beside v6.9 (SPEC 23.5). */
export const ZEROPAGE_CHANGES = {
  'zeropage-forbidden-by-mm': {},
  'large-mapcount': {},
  'page-count-in-validation': {},
  'zeropage-support': {},
  'zeropage-in-readonly-vma': {
    requires: ['zeropage-support'],
  },
  'zeropage-rmap-check': {
    requires: ['zeropage-support'],
  },
} as const satisfies Readonly<Record<string, ChangeLinks>>;
