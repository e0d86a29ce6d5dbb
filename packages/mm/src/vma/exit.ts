import { mmPutHugeZeroFolio } from '../huge/huge-zero.js';
import type { Model } from '../model.js';
import { unlinkAnonVmas } from '../rmap/anon-vma.js';
import { Mm, Vma } from '../state/columns.js';
import { freeRoot, freeTables } from '../tables/free-tables.js';
import { ZAP_UNMAP } from '../zap/details.js';
import { zapVmaRange } from '../zap/zap-range.js';
import { dropVma } from './address-space.js';
import { opsOf, vmasOf } from './vma.js';

/** Counters by the names under which check_mm() reports them. */
export const RSS_COUNTERS = [
  { name: 'MM_FILEPAGES', field: Mm.filePages },
  { name: 'MM_ANONPAGES', field: Mm.anonPages },
  { name: 'MM_SWAPENTS', field: Mm.swapEntries },
  { name: 'MM_SHMEMPAGES', field: Mm.shmemPages },
] as const;

/**
 * exit_mmap() and __mmdrop(): an address space goes with all it maps. What is left of a counter is
 * reported, once a counter as `bad-rss-counter`; tables that are still counted as
 * `non-zero-pgtables` (check_mm(); SPEC 16.3).
 */
export function exitMm(model: Model, mm: number): void {
  const { state } = model;
  const vmas = [...vmasOf(model, mm)];
  for (const vma of vmas) {
    zapVmaRange(model, vma, state.get(Vma.start, vma), state.get(Vma.end, vma), ZAP_UNMAP);
  }
  const [first] = vmas;
  const last = vmas.at(-1);
  if (first !== undefined && last !== undefined) {
    const [start, end] = [state.get(Vma.start, first), state.get(Vma.end, last)];
    freeTables(model, mm, start, end, 0, Number.POSITIVE_INFINITY);
  }
  freeRoot(model, mm);
  for (const vma of vmas) {
    opsOf(model, vma)?.close?.(model, vma);
    unlinkAnonVmas(model, vma);
    dropVma(model, vma);
  }
  mmPutHugeZeroFolio(model, mm);
  for (const { field } of RSS_COUNTERS) {
    if (state.get(field, mm) !== 0) model.note('bad-rss-counter');
  }
  const tables = [Mm.nrPtes, Mm.nrPmds, Mm.nrPuds];
  if (tables.some((field) => state.get(field, mm) !== 0)) model.note('non-zero-pgtables');
  state.clear('mm', mm);
}
