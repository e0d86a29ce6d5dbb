import { fileOf } from '../files/file-kinds.js';
import type { Model } from '../model.js';
import { hasVmFlag } from './vma.js';

/** vma_is_dax(): the file's pages are the device's own memory (SPEC 1.6). */
export const vmaIsDax = (model: Model, vma: number): boolean => fileOf(model, vma)?.dax === true;

/** vma_is_fsdax(): DAX of a file system, and of no device itself (SPEC 1.6). */
export const vmaIsFsdax = (model: Model, vma: number): boolean =>
  model.config.FS_DAX && vmaIsDax(model, vma) && fileOf(model, vma)?.character !== true;

/** vma_is_special_huge(): its huge entries map no pages that are counted (SPEC 1.6, SPEC-7.2 1.9). */
export function vmaIsSpecialHuge(model: Model, vma: number): boolean {
  const raw = hasVmFlag(model, vma, 'VM_PFNMAP') || hasVmFlag(model, vma, 'VM_MIXEDMAP');
  if (model.has('special-huge-without-file')) return raw && !vmaIsDax(model, vma);
  return vmaIsDax(model, vma) || (raw && fileOf(model, vma) !== undefined);
}
