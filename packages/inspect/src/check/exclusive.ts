import type { KernelPages, PageFacts } from '../pages.js';

/** PG_anon_exclusive of a page: its bit has other names on pages that are not anonymous. */
export function isExclusive({ layout }: KernelPages, { owner, flags }: PageFacts): boolean {
  const bit = layout.flagBit('anon_exclusive');
  return owner === 'anon' && bit !== undefined && ((flags >> BigInt(bit)) & 1n) === 1n;
}
