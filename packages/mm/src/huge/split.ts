import type { Model } from '../model.js';

/** split_huge_pmd(): the leaf that maps an address goes, or becomes entries of a table (SPEC 10.1). */
export function splitHugePmd(_model: Model, _vma: number, _vpn: number, _freeze = false): void {
  throw new Error('splitting huge entries is not modelled yet');
}

/** split_huge_pud() (SPEC 10.8). */
export function splitHugePud(_model: Model, _vma: number, _vpn: number): void {
  throw new Error('splitting huge entries is not modelled yet');
}
