import { isLimited } from '../dax/associate.js';
import { DAX, daxEntryAt, entryIs, isHoleOrEmpty } from '../dax/entry.js';
import { isWoken, SLEEPS_ON } from '../dax/waiter.js';
import { fileSystemOfPage } from '../files/file-systems.js';
import { folioOf, isAnon, isFsdax } from '../frames/folio.js';
import { OWNER } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Frame, Vma, Waiter } from '../state/columns.js';
import { vmaIsDax } from '../vma/special-huge.js';
import { pageIndex } from '../vma/vma.js';
import { type Census, FRAME_COUNT, type SeenEntry } from './census.js';
import { SAYS } from './entry-facts.js';

/** I25: a file's hole is mapped by zeropages alone, and its blocks by none. */
export function checkHole(census: Census, seen: SeenEntry): void {
  const { model } = census;
  const { vma, vpn, frame, mm, says } = seen;
  if (!vmaIsDax(model, vma)) return;
  const slot = daxEntryAt(model, model.state.ref(Vma.mapping, vma), pageIndex(model, vma, vpn));
  if (slot < 0 || frame < 0) return;
  const isZero = (says & (SAYS.zero | SAYS.hugeZero)) !== 0;
  if (isZero && !isHoleOrEmpty(model, slot)) {
    census.wrong('I25', 'a block of a file, and its hole is still mapped', { mm, vma, vpn, slot });
  }
  if (isZero || isAnon(model, folioOf(model, frame)) || !entryIs(model, slot, DAX.zeroPage)) return;
  census.wrong('I25', 'a hole of a file, and no zeropage is mapped', { mm, vma, vpn, slot });
}

/** I23, I24: pages of a DAX file system know the file offsets that refer to them, used or idle. */
export function checkDaxPages(census: Census): void {
  const { model } = census;
  const { state } = model;
  const frames = state.layout.capacities.frame;
  if (!census.anyDevice || isLimited(model)) return;
  for (
    let at = state.next(Frame.pgmap, 0, frames);
    at >= 0;
    at = state.next(Frame.pgmap, at + 1, frames)
  ) {
    if (state.ref(Frame.head, at) < 0 && isFsdax(model, at)) checkOffsets(census, at);
  }
}

function checkOffsets(census: Census, folio: number): void {
  const { state } = census.model;
  const offsets = census.countedFrame(folio, FRAME_COUNT.cached);
  const share = state.get(Frame.share, folio);
  const mapping = state.get(Frame.owner, folio) === OWNER.file;
  // Until 7.2 the index of a page that left its file stays in the word of the count.
  const isOld = offsets === 0 && !mapping && !census.model.has('dax-folio-put-clears-word');
  if (isOld) return;
  if (share !== 0 || offsets > 1) {
    if (share !== offsets || mapping) {
      census.wrong('I24', 'a shared DAX page counts other offsets', { folio, share, offsets });
    }
    return;
  }
  if (mapping === offsets > 0) return;
  census.wrong('I23', 'a DAX page has a mapping and no entry, or an entry and no mapping', {
    folio,
    offsets,
  });
}

/** I39: a task sleeps on the key that the last reference to its page wakes. */
export function checkWaiters(census: Census): void {
  const { model } = census;
  const { state } = model;
  const { waiter: waiters } = state.layout.capacities;
  for (let at = state.next(Waiter.used, 0, waiters); at >= 0; ) {
    const key = state.get(Waiter.sleepsOn, at);
    const page = state.ref(Waiter.object, at);
    const forPage = key === SLEEPS_ON.page || key === SLEEPS_ON.refcount;
    if (forPage && !isWoken(model, at) && key !== keyWoken(model, page)) {
      const what = 'who waits for a DAX page sleeps on a key that nobody wakes';
      census.wrong('I39', what, { waiter: at, page });
    }
    at = state.next(Waiter.used, at + 1, waiters);
  }
}

/** SPEC 23.2, wake_key. */
function keyWoken(model: Model, page: number): number {
  if (!model.has('fsdax-refcounted')) return SLEEPS_ON.refcount;
  if (model.has('page-cache-holds-dax-page')) return SLEEPS_ON.nothing;
  const silent = fileSystemOfPage(model, page).virtual && !model.has('virtiofs-wakes-waiters');
  return silent === true ? SLEEPS_ON.nothing : SLEEPS_ON.page;
}
