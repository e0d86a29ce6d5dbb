import { ERRNO } from '../errno.js';
import { newEntry } from '../fault/anonymous.js';
import { ksmMightNeedToCopy, readFromSwap } from '../fault/swap-in.js';
import { freeSwap } from '../fault/wp-reuse.js';
import { getRefs, isAnon } from '../frames/folio.js';
import { lruAdd } from '../frames/lru.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { addAnonRmap, addNewAnonRmap } from '../rmap/anon-rmap.js';
import { Mm, SwapSlot, Vma } from '../state/columns.js';
import { entryIn, type SlotAt, setEntry, slotAt } from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';
import { swapFree, swapSlotOf } from './swap-slots.js';

/**
 * try_to_unuse(), what swapoff() is about: every entry of swap maps its page again. 0; -ENOMEM with
 * some of them left (mm/swapfile.c; SPEC 24.3).
 */
export function tryToUnuse(model: Model): number {
  const { state } = model;
  for (let vma = 0; vma < state.layout.capacities.vma; vma++) {
    // Without an anon_vma nothing was ever swapped out.
    if (state.get(Vma.used, vma) === 0 || state.ref(Vma.anonVma, vma) < 0) continue;
    const end = state.get(Vma.end, vma);
    for (let vpn = state.get(Vma.start, vma); vpn < end; vpn++) {
      const slot = slotAt(model, mmOf(model, vma), vpn, 'pte');
      const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
      if (entry === NONE || model.pte.is.present(entry)) continue;
      if (model.pte.absent(entry).what !== 'swap') continue;
      if (!unusePte(model, vma, vpn, slot, entry)) return ERRNO.ENOMEM;
    }
  }
  return 0;
}

/** unuse_pte(): old and not writable, whoever has the page. False without memory. */
function unusePte(model: Model, vma: number, vpn: number, slot: SlotAt, entry: Entry): boolean {
  const { state, pte } = model;
  const at = swapSlotOf(model, entry);
  const found = state.ref(SwapSlot.frame, at);
  const cached = found >= 0 ? found : readFromSwap(model, at);
  if (cached < 0) return false;
  const folio = ksmMightNeedToCopy(model, cached, vma, vpn);
  if (folio < 0) return false;
  const isCopy = folio !== cached;
  if (!isCopy) getRefs(model, folio);
  const mm = mmOf(model, vma);
  state.add(Mm.swapEntries, mm, -1);
  state.add(Mm.anonPages, mm, 1);
  const exclusive = isCopy || pte.is.swp_exclusive(entry);
  if (isCopy || !isAnon(model, folio)) addNewAnonRmap(model, folio, vma, vpn, exclusive);
  else addAnonRmap(model, folio, 1, vma, vpn, exclusive);
  if (isCopy) lruAdd(model, folio, 'inactive');
  setEntry(model, slot, unusedEntry(model, vma, folio, entry));
  swapFree(model, entry);
  freeSwap(model, cached);
  return true;
}

/** The leaf: until 5.18 without the marks of soft-dirty tracking and userfaultfd (SPEC 24.3). */
function unusedEntry(model: Model, vma: number, folio: number, entry: Entry): Entry {
  const { is, to } = model.pte;
  let leaf = to.mkold(newEntry(model, vma, folio));
  if (!model.has('unuse-keeps-marks')) return leaf;
  if (is.swp_soft_dirty(entry)) leaf = to.mksoft_dirty(leaf);
  return is.swp_uffd_wp(entry) ? to.mkuffd_wp(leaf) : leaf;
}
