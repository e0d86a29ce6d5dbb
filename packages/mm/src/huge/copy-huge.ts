import type { Model } from '../model.js';

/**
 * copy_huge_pmd(): 0, -ENOMEM, or -EAGAIN when the source must be copied entry by entry, having been
 * split if need be (SPEC 10.5).
 */
export function copyHugePmd(_model: Model, _dstVma: number, _srcVma: number, _vpn: number): number {
  throw new Error('copying huge entries is not modelled yet');
}

/** copy_huge_pud() (SPEC 10.8). */
export function copyHugePud(_model: Model, _dstVma: number, _srcVma: number, _vpn: number): number {
  throw new Error('copying huge entries is not modelled yet');
}
