import { ERRNO, VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { fileOf } from '../files/file-kinds.js';
import { folioOf } from '../frames/folio.js';
import { OWNER } from '../frames/page-flags.js';
import { vmfInsertFolioPmd, vmfInsertFolioPud } from '../huge/insert-folio-huge.js';
import { vmfInsertPfnPmd, vmfInsertPfnPud } from '../huge/insert-huge.js';
import { insertMixed } from '../insert/vmf-insert-mixed.js';
import { vmfInsertPageMkwrite } from '../insert/vmf-insert-page-mkwrite.js';
import type { Model } from '../model.js';
import { Frame, Mapping, Pgmap, Vma } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';
import type { VmFault, VmOps } from '../vm-ops.js';
import { addVmFlags, hasVmFlag, pageIndex } from '../vma/vma.js';
import { daxPfnFlags } from './map-page.js';

/**
 * dax_mmap(): 0 with VM_HUGEPAGE set, or -EINVAL for a private VMA, one that is not aligned as the
 * device is, and a file that is no DAX device (drivers/dax/device.c; SPEC 11.8).
 */
export function devdaxMmap(model: Model, vma: number): number {
  if (!isSound(model, vma)) return ERRNO.EINVAL;
  addVmFlags(model, vma, 'VM_HUGEPAGE');
  return 0;
}

/** check_vma(). */
function isSound(model: Model, vma: number): boolean {
  const { state } = model;
  if (!hasVmFlag(model, vma, 'VM_MAYSHARE') || fileOf(model, vma)?.dax !== true) return false;
  const pages = alignment(model, vma);
  return state.get(Vma.start, vma) % pages === 0 && state.get(Vma.end, vma) % pages === 0;
}

/** Pages that the device wants every fault to map. */
const alignment = ({ state }: Model, vma: number): number =>
  2 ** state.get(Mapping.alignOrder, state.ref(Vma.mapping, vma));

/**
 * dev_dax_huge_fault(): a fault must map exactly what the device is aligned to. VM_FAULT bits: SIGBUS
 * for a smaller one, outside of the device, and in a VMA that mmap would refuse; FALLBACK for a
 * larger one (drivers/dax/device.c; SPEC 11.8).
 */
function devdaxFault(model: Model, vmf: VmFault, level: 'pte' | 'pmd' | 'pud'): number {
  const { vma } = vmf;
  if (!isSound(model, vma)) return VM_FAULT.SIGBUS;
  const pages = level === 'pte' ? 1 : pagesOfLevel(model, level);
  const wanted = alignment(model, vma);
  if (pages < wanted) return VM_FAULT.SIGBUS;
  if (pages > wanted) return VM_FAULT.FALLBACK;
  const vpn = vmf.vpn - (vmf.vpn % pages);
  if (!holdsRange(model, vma, vpn, pages)) return VM_FAULT.SIGBUS;
  const frame = frameAt(model, vma, vpn, pages);
  if (frame < 0) return VM_FAULT.SIGBUS;
  setMapping(model, vma, vpn, frame, pages);
  const write = (vmf.flags & FAULT_FLAG.WRITE) !== 0;
  if (level === 'pte') return mapPage(model, vma, vpn, frame, write);
  if (model.has('devdax-refcounted')) {
    const insert = level === 'pmd' ? vmfInsertFolioPmd : vmfInsertFolioPud;
    return insert(model, vma, vpn, folioOf(model, frame), write);
  }
  const insert = level === 'pmd' ? vmfInsertPfnPmd : vmfInsertPfnPud;
  return insert(model, vma, vpn, model.machine.memory.pfn(frame), write, daxPfnFlags(model));
}

/** Until 6.14 a write did not matter: vm_page_prot makes shared entries writable. */
function mapPage(model: Model, vma: number, vpn: number, frame: number, write: boolean): number {
  if (model.has('devdax-refcounted')) return vmfInsertPageMkwrite(model, vma, vpn, frame, write);
  return insertMixed(model, vma, vpn, model.machine.memory.pfn(frame), false, daxPfnFlags(model));
}

const holdsRange = ({ state }: Model, vma: number, vpn: number, pages: number): boolean =>
  vpn >= state.get(Vma.start, vma) && vpn + pages <= state.get(Vma.end, vma);

/** dax_pgoff_to_phys(): the device's frame for an address; -1 behind its end. */
function frameAt(model: Model, vma: number, vpn: number, pages: number): number {
  const { state } = model;
  const pgmap = state.ref(Mapping.pgmap, state.ref(Vma.mapping, vma));
  const offset = pageIndex(model, vma, vpn);
  if (offset < 0 || offset + pages > state.get(Pgmap.frames, pgmap)) return -1;
  return state.get(Pgmap.firstFrame, pgmap) + offset;
}

/** dax_set_mapping(): folios that nobody mapped before learn whose they are. */
function setMapping(model: Model, vma: number, vpn: number, frame: number, pages: number): void {
  const { state } = model;
  const isLarge = state.get(Frame.order, folioOf(model, frame)) > 0;
  for (let i = 0; i < (isLarge ? 1 : pages); i++) {
    const folio = folioOf(model, frame + i);
    if (state.get(Frame.owner, folio) !== OWNER.none) continue;
    state.set(Frame.owner, folio, OWNER.file);
    state.set(Frame.ownerId, folio, state.get(Vma.mapping, vma));
    state.set(Frame.index, folio, pageIndex(model, vma, vpn) + i);
  }
}

/** dax_vm_ops: a DAX device. */
export const DEVDAX_OPS: VmOps = {
  name: 'devdax',
  mmap: devdaxMmap,
  fault: (model, vmf) => devdaxFault(model, vmf, 'pte'),
  hugeFault: devdaxFault,
};
