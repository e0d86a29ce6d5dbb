import { VM_FAULT } from '../errno.js';
import { folioPages } from '../frames/folio.js';
import type { Model } from '../model.js';
import { pagesOfLevel } from '../tables/tables.js';
import { contains } from '../vma/vma.js';
import { type HugeLevel, insertLeaf, leafStart } from './insert-leaf.js';

/** vmf_insert_folio_pmd(): a driver maps a folio that fills a PMD, and it is counted (SPEC 3.14). */
export const vmfInsertFolioPmd = (
  model: Model,
  vma: number,
  vpn: number,
  folio: number,
  write: boolean,
): number => insertFolio(model, 'pmd', vma, vpn, folio, write, model.has('insert-pmd-owns-lock'));

/** vmf_insert_folio_pud() (SPEC 3.14). */
export const vmfInsertFolioPud = (
  model: Model,
  vma: number,
  vpn: number,
  folio: number,
  write: boolean,
): number => insertFolio(model, 'pud', vma, vpn, folio, write, model.has('insert-pud-owns-lock'));

/** The size is asked before the address once insert_pmd() asks the latter by itself. */
function insertFolio(
  model: Model,
  level: HugeLevel,
  vma: number,
  vpn: number,
  folio: number,
  write: boolean,
  sizeFirst: boolean,
): number {
  if (!sizeFirst && !contains(model, vma, leafStart(model, level, vpn))) return VM_FAULT.SIGBUS;
  if (folioPages(model, folio) !== pagesOfLevel(model, level)) {
    model.warn('wrong-order');
    return VM_FAULT.SIGBUS;
  }
  return insertLeaf(model, level, vma, vpn, model.machine.memory.pfn(folio), folio, write);
}
