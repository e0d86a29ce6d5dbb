import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { vmInsertPage } from './vm-insert-page.js';
import { vmInsertPages } from './vm-insert-pages.js';

/**
 * vm_map_pages(): fills the whole VMA with pages of a driver, beginning at its vm_pgoff. -ENXIO when
 * there are too few, otherwise what inserting them answers; what is mapped stays (mm/memory.c;
 * SPEC 3.6).
 */
export const vmMapPages = (model: Model, vma: number, frames: readonly number[]): number =>
  mapPages(model, vma, frames, model.state.get(Vma.pgoff, vma));

/** vm_map_pages_zero(): the same from the first page on, whatever vm_pgoff says. */
export const vmMapPagesZero = (model: Model, vma: number, frames: readonly number[]): number =>
  mapPages(model, vma, frames, 0);

function mapPages(model: Model, vma: number, frames: readonly number[], offset: number): number {
  const { state } = model;
  const start = state.get(Vma.start, vma);
  const count = state.get(Vma.end, vma) - start;
  if (offset >= frames.length || count > frames.length - offset) return ERRNO.ENXIO;
  if (model.has('insert-pages-warns')) {
    const mapped = frames.slice(offset, offset + count);
    return vmInsertPages(model, vma, start, { frames: mapped, left: count });
  }
  for (let i = 0; i < count; i++) {
    const error = vmInsertPage(model, vma, start + i, frames[offset + i] as number);
    if (error !== 0) return error;
  }
  return 0;
}
