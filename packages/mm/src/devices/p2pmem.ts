import { ERRNO } from '../errno.js';
import { hasFlag, refcount, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { vmInsertPage } from '../insert/vm-insert-page.js';
import type { Model } from '../model.js';
import { Frame, Pgmap, Vma } from '../state/columns.js';
import { hasVmFlag } from '../vma/vma.js';

/**
 * p2pmem_alloc_mmap(): memory of a PCI device, fresh from its pool, for a whole shared VMA. -EINVAL
 * for a private VMA or one that begins inside of the memory, -ENOMEM without enough memory, -ENODEV
 * while the device goes, or what vm_insert_page() answers (drivers/pci/p2pdma.c; SPEC 23.3 item 10).
 */
export function p2pmemAllocMmap(model: Model, vma: number, pgmap: number): number {
  const { state } = model;
  if (!hasVmFlag(model, vma, 'VM_MAYSHARE') || state.get(Vma.pgoff, vma) !== 0) {
    return ERRNO.EINVAL;
  }
  const start = state.get(Vma.start, vma);
  const pages = state.get(Vma.end, vma) - start;
  const first = poolAlloc(model, pgmap, pages);
  if (first < 0) return ERRNO.ENOMEM;
  if (state.get(Pgmap.dying, pgmap) !== 0) {
    poolFree(model, first, pages);
    return ERRNO.ENODEV;
  }
  state.add(Pgmap.users, pgmap, 1);
  for (let i = 0; i < pages; i++) {
    const page = first + i;
    prepare(model, page);
    const failed = vmInsertPage(model, vma, start + i, page);
    if (failed !== 0) {
      poolFree(model, page, pages - i);
      if (model.has('p2pmem-failure-resets-count')) state.set(Frame.refcount, page, 0);
      if (model.has('p2pmem-failure-drops-user')) state.add(Pgmap.users, pgmap, -1);
      return failed;
    }
    state.add(Pgmap.users, pgmap, 1);
    putRefs(model, page);
  }
  state.add(Pgmap.users, pgmap, -1);
  return 0;
}

/** The first reference to a page, and the question whether it is: asked the wrong way round at first. */
function prepare(model: Model, page: number): void {
  if (!model.has('p2pdma-starts-at-zero')) return;
  const referenced = refcount(model, page) !== 0;
  if (referenced === model.has('p2pmem-warns-of-references')) model.vmWarn('p2pmem-page-count');
  model.state.set(Frame.refcount, page, 1);
}

/** Pages of a device's memory that lie free in its pool. */
export function poolPages(model: Model, pgmap: number): number {
  const first = model.state.get(Pgmap.firstFrame, pgmap);
  let free = 0;
  for (let i = 0; i < model.state.get(Pgmap.frames, pgmap); i++) {
    if (hasFlag(model, first + i, PAGE_FLAG.pooled)) free++;
  }
  return free;
}

/** gen_pool_alloc_owner(): the first frames in line that are free, -1 for none. */
function poolAlloc(model: Model, pgmap: number, pages: number): number {
  const first = model.state.get(Pgmap.firstFrame, pgmap);
  const end = first + model.state.get(Pgmap.frames, pgmap);
  let run = 0;
  for (let frame = first; frame < end; frame++) {
    run = hasFlag(model, frame, PAGE_FLAG.pooled) ? run + 1 : 0;
    if (run < pages) continue;
    const found = frame - pages + 1;
    for (let i = 0; i < pages; i++) setFlag(model, found + i, PAGE_FLAG.pooled, false);
    return found;
  }
  return -1;
}

/** gen_pool_free(). */
function poolFree(model: Model, first: number, pages: number): void {
  for (let i = 0; i < pages; i++) setFlag(model, first + i, PAGE_FLAG.pooled, true);
}
