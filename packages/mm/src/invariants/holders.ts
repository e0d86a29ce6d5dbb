import { entryPages, isHoleOrEmpty } from '../dax/entry.js';
import { CACHE } from '../files/cache-slot.js';
import {
  folioOf,
  folioPages,
  isAnon,
  isAnonExclusive,
  isFsdax,
  isZeroFrame,
} from '../frames/folio.js';
import { FOLL } from '../gup/flags.js';
import { hasPincount, PIN_BIAS } from '../rmap/pins.js';
import { CacheSlot, Frame, Global, Reference } from '../state/columns.js';
import { deepestSlot, entryIn } from '../tables/tables.js';
import { hasVmFlag, isCow, vmaAt } from '../vma/vma.js';
import { type Census, FRAME_COUNT } from './census.js';

/** Counts the references of caches, of swap and of LRU batches. */
export function countCaches(census: Census): void {
  const { model } = census;
  const { state } = model;
  const { cacheSlot, frame } = state.layout.capacities;
  for (let at = state.next(CacheSlot.kind, 0, cacheSlot); at >= 0; ) {
    const page = state.ref(CacheSlot.frame, at);
    if (state.get(CacheSlot.kind, at) === CACHE.dax) countDaxEntry(census, at, page);
    else if (page >= 0) {
      const folio = folioOf(model, page);
      census.countFrame(folio, FRAME_COUNT.cached, 1);
      census.countFrame(folio, FRAME_COUNT.otherRefs, 1);
    }
    at = state.next(CacheSlot.kind, at + 1, cacheSlot);
  }
  for (let at = state.next(Frame.swapSlot, 0, frame); at >= 0; ) {
    census.countFrame(at, FRAME_COUNT.otherRefs, folioPages(model, at));
    at = state.next(Frame.swapSlot, at + 1, frame);
  }
  let batched = state.get(Global.lruBatched, 0);
  for (let at = -1; batched > 0; batched--) {
    at = state.next(Frame.lruBatch, at + 1, frame);
    if (at < 0) break;
    census.countFrame(at, FRAME_COUNT.otherRefs, 1);
  }
}

/**
 * A DAX entry holds no reference, whatever review thought of; each page knew of it once, the folio as
 * a whole does now.
 */
function countDaxEntry(census: Census, slot: number, frame: number): void {
  const { model } = census;
  if (frame < 0 || isHoleOrEmpty(model, slot)) return;
  const pages = model.has('fsdax-refcounted') ? 1 : entryPages(model, slot);
  for (let i = 0; i < pages; i++) {
    census.countFrame(folioOf(model, frame + i), FRAME_COUNT.cached, 1);
  }
  if (model.has('page-cache-holds-dax-page')) {
    census.countFrame(folioOf(model, frame), FRAME_COUNT.otherRefs, 1);
  }
}

/** Counts what GUP handed out, and asks what must hold of each reference. */
export function countReferences(census: Census): void {
  const { model } = census;
  const { state } = model;
  const { reference } = state.layout.capacities;
  for (let at = state.next(Reference.used, 0, reference); at >= 0; ) {
    const frame = state.ref(Reference.frame, at);
    const folio = folioOf(model, frame);
    const pages = state.get(Reference.pages, at);
    const flags = state.get(Reference.follFlags, at);
    if ((flags & FOLL.PIN) === 0) census.countFrame(folio, FRAME_COUNT.otherRefs, pages);
    else if (!isZeroFrame(model, folio)) {
      census.countFrame(folio, FRAME_COUNT.pins, pages);
      const each = hasPincount(model, folio) ? 1 : PIN_BIAS;
      census.countFrame(folio, FRAME_COUNT.otherRefs, each * pages);
    }
    checkReference(census, at, frame, folio, flags);
    at = state.next(Reference.used, at + 1, reference);
  }
}

/** I10, I26, I27, I28: a reference, and what its address maps by now. */
function checkReference(
  census: Census,
  reference: number,
  frame: number,
  folio: number,
  flags: number,
): void {
  const { model } = census;
  const { state } = model;
  const evidence = { reference, frame };
  if ((flags & FOLL.LONGTERM) !== 0 && isFsdax(model, folio)) {
    census.wrong('I28', 'a page of a DAX file system is pinned for long', evidence);
  }
  const mm = state.ref(Reference.mm, reference);
  if (mm < 0) return;
  const vpn = state.get(Reference.vpn, reference);
  const vma = vmaAt(model, mm, vpn);
  if (vma < 0 || !stillMaps(census, mm, vpn, frame)) return;
  const anon = isAnon(model, folio);
  // The fast path asks no VMA: it takes private copies even there.
  if (!anon && (hasVmFlag(model, vma, 'VM_IO') || hasVmFlag(model, vma, 'VM_PFNMAP'))) {
    census.wrong('I27', 'GUP took a raw frame', evidence);
  }
  if ((flags & FOLL.PIN) === 0) return;
  // What a huge leaf maps is exclusive as a whole, by the mark of its first page.
  const marked = model.reached > 0 ? folio : frame;
  // Pins for reading did not care, until they had the page unshared first (SPEC 24.14).
  const asked = (flags & FOLL.WRITE) !== 0 || model.has('unshare-fault');
  if (anon && asked && census.marksExclusive && !isAnonExclusive(model, marked)) {
    census.wrong('I10', 'a pinned page that is still mapped is not exclusive', evidence);
  }
  const longRead = (flags & FOLL.LONGTERM) !== 0 && (flags & FOLL.WRITE) === 0;
  if (longRead && !anon && isCow(model, vma)) {
    census.wrong('I26', 'a long pin for reading holds what a write would replace', evidence);
  }
}

/** The address still maps the frame by a present entry. */
function stillMaps({ model }: Census, mm: number, vpn: number, frame: number): boolean {
  const slot = deepestSlot(model, mm, vpn);
  const entry = slot < 0 ? undefined : entryIn(model, slot);
  if (entry === undefined || entry === 0) return false;
  const { level, pages } = model.machine.levels[model.reached] as Level;
  if (level !== 'pte' && level !== 'pmd' && level !== 'pud') return false;
  const space = model.machine.space(level);
  if (!space.is.present(entry)) return false;
  return space.pfn(entry) + (vpn % pages) === model.machine.memory.pfn(frame);
}

type Level = Census['model']['machine']['levels'][number];
