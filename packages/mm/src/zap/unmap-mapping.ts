import { folioPages } from '../frames/folio.js';
import type { Model } from '../model.js';
import { Frame, Vma } from '../state/columns.js';
import { ZAP_ALL, ZAP_FOLIO, ZAP_KEEP_COWS, type ZapDetails } from './details.js';
import { zapVmaRange } from './zap-range.js';

/**
 * unmap_mapping_pages(): pages of a file are unmapped from every VMA that maps them; their private
 * copies with `evenCows` only, as truncation wants it (mm/memory.c; SPEC 4.6).
 */
export function unmapMappingPages(
  model: Model,
  mapping: number,
  index: number,
  pages: number,
  evenCows: boolean,
): void {
  unmapRange(model, mapping, index, index + pages, evenCows ? ZAP_ALL : ZAP_KEEP_COWS);
}

/** unmap_mapping_folio(): a folio of the page cache is mapped nowhere any more, and nor are markers. */
export function unmapMappingFolio(model: Model, folio: number): void {
  const { state } = model;
  const mapping = state.ref(Frame.ownerId, folio);
  if (mapping < 0) return;
  const index = state.get(Frame.index, folio);
  unmapRange(model, mapping, index, index + folioPages(model, folio), ZAP_FOLIO);
}

function unmapRange(
  model: Model,
  mapping: number,
  first: number,
  end: number,
  details: ZapDetails,
): void {
  const { state } = model;
  const { vma: vmas } = state.layout.capacities;
  for (let vma = 0; vma < vmas; vma++) {
    if (state.get(Vma.used, vma) === 0 || state.ref(Vma.mapping, vma) !== mapping) continue;
    const start = state.get(Vma.start, vma);
    const pgoff = state.get(Vma.pgoff, vma);
    // The VMA's own ends clip the range.
    zapVmaRange(model, vma, start + Math.max(0, first - pgoff), start + (end - pgoff), details);
  }
}
