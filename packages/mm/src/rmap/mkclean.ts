import { folioMapcount, isAnon } from '../frames/folio.js';
import type { Entry, EntrySpace } from '../machine/entries.js';
import type { Model } from '../model.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag } from '../vma/vma.js';
import { MAPPED, pageVmaMappedWalk, pfnVmaMappedWalk } from './mapped-walk.js';
import { rmapWalk, vmaAddress, walkFile } from './walk.js';

/** invalid_mkclean_vma(): what a private VMA shows is not written back. */
const isPrivate = (model: Model, vma: number): boolean => !hasVmFlag(model, vma, 'VM_SHARED');

/**
 * pfn_mkclean_range(): the next write to any of the frames through this VMA is noticed again. The
 * VMA must show the file's pages from `index` on; entries changed (mm/rmap.c; SPEC 9.12).
 */
export function pfnMkcleanRange(
  model: Model,
  pfn: number,
  pages: number,
  index: number,
  vma: number,
): number {
  if (isPrivate(model, vma)) return 0;
  const vpn = vmaAddress(model, vma, index, pages);
  if (vpn < 0) model.vmBug('mkclean-outside-vma');
  return cleanInVma(model, pfn, pages, vma, vpn);
}

/** folio_mkclean(): the same for all VMAs that share a page of a file; entries changed. */
export function folioMkclean(model: Model, folio: number): number {
  if (folioMapcount(model, folio) <= 0 || isAnon(model, folio)) return 0;
  let cleaned = 0;
  rmapWalk(model, folio, {
    one: (vma, vpn) => {
      pageVmaMappedWalk(model, folio, vma, vpn, (_, slot, entry, level) => {
        if (cleanEntry(model, slot, entry, level)) cleaned++;
        return MAPPED.next;
      });
      return true;
    },
    skips: (vma) => isPrivate(model, vma),
  });
  return cleaned;
}

/**
 * mapping_wrprotect_range(): folio_mkclean() for frames of a file that are no folios of it, from 6.15
 * on; entries changed (mm/rmap.c).
 */
export function mappingWrprotectRange(
  model: Model,
  mapping: number,
  index: number,
  pfn: number,
  pages: number,
): number {
  let cleaned = 0;
  walkFile(model, mapping, index, pages, {
    one: (vma, vpn) => {
      cleaned += cleanInVma(model, pfn, pages, vma, vpn);
      return true;
    },
    skips: (vma) => isPrivate(model, vma),
  });
  return cleaned;
}

/** page_vma_mkclean_one(). */
function cleanInVma(model: Model, pfn: number, pages: number, vma: number, vpn: number): number {
  let cleaned = 0;
  pfnVmaMappedWalk(model, pfn, pages, vma, vpn, (_, slot, entry, level) => {
    if (cleanEntry(model, slot, entry, level)) cleaned++;
    return MAPPED.next;
  });
  return cleaned;
}

/** Clean and without write access; false when it was so before. */
export function cleanEntry(
  model: Model,
  slot: SlotAt,
  entry: Entry,
  level: 'pte' | 'pmd',
): boolean {
  const space: EntrySpace = level === 'pte' ? model.pte : model.pmd;
  const { is, to } = space;
  if (!is.present(entry) || (!is.dirty(entry) && !is.write(entry))) return false;
  setEntry(model, slot, to.mkclean(to.wrprotect(entry)));
  return true;
}
