import type { Model } from '../model.js';
import { Frame } from '../state/columns.js';

/**
 * alloc_folio(): takes free frames in line, naturally aligned, of memory without a purpose of its
 * own; RC 1. -1 when there are none. `from` prefers a frame, which is how scenarios place a page.
 */
export function allocFolio(model: Model, order = 0, from?: number): number {
  const { memory } = model.machine;
  const pages = 2 ** order;
  if (from !== undefined) return isFree(model, from, pages) ? take(model, from, order) : -1;
  for (const range of memory.ranges) {
    if (range.purpose !== 'general') continue;
    const start = Math.ceil(range.firstPfn / pages) * pages;
    for (let pfn = start; pfn + pages <= range.firstPfn + range.frames; pfn += pages) {
      const frame = memory.frame(pfn);
      if (isFree(model, frame, pages)) return take(model, frame, order);
    }
  }
  return -1;
}

function isFree({ state }: Model, frame: number, pages: number): boolean {
  for (let i = 0; i < pages; i++) {
    if (state.get(Frame.refcount, frame + i) !== 0) return false;
    if (state.ref(Frame.head, frame + i) >= 0 || state.get(Frame.type, frame + i) !== 0)
      return false;
  }
  return true;
}

function take(model: Model, frame: number, order: number): number {
  prepareFolio(model, frame, order);
  model.state.set(Frame.refcount, frame, 1);
  return frame;
}

/** prep_compound_page(): the frames from here on are one folio. */
export function prepareFolio({ state }: Model, frame: number, order: number): void {
  state.set(Frame.order, frame, order);
  for (let i = 1; i < 2 ** order; i++) state.setRef(Frame.head, frame + i, frame);
}
