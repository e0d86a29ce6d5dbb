import { VM_SHARED } from '@pagewright/core';
import type { Prot } from '../machine/entries.js';
import type { Machine } from '../machine/machine.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { vmaWantsWritenotify } from './write-tracking.js';

/** VM_READ, VM_WRITE, VM_EXEC, VM_SHARED: the bits that choose among the protections. */
const PROTECTION_BITS = 0xfn;

/** vm_get_page_prot(). */
export function vmGetPageProt({ form, prots }: Machine, flags: bigint): Prot {
  return prots.id(form.definition.protectionMap[Number(flags & PROTECTION_BITS)] as bigint);
}

/**
 * vma_set_page_prot(): a VMA of whose writes somebody wants to know gets the protection of a
 * private one, which lacks the write bit (mm/mmap.c; SPEC 1.6).
 */
export function setPageProt(model: Model, vma: number): void {
  const { state, machine } = model;
  const flags = machine.flagSets.value(state.get(Vma.flags, vma));
  const notify = vmaWantsWritenotify(model, vma, false);
  state.set(Vma.pageProt, vma, vmGetPageProt(machine, notify ? flags & ~VM_SHARED : flags));
}
