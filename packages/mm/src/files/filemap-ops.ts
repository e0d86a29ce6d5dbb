import { VM_FAULT } from '../errno.js';
import { setFlag } from '../frames/folio.js';
import { OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame, Mapping, Vma } from '../state/columns.js';
import type { VmFault, VmOps } from '../vm-ops.js';
import { pageIndex } from '../vma/vma.js';
import { cachedPage, getCachedPage } from './page-cache.js';

/**
 * filemap_fault(), shmem_fault(): the page of the cache, read in if need be. LOCKED, MAJOR for one
 * that was read; SIGBUS behind the end of the file; OOM (mm/filemap.c; SPEC 6.7).
 */
function filemapFault(model: Model, vmf: VmFault): number {
  const { state } = model;
  const mapping = state.ref(Vma.mapping, vmf.vma);
  const index = pageIndex(model, vmf.vma, vmf.vpn);
  if (index >= state.get(Mapping.size, mapping)) return VM_FAULT.SIGBUS;
  const major = cachedPage(model, mapping, index) < 0 ? VM_FAULT.MAJOR : 0;
  vmf.page = getCachedPage(model, mapping, index);
  return vmf.page < 0 ? VM_FAULT.OOM : VM_FAULT.LOCKED | major;
}

/** filemap_page_mkwrite(): the page becomes dirty; NOPAGE when it left the file meanwhile. */
function filemapPageMkwrite(model: Model, vmf: VmFault, folio: number): number {
  const { state } = model;
  const isOfFile =
    state.get(Frame.owner, folio) === OWNER.file &&
    state.ref(Frame.ownerId, folio) === state.ref(Vma.mapping, vmf.vma);
  if (!isOfFile) return VM_FAULT.NOPAGE;
  setFlag(model, folio, PAGE_FLAG.dirty, true);
  return VM_FAULT.LOCKED;
}

/** generic_file_vm_ops: a file whose writes its file system wants to know of. */
export const FILE_OPS: VmOps = {
  name: 'file',
  fault: filemapFault,
  pageMkwrite: filemapPageMkwrite,
};

/** shmem_vm_ops, and shmem_anon_vm_ops of shared anonymous memory: nobody asks about writes. */
export const SHMEM_OPS: VmOps = { name: 'shmem', fault: filemapFault };

/** secretmem_vm_ops. */
export const SECRETMEM_OPS: VmOps = { name: 'secretmem', fault: filemapFault };
