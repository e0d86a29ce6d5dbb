import { VM_FAULT } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import { lruAdd } from '../frames/lru.js';
import { mmForbidsZeropage } from '../insert/mixed-zeropage.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addNewAnonRmap } from '../rmap/anon-rmap.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { Frame, Mm } from '../state/columns.js';
import { entryIn, setEntry, slotMade } from '../tables/tables.js';
import { hasVmFlag, mmOf, pageProtOf } from '../vma/vma.js';
import { FAULT_FLAG } from './flags.js';

/** do_anonymous_page(): the zeropage for a read, a page of zeros for a write (SPEC 6.3). */
export function doAnonymousPage(model: Model, vma: number, vpn: number, flags: number): number {
  if (hasVmFlag(model, vma, 'VM_SHARED')) return VM_FAULT.SIGBUS;
  const { state } = model;
  const mm = mmOf(model, vma);
  const slot = slotMade(model, mm, vpn, 'pte');
  if (slot < 0) return VM_FAULT.OOM;
  const isWrite = (flags & FAULT_FLAG.WRITE) !== 0;
  if (!isWrite && !mmForbidsZeropage(model, mm)) {
    if (entryIn(model, slot) === NONE) setEntry(model, slot, zeropageEntry(model, vma, vpn));
    return 0;
  }
  anonVmaPrepare(model, vma);
  const folio = allocFolio(model);
  if (folio < 0) return VM_FAULT.OOM;
  state.set(Frame.content, folio, 0);
  state.add(Mm.anonPages, mm, 1);
  addNewAnonRmap(model, folio, vma, vpn);
  lruAdd(model, folio, 'active');
  const { to, mkwrite } = model.pte;
  const young = to.mkyoung(newEntry(model, vma, folio));
  const writable = hasVmFlag(model, vma, 'VM_WRITE');
  setEntry(model, slot, writable ? mkwrite(to.mkdirty(young)) : young);
  return 0;
}

/** mk_pte() with vm_page_prot. */
export const newEntry = (model: Model, vma: number, frame: number): Entry =>
  model.pte.leaf(model.machine.memory.pfn(frame), pageProtOf(model, vma));

/** my_zero_pfn(): the zeropage of an address; there are several where the cache has colours. */
export function zeroFrameOf({ machine }: Model, vpn: number): number {
  const { zeroFrames } = machine;
  return zeroFrames[vpn % zeroFrames.length] as number;
}

/** A special entry of the zeropage, as reading anonymous memory maps it. */
export const zeropageEntry = (model: Model, vma: number, vpn: number): Entry =>
  model.pte.to.mkspecial(newEntry(model, vma, zeroFrameOf(model, vpn)));
