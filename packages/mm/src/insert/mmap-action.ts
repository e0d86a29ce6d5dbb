import { isCowMapping } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { munmap } from '../vma/munmap.js';
import { mmOf, pageProtOf } from '../vma/vma.js';
import { registerFrame } from './registers.js';
import { remapClaimed } from './remap-pfn-range.js';
import { insertPages } from './vm-insert-pages.js';

/** What a VMA is going to be (`struct vm_area_desc`): a driver changes it before the VMA exists. */
export interface VmaDescription {
  /** Page numbers; `end` is the first page behind it. */
  readonly start: number;
  readonly end: number;
  /** vm_flags as the machine's form numbers them. */
  flags: bigint;
  pgoff: number;
}

/**
 * What a driver's mmap_prepare() asks for (`struct mmap_action`): addresses are page numbers, those
 * of registers bytes. `io-remap` maps frames of registers, `simple-io-remap` the part of them that
 * vm_pgoff says.
 */
export type MmapAction =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'remap' | 'io-remap';
      readonly vpn: number;
      readonly pfn: number;
      readonly pages: number;
    }
  | { readonly kind: 'simple-io-remap'; readonly start: bigint; readonly length: bigint }
  | { readonly kind: 'map-kernel-pages'; readonly vpn: number; readonly frames: readonly number[] };

/**
 * mmap_action_prepare(): checks what is asked for, and puts flags and vm_pgoff into the description.
 * Answers the action that is left to complete, or -EFAULT for a range outside, -EINVAL for a part of
 * a CoW mapping and for registers that end too early (mm/util.c in 7.2; SPEC-7.2 3.18).
 */
export function prepareMmapAction(
  model: Model,
  vma: VmaDescription,
  action: MmapAction,
): MmapAction | number {
  switch (action.kind) {
    case 'none':
      return action;
    case 'remap':
    case 'io-remap':
      return prepareRemap(model, vma, action.vpn, action.pfn, action.pages);
    case 'simple-io-remap': {
      const { pageShift } = model.machine.form.definition;
      const pages = vma.end - vma.start;
      const pfn = registerFrame(pageShift, action.start, action.length, vma.pgoff, pages);
      return pfn < 0 ? ERRNO.EINVAL : prepareRemap(model, vma, vma.start, pfn, pages);
    }
    case 'map-kernel-pages': {
      if (!holds(vma, action.vpn, action.frames.length)) return ERRNO.EFAULT;
      const { flagSets } = model.machine;
      if ((vma.flags & flagSets.mask('VM_PFNMAP')) !== 0n) model.vmWarn('pfnmap-vma');
      vma.flags |= flagSets.mask('VM_MIXEDMAP');
      return action;
    }
  }
}

/** remap_pfn_range_prepare() of a description. */
function prepareRemap(
  { machine }: Model,
  vma: VmaDescription,
  vpn: number,
  pfn: number,
  pages: number,
): MmapAction | number {
  if (!holds(vma, vpn, pages)) return ERRNO.EFAULT;
  if (isCowMapping(vma.flags)) {
    if (vpn !== vma.start || vpn + pages !== vma.end) return ERRNO.EINVAL;
    vma.pgoff = pfn;
  }
  vma.flags |= machine.flagSets.mask('VM_IO', 'VM_PFNMAP', 'VM_DONTEXPAND', 'VM_DONTDUMP');
  return { kind: 'remap', vpn, pfn, pages };
}

const holds = ({ start, end }: VmaDescription, vpn: number, pages: number): boolean =>
  vpn >= start && vpn + pages <= end;

/**
 * mmap_action_complete(): maps what was prepared, once the VMA is linked in. When that fails the
 * whole VMA goes, and the error is the driver's own if it has one (mm/util.c in 7.2; SPEC-7.2 3.18).
 *
 * @param errorOverride what the driver wants to be answered instead; 0 for the error itself
 */
export function completeMmapAction(
  model: Model,
  vma: number,
  action: MmapAction,
  errorOverride = 0,
): number {
  const error = complete(model, vma, action);
  if (error === 0) return 0;
  const start = model.state.get(Vma.start, vma);
  munmap(model, mmOf(model, vma), start, model.state.get(Vma.end, vma) - start);
  return errorOverride === 0 ? error : errorOverride;
}

function complete(model: Model, vma: number, action: MmapAction): number {
  if (action.kind === 'remap') {
    const { vpn, pfn, pages } = action;
    return remapClaimed(model, vma, vpn, pfn, pages, pageProtOf(model, vma));
  }
  if (action.kind === 'map-kernel-pages') {
    const { vpn, frames } = action;
    return insertPages(model, vma, vpn, { frames, left: frames.length });
  }
  if (action.kind === 'none') return 0;
  throw new Error(`${action.kind} was not prepared`);
}
