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
  const { general } = memory;
  for (let i = 0; i < general.length; i++) {
    const { range, first } = general[i] as (typeof general)[number];
    const end = first + range.frames;
    // Frames of a range are numbered like its pfns: alignment is asked of the latter.
    const skew = (first - range.firstPfn) % pages;
    let frame = first;
    for (;;) {
      frame = model.state.nextZero(Frame.refcount, frame, end);
      if (frame < 0) break;
      const over = (frame - skew) % pages;
      if (over !== 0) frame += pages - over;
      if (frame + pages > end) break;
      if (isFree(model, frame, pages)) return take(model, frame, order);
      frame += pages;
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
  if (order > 0) prepareFolio(model, frame, order);
  model.state.set(Frame.refcount, frame, 1);
  return frame;
}

/** prep_compound_page(): the frames from here on are one folio. */
export function prepareFolio({ state }: Model, frame: number, order: number): void {
  state.set(Frame.order, frame, order);
  for (let i = 1; i < 2 ** order; i++) state.setRef(Frame.head, frame + i, frame);
}
