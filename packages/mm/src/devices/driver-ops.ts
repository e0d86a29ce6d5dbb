import { VM_FAULT } from '../errno.js';
import { zeroFrameOf } from '../fault/anonymous.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { folioOf, getRefs } from '../frames/folio.js';
import { vmfInsertPfnPmd, vmfInsertPfnPud } from '../huge/insert-huge.js';
import { vmfInsertMixed, vmfInsertMixedMkwrite } from '../insert/vmf-insert-mixed.js';
import { vmfInsertPageMkwrite } from '../insert/vmf-insert-page-mkwrite.js';
import { vmfInsertPfn } from '../insert/vmf-insert-pfn.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';
import type { VmFault, VmOps } from '../vm-ops.js';
import { pageIndex } from '../vma/vma.js';
import { zapVmaRange } from '../zap/zap-range.js';

/**
 * pfn behind an address of a driver's VMA. Drivers here map on a fault, one for each function that
 * they may call; their memory begins at the pfn that `Vma.private` holds, and a VMA shows it from
 * its vm_pgoff on.
 */
function pfnAt(model: Model, vma: number, vpn: number): number {
  return model.state.get(Vma.private, vma) + pageIndex(model, vma, vpn);
}

/** The same where it must have a struct page; -1 otherwise. */
const frameAt = (model: Model, vma: number, vpn: number): number =>
  model.machine.memory.frame(pfnAt(model, vma, vpn));

const isWrite = (vmf: VmFault): boolean => (vmf.flags & FAULT_FLAG.WRITE) !== 0;

/** Hands its page to the core, which maps and counts it like a file's (vmf->page). */
export const PAGE_DRIVER: VmOps = {
  name: 'page-driver',
  fault: (model, vmf) => {
    const frame = frameAt(model, vmf.vma, vmf.vpn);
    if (frame < 0) return VM_FAULT.SIGBUS;
    getRefs(model, folioOf(model, frame));
    vmf.page = frame;
    return 0;
  },
};

/** Inserts its page itself: vmf_insert_page_mkwrite(). */
export const INSERT_PAGE_DRIVER: VmOps = {
  name: 'insert-page-driver',
  fault: (model, vmf) => {
    const frame = frameAt(model, vmf.vma, vmf.vpn);
    if (frame < 0) return VM_FAULT.SIGBUS;
    return vmfInsertPageMkwrite(model, vmf.vma, vmf.vpn, frame, isWrite(vmf));
  },
};

/** Registers: vmf_insert_pfn(), and huge entries where they fit. */
export const PFN_DRIVER: VmOps = {
  name: 'pfn-driver',
  fault: (model, { vma, vpn }) => vmfInsertPfn(model, vma, vpn, pfnAt(model, vma, vpn)),
  hugeFault: (model, vmf, level) => {
    const pages = pagesOfLevel(model, level);
    const first = vmf.vpn - (vmf.vpn % pages);
    const pfn = pfnAt(model, vmf.vma, first);
    const { state } = model;
    const inside =
      first >= state.get(Vma.start, vmf.vma) && first + pages <= state.get(Vma.end, vmf.vma);
    if (!inside || pfn % pages !== 0) return VM_FAULT.FALLBACK;
    const insert = level === 'pmd' ? vmfInsertPfnPmd : vmfInsertPfnPud;
    return insert(model, vmf.vma, vmf.vpn, pfn, isWrite(vmf));
  },
};

/** Frames with and without struct page: vmf_insert_mixed(), writable at once for a write. */
const mixedFault = (model: Model, vmf: VmFault): number => {
  const insert = isWrite(vmf) ? vmfInsertMixedMkwrite : vmfInsertMixed;
  return insert(model, vmf.vma, vmf.vpn, pfnAt(model, vmf.vma, vmf.vpn));
};
/** A driver that inserts frames with and without struct page. */
export const MIXED_DRIVER: VmOps = { name: 'mixed-driver', fault: mixedFault };

/** Shows the zeropage until somebody writes (SPEC 15.2, 15.3). */
const holeFault = (model: Model, vmf: VmFault): number => {
  if (isWrite(vmf)) return mixedFault(model, vmf);
  const zero = model.machine.memory.pfn(zeroFrameOf(model, vmf.vpn));
  return vmfInsertMixed(model, vmf.vma, vmf.vpn, zero);
};
/** A driver with holes that replaces the zeropage in pfn_mkwrite(), as it must. */
export const HOLE_DRIVER: VmOps = {
  name: 'hole-driver',
  fault: holeFault,
  pfnMkwrite: (model, vmf) => {
    zapVmaRange(model, vmf.vma, vmf.vpn, vmf.vpn + 1);
    return mixedFault(model, vmf);
  },
};
/** The same without that hook. */
export const CARELESS_HOLE_DRIVER: VmOps = { name: 'careless-hole-driver', fault: holeFault };

/** A page driver that wants to be told before its pages are written. */
export const TOLD_PAGE_DRIVER: VmOps = {
  ...PAGE_DRIVER,
  name: 'told-page-driver',
  pageMkwrite: () => VM_FAULT.LOCKED,
};
