import { VM_FAULT } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import { folioPages, getRefs } from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { putRefs } from '../frames/put.js';
import { hugeLeafAt } from '../insert/locked-pte.js';
import { mmForbidsZeropage } from '../insert/mixed-zeropage.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addNewAnonRmap } from '../rmap/anon-rmap.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { Frame, Global, Mm, Vma } from '../state/columns.js';
import { entryIn, nextAddress, type SlotAt, setEntry, slotMade } from '../tables/tables.js';
import { mmOf, pageProtOf, vmFlagsOf } from '../vma/vma.js';
import { FAULT_FLAG } from './flags.js';
import { handleUserfault, wasWatched, watchesMissing } from './userfault.js';

/**
 * do_anonymous_page(): the zeropage for a read, pages of zeros for a write (SPEC 6.3). `orig` is what
 * lay there: nothing, or a marker of userfaultfd.
 */
export function doAnonymousPage(
  model: Model,
  vma: number,
  vpn: number,
  orig: Entry,
  flags: number,
): number {
  if (vmFlagsOf(model, vma).VM_SHARED) return VM_FAULT.SIGBUS;
  const mm = mmOf(model, vma);
  const slot = slotMade(model, mm, vpn, 'pte');
  // A huge entry that came in between serves the access.
  if (slot < 0) return hugeLeafAt(model, mm, vpn) ? 0 : VM_FAULT.OOM;
  if ((flags & FAULT_FLAG.WRITE) !== 0 || mmForbidsZeropage(model, mm)) {
    return mapNewPages(model, vma, vpn, slot, orig);
  }
  if (entryIn(model, slot) !== orig) return 0;
  if (watchesMissing(model, vma)) return handleUserfault(model, 'missing');
  setEntry(model, slot, watched(model, orig, zeropageEntry(model, vma, vpn)));
  return 0;
}

function mapNewPages(model: Model, vma: number, vpn: number, slot: SlotAt, orig: Entry): number {
  const { state } = model;
  anonVmaPrepare(model, vma);
  const folio = allocAnonFolio(model, vma, vpn, slot);
  if (folio < 0) return VM_FAULT.OOM;
  const pages = folioPages(model, folio);
  const isChanged = pages === 1 && entryIn(model, slot) !== orig;
  if (isChanged || watchesMissing(model, vma)) {
    putRefs(model, folio);
    return isChanged ? 0 : handleUserfault(model, 'missing');
  }
  const before = vpn % pages;
  getRefs(model, folio, pages - 1);
  state.add(Mm.anonPages, mmOf(model, vma), pages);
  addNewAnonRmap(model, folio, vma, vpn - before);
  lruAdd(model, folio, 'inactive');
  const { to, mkwrite } = model.pte;
  const writable = vmFlagsOf(model, vma).VM_WRITE;
  for (let i = 0; i < pages; i++) {
    state.set(Frame.content, folio + i, 0);
    const young = to.mkyoung(newEntry(model, vma, folio + i));
    const entry = writable ? mkwrite(to.mkdirty(young)) : young;
    setEntry(model, slot - before + i, watched(model, orig, entry));
  }
  return 0;
}

/**
 * alloc_anon_folio(): a large folio where its whole range lies in the VMA and one table, and is
 * empty; a page otherwise. -1 without memory.
 */
function allocAnonFolio(model: Model, vma: number, vpn: number, slot: SlotAt): number {
  const { state } = model;
  const order = state.get(Global.anonOrder, 0);
  if (order === 0 || vmFlagsOf(model, vma).VM_UFFD_MISSING) return allocFolio(model);
  const pages = 2 ** order;
  const first = vpn - (vpn % pages);
  const end = first + pages;
  const fits = first >= state.get(Vma.start, vma) && end <= state.get(Vma.end, vma);
  if (!fits || end > nextAddress(model, vpn, 1)) return allocFolio(model);
  for (let i = 0; i < pages; i++) {
    if (entryIn(model, slot - (vpn - first) + i) !== NONE) return allocFolio(model);
  }
  const folio = allocFolio(model, order);
  return folio < 0 ? allocFolio(model) : folio;
}

/** What userfaultfd protected before it was there is protected still. */
const watched = (model: Model, orig: Entry, entry: Entry): Entry =>
  wasWatched(model, orig) ? model.pte.to.mkuffd_wp(entry) : entry;

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
