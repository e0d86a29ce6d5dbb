import { ERRNO } from '../errno.js';
import type { Model } from '../model.js';
import { unlinkAnonVmas } from '../rmap/anon-vma.js';
import { Vma } from '../state/columns.js';
import { freeTables } from '../tables/free-tables.js';
import { ZAP_UNMAP } from '../zap/details.js';
import { zapVmaRange } from '../zap/zap-range.js';
import { dropVma, previousVma } from './address-space.js';
import { cutsHugePage, vmasOfRange, vmasTouching } from './split.js';
import { hasVmFlag, opsOf } from './vma.js';

/**
 * munmap(): nothing is mapped in the range any more; VMAs that it cuts are split. 0, -EINVAL for an
 * empty range and for one that ends inside a huge page of hugetlb, -EPERM when a VMA of it is sealed (mm/vma.c; SPEC 4.6).
 */
export function munmap(model: Model, mm: number, start: number, pages: number): number {
  const { state } = model;
  const end = start + pages;
  if (pages <= 0) return ERRNO.EINVAL;
  const touched = vmasTouching(model, mm, start, end);
  if (touched.some((vma) => hasVmFlag(model, vma, 'VM_SEALED'))) return ERRNO.EPERM;
  const cuts = touched.some(
    (vma) => cutsHugePage(model, vma, start) || cutsHugePage(model, vma, end),
  );
  if (cuts) return ERRNO.EINVAL;
  const vmas = vmasOfRange(model, mm, start, end);
  const [first] = vmas;
  const last = vmas.at(-1);
  if (first === undefined || last === undefined) return 0;
  for (const vma of vmas) {
    zapVmaRange(model, vma, state.get(Vma.start, vma), state.get(Vma.end, vma), ZAP_UNMAP);
  }
  const before = previousVma(model, first);
  const behind = state.ref(Vma.next, last);
  const floor = before < 0 ? 0 : state.get(Vma.end, before);
  const ceiling = behind < 0 ? Number.POSITIVE_INFINITY : state.get(Vma.start, behind);
  const from = state.get(Vma.start, first);
  freeTables(model, mm, from, state.get(Vma.end, last), floor, ceiling);
  for (const vma of vmas) {
    opsOf(model, vma)?.close?.(model, vma);
    unlinkAnonVmas(model, vma);
    dropVma(model, vma);
  }
  return 0;
}
