import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { ZAP_ALL, ZAP_KEEP_COWS } from './details.js';
import { zapVmaRange } from './zap-range.js';

/**
 * unmap_mapping_pages(): a range of a file is unmapped wherever it is mapped; private copies go too
 * when asked for, as truncation does (mm/memory.c; SPEC 4.6).
 */
export function unmapMappingPages(
  model: Model,
  mapping: number,
  index: number,
  pages: number,
  evenCows: boolean,
): void {
  const { state } = model;
  const details = evenCows ? ZAP_ALL : ZAP_KEEP_COWS;
  for (let vma = 0; vma < state.layout.capacities.vma; vma++) {
    if (state.get(Vma.used, vma) === 0 || state.ref(Vma.mapping, vma) !== mapping) continue;
    const start = state.get(Vma.start, vma);
    const first = start + Math.max(0, index - state.get(Vma.pgoff, vma));
    const end = start + index + pages - state.get(Vma.pgoff, vma);
    if (end > first) zapVmaRange(model, vma, first, end, details);
  }
}
