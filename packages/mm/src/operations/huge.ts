import { ERRNO } from '../errno.js';
import { folioOf } from '../frames/folio.js';
import { mmGetHugeZeroFolio, setHugeZeroFolio, shrinkHugeZeroFolio } from '../huge/huge-zero.js';
import { vmfInsertFolioPmd, vmfInsertFolioPud } from '../huge/insert-folio-huge.js';
import { vmfInsertPfnPmd, vmfInsertPfnPud } from '../huge/insert-huge.js';
import { splitHugePmd } from '../huge/split.js';
import { addFileRmap } from '../rmap/file-rmap.js';
import { removeRmap } from '../rmap/remove.js';
import { pagesOfLevel, slotMade } from '../tables/tables.js';
import { AT, operation, PAGE, PFN, PROCESS, SWITCH } from './operation.js';

const BY_PFN = {
  at: AT,
  pfn: PFN,
  write: SWITCH,
  flags: { kind: 'pfnFlags', default: 0 },
} as const;
const BY_FOLIO = { at: AT, page: PAGE, write: SWITCH } as const;

/** Huge entries (SPEC 3.13 to 3.15, 10). */
export const hugeOperations = [
  operation(
    'vmf_insert_pfn_pmd',
    'a PMD maps raw frames',
    'fault',
    BY_PFN,
    (model, { at, pfn, write, flags }) => vmfInsertPfnPmd(model, at.vma, at.vpn, pfn, write, flags),
  ),
  operation(
    'vmf_insert_pfn_pud',
    'a PUD maps raw frames',
    'fault',
    BY_PFN,
    (model, { at, pfn, write, flags }) => vmfInsertPfnPud(model, at.vma, at.vpn, pfn, write, flags),
  ),
  operation(
    'vmf_insert_folio_pmd',
    'a PMD maps a folio',
    'fault',
    BY_FOLIO,
    (model, { at, page, write }) =>
      vmfInsertFolioPmd(model, at.vma, at.vpn, folioOf(model, page), write),
  ),
  operation(
    'vmf_insert_folio_pud',
    'a PUD maps a folio',
    'fault',
    BY_FOLIO,
    (model, { at, page, write }) =>
      vmfInsertFolioPud(model, at.vma, at.vpn, folioOf(model, page), write),
  ),
  operation(
    'folio_add_file_rmap_pud',
    'a folio counts a PUD that maps it; nothing else is done',
    'done',
    { at: AT, page: PAGE },
    (model, { at, page }) => {
      addFileRmap(model, folioOf(model, page), pagesOfLevel(model, 'pud'), at.vma, 'pud');
      return 0;
    },
  ),
  operation(
    'folio_remove_rmap_pud',
    'a folio counts a PUD less',
    'done',
    { at: AT, page: PAGE },
    (model, { at, page }) => {
      removeRmap(model, folioOf(model, page), pagesOfLevel(model, 'pud'), at.vma, 'pud');
      return 0;
    },
  ),
  operation(
    'mm_get_huge_zero_folio',
    'the huge zero folio for a process, allocated for the first',
    'page',
    { process: PROCESS },
    (model, { process }) => mmGetHugeZeroFolio(model, process),
  ),
  operation(
    'set_huge_zero_folio',
    'a PMD maps the huge zero folio, as reading anonymous memory does',
    'error',
    { at: AT },
    (model, { at }) => {
      const folio = mmGetHugeZeroFolio(model, at.mm);
      const slot = slotMade(model, at.mm, at.vpn, 'pmd');
      if (folio < 0 || slot < 0) return ERRNO.ENOMEM;
      setHugeZeroFolio(model, at.vma, slot, folio);
      return 0;
    },
  ),
  operation(
    'shrink_huge_zero_folio',
    'the shrinker frees the huge zero folio that nobody needs',
    'truth',
    {},
    (model) => (shrinkHugeZeroFolio(model) ? 1 : 0),
  ),
  operation(
    'split_huge_pmd',
    'a huge PMD becomes PTEs, or goes',
    'done',
    { at: AT },
    (model, { at }) => {
      splitHugePmd(model, at.vma, at.vpn);
      return 0;
    },
  ),
];
