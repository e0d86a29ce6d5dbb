import { mmapMem } from '../devices/dev-mem.js';
import { applyToPageRange } from '../insert/apply-to-page-range.js';
import { disableCowSharing } from '../insert/disable-cow-sharing.js';
import { remapPfnRange } from '../insert/remap-pfn-range.js';
import { vmInsertPage } from '../insert/vm-insert-page.js';
import { vmInsertPages } from '../insert/vm-insert-pages.js';
import { vmIomapMemory } from '../insert/vm-iomap-memory.js';
import { vmMapPages, vmMapPagesZero } from '../insert/vm-map-pages.js';
import { vmfInsertMixed, vmfInsertMixedMkwrite } from '../insert/vmf-insert-mixed.js';
import { vmfInsertPageMkwrite } from '../insert/vmf-insert-page-mkwrite.js';
import { vmfInsertPfn, vmfInsertPfnProt } from '../insert/vmf-insert-pfn.js';
import { NONE } from '../machine/entries.js';
import { entryIn } from '../tables/tables.js';
import { vmGetPageProt } from '../vma/page-prot.js';
import { pageProtOf } from '../vma/vma.js';
import { underLock } from './lock.js';
import { AT, COUNT, operation, PAGE, PAGES, PFN, PROCESS, SWITCH, VMA } from './operation.js';

/** Drivers map at mmap() unless told otherwise. */
const AT_MMAP = { kind: 'lock', default: 'write' } as const;
const PFN_FLAGS = { kind: 'pfnFlags', default: 0 } as const;

/** Insertion (SPEC 3). */
export const insertOperations = [
  operation(
    'vm_insert_page',
    'a driver maps one of its pages',
    'error',
    { at: AT, page: PAGE, lock: AT_MMAP },
    (model, { at, page, lock }) =>
      underLock(model, at.mm, lock, () => vmInsertPage(model, at.vma, at.vpn, page)),
  ),
  operation(
    'vm_insert_pages',
    'a driver maps pages one behind the other; `left` says how many are not mapped',
    'error',
    { at: AT, pages: PAGES, lock: AT_MMAP },
    (model, { at, pages, lock }) => {
      const batch = { frames: pages, left: 0 };
      const insert = () => vmInsertPages(model, at.vma, at.vpn, batch);
      const value = underLock(model, at.mm, lock, insert);
      return { value, more: { left: batch.left } };
    },
  ),
  operation(
    'vm_map_pages',
    'a driver fills a VMA with pages, from its vm_pgoff on',
    'error',
    { vma: VMA, pages: PAGES },
    (model, { vma, pages }) =>
      underLock(model, vma.mm, 'write', () => vmMapPages(model, vma.vma, pages)),
  ),
  operation(
    'vm_map_pages_zero',
    'a driver fills a VMA with pages, from the first one on',
    'error',
    { vma: VMA, pages: PAGES },
    (model, { vma, pages }) =>
      underLock(model, vma.mm, 'write', () => vmMapPagesZero(model, vma.vma, pages)),
  ),
  operation(
    'vmf_insert_page_mkwrite',
    'a fault handler maps a counted page, writable at once for a write',
    'fault',
    { at: AT, page: PAGE, write: SWITCH },
    (model, { at, page, write }) => vmfInsertPageMkwrite(model, at.vma, at.vpn, page, write),
  ),
  operation(
    'vmf_insert_pfn',
    'a fault handler maps a raw frame',
    'fault',
    { at: AT, pfn: PFN },
    (model, { at, pfn }) => vmfInsertPfn(model, at.vma, at.vpn, pfn),
  ),
  operation(
    'vmf_insert_pfn_prot',
    'a fault handler maps a raw frame with a protection of its own',
    'fault',
    { at: AT, pfn: PFN, prot: { kind: 'protection' } },
    (model, { at, pfn, prot }) =>
      vmfInsertPfnProt(model, at.vma, at.vpn, pfn, vmGetPageProt(model.machine, prot)),
  ),
  operation(
    'vmf_insert_mixed',
    'a fault handler maps a frame that may have a struct page',
    'fault',
    { at: AT, pfn: PFN, flags: PFN_FLAGS },
    (model, { at, pfn, flags }) => vmfInsertMixed(model, at.vma, at.vpn, pfn, flags),
  ),
  operation(
    'vmf_insert_mixed_mkwrite',
    'the same, writable at once where the VMA is',
    'fault',
    { at: AT, pfn: PFN, flags: PFN_FLAGS },
    (model, { at, pfn, flags }) => vmfInsertMixedMkwrite(model, at.vma, at.vpn, pfn, flags),
  ),
  operation(
    'remap_pfn_range',
    'a driver maps consecutive raw frames',
    'error',
    { at: AT, pfn: PFN, pages: COUNT },
    (model, { at, pfn, pages }) =>
      remapPfnRange(model, at.vma, at.vpn, pfn, pages, pageProtOf(model, at.vma)),
  ),
  operation(
    'mmap_mem',
    '/dev/mem shows physical memory, from vm_pgoff on, as its mmap() does',
    'error',
    { vma: VMA },
    (model, { vma }) => mmapMem(model, vma.vma),
  ),
  operation(
    'vm_iomap_memory',
    'a driver maps the registers of a device, as much as vm_pgoff says',
    'error',
    { vma: VMA, pfn: PFN, pages: COUNT },
    (model, { vma, pfn, pages }) => {
      const shift = BigInt(model.machine.form.definition.pageShift);
      return vmIomapMemory(model, vma.vma, BigInt(pfn) << shift, BigInt(pages) << shift);
    },
  ),
  operation(
    'apply_to_page_range',
    'makes tables and visits every slot; `empty` says how many held nothing',
    'error',
    { at: AT, pages: COUNT },
    (model, { at, pages }) => {
      let empty = 0;
      const value = applyToPageRange(model, at.mm, at.vpn, pages, (slot) => {
        if (entryIn(model, slot) === NONE) empty++;
        return 0;
      });
      return { value, more: { empty } };
    },
  ),
  operation(
    's390_disable_cow_sharing',
    'no zeropage may be mapped from now on; those that are mapped are replaced',
    'error',
    { process: PROCESS },
    (model, { process }) => disableCowSharing(model, process),
  ),
];
