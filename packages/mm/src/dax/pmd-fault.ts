import { VM_FAULT } from '../errno.js';
import { FAULT_FLAG } from '../fault/flags.js';
import { splitHugePmd } from '../huge/split.js';
import { hugeLeafAt } from '../insert/locked-pte.js';
import type { Model } from '../model.js';
import { Mapping, Vma } from '../state/columns.js';
import { isTable, pagesOfLevel, slotAt } from '../tables/tables.js';
import type { VmFault } from '../vm-ops.js';
import { hasVmFlag, mmOf, pageIndex } from '../vma/vma.js';
import { extentAt, HOLE } from './blocks.js';
import { DAX } from './entry.js';
import { grabMappingEntry } from './grab-entry.js';
import { daxInsertEntry } from './insert-entry.js';
import { loadPmdHoleAt } from './load-pmd-hole.js';
import { mapDaxPmd } from './map-pmd.js';
import { isSynchronous } from './pte-fault.js';

/**
 * dax_iomap_pmd_fault(): a PMD's worth of a DAX file is mapped at once. VM_FAULT bits as of a fault on
 * a page; FALLBACK where that must serve, with what a PMD maps there unmapped; 0 when a table lies
 * there by now (fs/dax.c; SPEC 11.6).
 */
export function daxPmdFault(model: Model, vmf: VmFault): number {
  const { vma, vpn } = vmf;
  const index = pageIndex(model, vma, vpn);
  const size = model.state.get(Mapping.size, model.state.ref(Vma.mapping, vma));
  if (index >= size) return VM_FAULT.SIGBUS;
  const answer = fits(model, vmf, index, size) ? mapPmd(model, vmf, index) : VM_FAULT.FALLBACK;
  if (answer !== VM_FAULT.FALLBACK) return answer;
  if (hugeLeafAt(model, mmOf(model, vma), vpn)) splitHugePmd(model, vma, vpn);
  return answer;
}

/** dax_fault_check_fallback() is content. */
function fits(model: Model, { vma, vpn, flags }: VmFault, index: number, size: number): boolean {
  const { state } = model;
  const pages = pagesOfLevel(model, 'pmd');
  if (pages === 0 || index % pages !== vpn % pages) return false;
  if ((flags & FAULT_FLAG.WRITE) !== 0 && !hasVmFlag(model, vma, 'VM_SHARED')) return false;
  const first = vpn - (vpn % pages);
  if (first < state.get(Vma.start, vma) || first + pages > state.get(Vma.end, vma)) return false;
  return index - (index % pages) + pages <= size;
}

function mapPmd(model: Model, vmf: VmFault, index: number): number {
  const { vma, vpn } = vmf;
  const mapping = model.state.ref(Vma.mapping, vma);
  const slot = grabMappingEntry(model, mapping, index, true);
  if (slot < 0) return -slot;
  const above = slotAt(model, mmOf(model, vma), vpn, 'pmd');
  if (above >= 0 && isTable(model, above)) return 0;
  const pages = pagesOfLevel(model, 'pmd');
  const write = (vmf.flags & FAULT_FLAG.WRITE) !== 0;
  const extent = extentAt(model, mapping, index - (index % pages), pages, write);
  if (extent.frame < 0) {
    const isHole = extent.frame === HOLE && !write;
    return isHole ? loadPmdHoleAt(model, vma, vpn, mapping, slot) : VM_FAULT.FALLBACK;
  }
  const { frame, shared, fresh } = extent;
  const synchronous = isSynchronous(model, vma, write, fresh);
  daxInsertEntry(model, mapping, slot, { frame, bits: DAX.pmd, write, shared, synchronous });
  if (synchronous) return VM_FAULT.NEEDDSYNC;
  return mapDaxPmd(model, vma, vpn, frame, write);
}
