import { ERRNO } from '../errno.js';
import { allocFolio } from '../frames/allocate.js';
import { counterOf, fileCounterOf, folioOf, getRefs, isAnon } from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { putRefs } from '../frames/put.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage, WILD_PAGE } from '../normal-page.js';
import { addNewAnonRmap } from '../rmap/anon-rmap.js';
import { anonVmaPrepare } from '../rmap/anon-vma.js';
import { dupFileRmap, tryDupAnonRmap } from '../rmap/dup.js';
import { Frame, Mm } from '../state/columns.js';
import { type SlotAt, setEntry } from '../tables/tables.js';
import { hasVmFlag, isCow, maybeMkwrite, mmOf, pageProtOf } from '../vma/vma.js';

/** copy_present_ptes() for one entry: 0, or -ENOMEM for a pinned page's copy (SPEC 7.2, 7.4). */
export function copyPresentPte(
  model: Model,
  dstVma: number,
  srcVma: number,
  vpn: number,
  srcSlot: SlotAt,
  dstSlot: SlotAt,
  entry: Entry,
): number {
  const frame = vmNormalPage(model, 'pte', srcVma, vpn, entry);
  if (frame === WILD_PAGE) model.bug('wild-page');
  if (frame >= 0) {
    const folio = folioOf(model, frame);
    const counter = isAnon(model, folio)
      ? counterOf(model, folio, Mm)
      : fileCounterOf(model, folio, Mm);
    getRefs(model, folio);
    if (!isAnon(model, folio)) dupFileRmap(model, frame, 1, dstVma);
    else if (tryDupAnonRmap(model, frame, 1, dstVma, srcVma) !== 0) {
      putRefs(model, folio);
      return copyPresentPage(model, dstVma, vpn, dstSlot, entry, frame);
    }
    model.state.add(counter, mmOf(model, dstVma), 1);
  }
  setEntry(model, dstSlot, shared(model, dstVma, srcVma, srcSlot, entry));
  return 0;
}

/** __copy_present_ptes(): what the child gets, with the parent's entry write-protected likewise. */
function shared(
  model: Model,
  dstVma: number,
  srcVma: number,
  srcSlot: SlotAt,
  entry: Entry,
): Entry {
  const { is, to } = model.pte;
  let child = entry;
  if (isCow(model, srcVma) && is.write(entry)) {
    setEntry(model, srcSlot, to.wrprotect(entry));
    child = to.wrprotect(child);
  }
  if (hasVmFlag(model, srcVma, 'VM_SHARED')) child = to.mkclean(child);
  child = to.mkold(child);
  return hasVmFlag(model, dstVma, 'VM_UFFD_WP') ? child : to.clear_uffd_wp(child);
}

/**
 * copy_present_page(): the parent's page may be pinned and stays its own; the child gets a copy at
 * once (SPEC 7.2).
 */
function copyPresentPage(
  model: Model,
  dstVma: number,
  vpn: number,
  dstSlot: SlotAt,
  entry: Entry,
  frame: number,
): number {
  const { state, pte, machine } = model;
  const copy = allocFolio(model);
  if (copy < 0) return ERRNO.ENOMEM;
  state.set(Frame.content, copy, state.get(Frame.content, frame));
  anonVmaPrepare(model, dstVma);
  addNewAnonRmap(model, copy, dstVma, vpn);
  lruAdd(model, copy, 'active');
  state.add(Mm.anonPages, mmOf(model, dstVma), 1);
  const fresh = pte.leaf(machine.memory.pfn(copy), pageProtOf(model, dstVma));
  const child = maybeMkwrite(model, dstVma, pte, pte.to.mkdirty(fresh));
  const keepsWp = pte.is.uffd_wp(entry) && hasVmFlag(model, dstVma, 'VM_UFFD_WP');
  setEntry(model, dstSlot, keepsWp ? pte.to.mkuffd_wp(child) : child);
  return 0;
}
