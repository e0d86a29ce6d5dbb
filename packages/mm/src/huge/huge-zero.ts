import { prepareFolio } from '../frames/allocate.js';
import { refcount } from '../frames/folio.js';
import { MM_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Frame, Global, Mm } from '../state/columns.js';
import { depositTable, entryIn, pagesOfLevel, type SlotAt, setEntry } from '../tables/tables.js';
import { mmOf, pageProtOf } from '../vma/vma.js';

/**
 * mm_get_huge_zero_folio(), mm_get_huge_zero_page() before: the first frame of the huge zero folio,
 * of which an address space takes one reference for its lifetime; -1 when there is none to be had
 * (mm/huge_memory.c; SPEC 1.7).
 */
export function mmGetHugeZeroFolio(model: Model, mm: number): number {
  const { state } = model;
  if (isPersistent(model)) return allocated(model) ? state.ref(Global.hugeZero, 0) : -1;
  const flags = state.get(Mm.flags, mm);
  if ((flags & MM_FLAG.hugeZeroFolio) !== 0) return state.ref(Global.hugeZero, 0);
  if (state.get(Global.hugeZeroRefs, 0) > 0) state.add(Global.hugeZeroRefs, 0, 1);
  else if (!allocated(model)) return -1;
  // One for the caller, one for the shrinker.
  else state.set(Global.hugeZeroRefs, 0, 2);
  state.set(Mm.flags, mm, flags | MM_FLAG.hugeZeroFolio);
  return state.ref(Global.hugeZero, 0);
}

/** mm_put_huge_zero_folio(): the address space goes, and its reference with it. */
export function mmPutHugeZeroFolio(model: Model, mm: number): void {
  const { state } = model;
  const flags = state.get(Mm.flags, mm);
  if ((flags & MM_FLAG.hugeZeroFolio) === 0) return;
  state.set(Mm.flags, mm, flags & ~MM_FLAG.hugeZeroFolio);
  if (state.add(Global.hugeZeroRefs, 0, -1) > 0) return;
  // The shrinker's own reference is not for others to drop.
  if (model.has('huge-zero-underflow-warns')) model.warn('huge-zero-underflow');
  else model.bug('huge-zero-underflow');
}

/** The shrinker frees the folio when nobody but itself has a reference; whether it did. */
export function shrinkHugeZeroFolio(model: Model): boolean {
  const { state } = model;
  if (state.get(Global.hugeZeroRefs, 0) !== 1) return false;
  const folio = state.ref(Global.hugeZero, 0);
  state.set(Global.hugeZeroRefs, 0, 0);
  state.setRef(Global.hugeZero, 0, -1);
  putRefs(model, folio);
  return true;
}

/** CONFIG_PERSISTENT_HUGE_ZERO_FOLIO: made once, and counted by nobody (SPEC 1.7). */
export const isPersistent = (model: Model): boolean =>
  model.config.PERSISTENT_HUGE_ZERO_FOLIO && model.has('persistent-huge-zero');

/**
 * The folio is there, allocated now if need be. A machine keeps frames for one of them: while
 * somebody holds the old one, there is no memory for another.
 */
function allocated(model: Model): boolean {
  const { state, machine } = model;
  if (state.ref(Global.hugeZero, 0) >= 0) return true;
  const folio = machine.hugeZeroFrame;
  const pages = pagesOfLevel(model, 'pmd');
  if (folio < 0 || pages === 0 || refcount(model, folio) !== 0) return false;
  prepareFolio(model, folio, Math.log2(pages));
  state.set(Frame.refcount, folio, 1);
  state.setRef(Global.hugeZero, 0, folio);
  return true;
}

/** is_huge_zero_pmd(): a present leaf of the huge zero folio. */
export function isHugeZeroPmd(model: Model, entry: Entry): boolean {
  const { pmd, machine, state } = model;
  const folio = state.ref(Global.hugeZero, 0);
  if (folio < 0 || !pmd.is.present(entry)) return false;
  const into = pmd.pfn(entry) - machine.memory.pfn(folio);
  // Any pfn of the folio, or its first one alone: a leaf holds no other.
  return into >= 0 && into < (model.has('is-huge-zero-pfn') ? pagesOfLevel(model, 'pmd') : 1);
}

/**
 * set_huge_zero_folio(), set_huge_zero_page() before: a read fault of anonymous memory maps the huge
 * zero folio, and deposits the table that was allocated for it (SPEC 3.15, 22 errata 2).
 */
export function setHugeZeroFolio(model: Model, vma: number, slot: SlotAt, folio: number): void {
  if (!model.has('huge-zero-overwrites') && entryIn(model, slot) !== NONE) return;
  depositTable(model, mmOf(model, vma), slot);
  setEntry(model, slot, hugeZeroEntry(model, vma, folio));
}

/** A leaf of the huge zero folio: special once others are told by it to keep off. */
function hugeZeroEntry(model: Model, vma: number, folio: number): Entry {
  const { pmd, machine } = model;
  const entry = pmd.leaf(machine.memory.pfn(folio), pageProtOf(model, vma));
  return model.has('huge-zero-pmd-special') ? pmd.to.mkspecial(entry) : entry;
}
