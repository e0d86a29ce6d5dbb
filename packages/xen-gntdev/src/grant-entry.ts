import { type Bits, bits, type EntryForm, isAbsentHelper, type Pfn } from '@pagewright/core';
import { GNTMAP } from './grant-table.js';

/**
 * The entry that the hypervisor writes for a user mapping: the foreign machine frame, writable unless
 * asked otherwise, and the software bit that the guest asked for with `guest_avail0`, which is the
 * special mark (SPEC 13). The kernel itself never marks it. The other bits are those of the guest's
 * own protections; which of them a hypervisor really sets, no document here says.
 */
export function grantEntry(form: EntryForm, frame: Pfn, flags: number): Bits {
  const make = form.function('pfn_pte');
  if (isAbsentHelper(make)) throw new Error(`${form.name} has no pfn_pte()`);
  const { PAGE_SHARED, PAGE_READONLY } = form.definition.namedProtections;
  const prot = (flags & GNTMAP.readonly) === 0 ? PAGE_SHARED : PAGE_READONLY;
  const args = make.params.map((name) => (name === 'pfn' ? frame : (prot as bigint)));
  const plain = bits(make.bits(...args) as bigint);
  return (flags & GNTMAP.guest_avail0) === 0 ? plain : form.apply('pte', 'mkspecial', plain);
}

/** What the hypervisor leaves where a mapping was: an empty entry. */
export function clearedEntry(form: EntryForm, entry: Bits): Bits {
  const clear = form.pointer('pte_clear');
  if (isAbsentHelper(clear)) throw new Error(`${form.name} has no pte_clear()`);
  return bits(clear.memory.bits(entry) as bigint);
}
