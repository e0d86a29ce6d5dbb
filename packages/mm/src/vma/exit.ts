import type { Model } from '../model.js';
import { unlinkAnonVmas } from '../rmap/anon-vma.js';
import { Mm, Vma } from '../state/columns.js';
import { freeEmptyTables } from '../tables/free-tables.js';
import { ZAP_UNMAP } from '../zap/details.js';
import { zapVmaRange } from '../zap/zap-range.js';
import { dropVma } from './address-space.js';
import { opsOf, vmasOf } from './vma.js';

/**
 * exit_mmap() and __mmdrop(): an address space goes with all it maps. What is left of a counter is
 * reported as `bad-rss-counter` (check_mm(); SPEC 16).
 */
export function exitMm(model: Model, mm: number): void {
  const { state } = model;
  const vmas = [...vmasOf(model, mm)];
  for (const vma of vmas) {
    zapVmaRange(model, vma, state.get(Vma.start, vma), state.get(Vma.end, vma), ZAP_UNMAP);
  }
  for (const vma of vmas) {
    opsOf(model, vma)?.close?.(model, vma);
    unlinkAnonVmas(model, vma);
    dropVma(model, vma);
  }
  freeEmptyTables(model, mm, true);
  for (const counter of [Mm.filePages, Mm.anonPages, Mm.swapEntries, Mm.shmemPages]) {
    if (state.get(counter, mm) !== 0) model.note('bad-rss-counter');
  }
  if (state.get(Mm.nrPtes, mm) !== 0) model.note('non-zero-pgtables');
  state.clear('mm', mm);
}
