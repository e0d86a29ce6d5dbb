import type { Prot } from '../machine/entries.js';
import type { Machine } from '../machine/machine.js';

/** VM_READ, VM_WRITE, VM_EXEC, VM_SHARED: the bits that choose among the protections. */
const PROTECTION_BITS = 0xfn;

/** vm_get_page_prot(): the protection that flags give by themselves. */
export const vmGetPageProt = ({ form, prots }: Machine, flags: bigint): Prot =>
  prots.id(form.definition.protectionMap[Number(flags & PROTECTION_BITS)] as bigint);
