import { VM_SHARED } from '@pagewright/core';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { vmGetPageProt } from './page-prot-of-flags.js';
import { vmaWantsWritenotify } from './write-tracking.js';

export { vmGetPageProt };

/**
 * vma_set_page_prot(): a VMA of whose writes somebody wants to know gets the protection of a
 * private one, which lacks the write bit (mm/mmap.c; SPEC 1.6).
 */
export function setPageProt(model: Model, vma: number): void {
  const { state, machine } = model;
  const flags = machine.flagSets.value(state.get(Vma.flags, vma));
  const prot = vmGetPageProt(machine, flags);
  const notify = vmaWantsWritenotify(model, vma, prot);
  state.set(Vma.pageProt, vma, notify ? vmGetPageProt(machine, flags & ~VM_SHARED) : prot);
}
