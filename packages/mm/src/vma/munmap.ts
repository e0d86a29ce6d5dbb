import type { Model } from '../model.js';
import { unlinkAnonVmas } from '../rmap/anon-vma.js';
import { Vma } from '../state/columns.js';
import { freeEmptyTables } from '../tables/free-tables.js';
import { ZAP_UNMAP } from '../zap/details.js';
import { zapVmaRange } from '../zap/zap-range.js';
import { dropVma } from './address-space.js';
import { vmasOfRange } from './split.js';
import { opsOf } from './vma.js';

/** munmap(): nothing is mapped in the range any more; VMAs that it cuts are split (SPEC 4.6). */
export function munmap(model: Model, mm: number, start: number, pages: number): number {
  const { state } = model;
  const vmas = vmasOfRange(model, mm, start, start + pages);
  for (const vma of vmas) {
    zapVmaRange(model, vma, state.get(Vma.start, vma), state.get(Vma.end, vma), ZAP_UNMAP);
  }
  for (const vma of vmas) {
    opsOf(model, vma)?.close?.(model, vma);
    unlinkAnonVmas(model, vma);
    dropVma(model, vma);
  }
  freeEmptyTables(model, mm);
  return 0;
}
