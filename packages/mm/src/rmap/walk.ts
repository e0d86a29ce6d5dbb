import { folioMapcount, folioPages, isKsm } from '../frames/folio.js';
import { OWNER } from '../frames/page-flags.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { AnonVma, Avc, Frame, Mapping, Vma } from '../state/columns.js';
import { entryAt } from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';

/** What a walk does at each VMA that may map the folio (`struct rmap_walk_control`). */
export interface RmapWalk {
  /** rmap_one(): `vpn` is the address of the first page that the VMA shows; false ends the walk. */
  readonly one: (vma: number, vpn: number) => boolean;
  /** done(): true ends the walk. */
  readonly done?: () => boolean;
  /** invalid_vma(): true skips a VMA. */
  readonly skips?: (vma: number) => boolean;
  /** Gives up where a lock is held by somebody else, instead of waiting for it. */
  readonly tryLock?: boolean;
  /** anon_lock(): an anonymous folio must still be mapped. */
  readonly mappedOnly?: boolean;
}

/** Noted each time that a walk meets a lock and waits until its holder is done. */
export const WAITS_FOR_RMAP_LOCK = 'waits-for-rmap-lock';

/**
 * rmap_walk(): visits the VMAs that may map a folio: those chained to its anon_vma, those of its file,
 * any with KSM pages. True when nothing was walked because a lock was contended (mm/rmap.c; SPEC 9.11).
 */
export function rmapWalk(model: Model, folio: number, walk: RmapWalk): boolean {
  const { state } = model;
  const owner = state.get(Frame.owner, folio);
  const first = state.get(Frame.index, folio);
  const pages = folioPages(model, folio);
  if (isKsm(model, folio)) return walkKsm(model, folio, walk);
  if (owner === OWNER.anon) return walkAnon(model, folio, first, pages, walk);
  if (owner !== OWNER.file) return false;
  return walkFile(model, state.ref(Frame.ownerId, folio), first, pages, walk);
}

/**
 * __rmap_walk_file(): visits the VMAs of a file that show pages `first` to `first + pages - 1`. True
 * when i_mmap_rwsem was contended.
 */
export function walkFile(
  model: Model,
  mapping: number,
  first: number,
  pages: number,
  walk: RmapWalk,
): boolean {
  const { state } = model;
  if (mapping < 0) return false;
  if (isContended(model, state.get(Mapping.locked, mapping), walk)) return true;
  const vmas: number[] = [];
  for (let vma = 0; vma < state.layout.capacities.vma; vma++) {
    if (state.get(Vma.used, vma) === 1 && state.ref(Vma.mapping, vma) === mapping) vmas.push(vma);
  }
  visit(model, vmas, first, pages, walk);
  return false;
}

function walkAnon(
  model: Model,
  folio: number,
  first: number,
  pages: number,
  walk: RmapWalk,
): boolean {
  const { state } = model;
  const anonVma = state.ref(Frame.ownerId, folio);
  if (anonVma < 0 || (walk.mappedOnly && folioMapcount(model, folio) <= 0)) return false;
  const root = state.ref(AnonVma.root, anonVma);
  if (root >= 0 && isContended(model, state.get(AnonVma.locked, root), walk)) return true;
  const vmas: number[] = [];
  for (let avc = 0; avc < state.layout.capacities.avc; avc++) {
    const vma = state.ref(Avc.vma, avc);
    if (vma >= 0 && state.ref(Avc.anonVma, avc) === anonVma) vmas.push(vma);
  }
  visit(model, vmas, first, pages, walk);
  return false;
}

/**
 * rmap_walk_ksm(): a KSM page can lie at any address of any VMA that KSM may scan, or its children.
 * The model keeps no list of them (`rmap_item`): every page of every such VMA is offered, by number of
 * the VMA. True when the lock of one was contended; those before it were visited by then.
 */
function walkKsm(model: Model, folio: number, walk: RmapWalk): boolean {
  const { state } = model;
  for (let vma = 0; vma < state.layout.capacities.vma; vma++) {
    if (state.get(Vma.used, vma) === 0 || state.ref(Vma.anonVma, vma) < 0) continue;
    if (walk.skips?.(vma)) continue;
    const root = state.ref(AnonVma.root, state.ref(Vma.anonVma, vma));
    const locked = state.get(AnonVma.locked, root);
    if (locked !== 0 && shows(model, vma, folio) && isContended(model, locked, walk)) return true;
    const end = state.get(Vma.end, vma);
    for (let vpn = state.get(Vma.start, vma); vpn < end; vpn++) {
      if (!walk.one(vma, vpn) || walk.done?.()) return false;
    }
  }
  return false;
}

/** An entry of the VMA is of the small folio: KSM has an item of it, whose lock a walk takes. */
function shows(model: Model, vma: number, folio: number): boolean {
  const { state, pte, machine } = model;
  const end = state.get(Vma.end, vma);
  for (let vpn = state.get(Vma.start, vma); vpn < end; vpn++) {
    const entry = entryAt(model, mmOf(model, vma), vpn, 'pte');
    if (entry === NONE) continue;
    const pfn = pte.is.present(entry) ? pte.pfn(entry) : Number(pte.absent(entry).pfn ?? -1n);
    if (machine.memory.frame(pfn) === folio) return true;
  }
  return false;
}

/** Gives up, or waits until the holder is done: what comes next is as if the lock were free. */
function isContended(model: Model, locked: number, { tryLock }: RmapWalk): boolean {
  if (locked === 0) return false;
  if (tryLock) return true;
  model.note(WAITS_FOR_RMAP_LOCK);
  return false;
}

/** Visits those VMAs that show some of the pages, in the order of an interval tree. */
function visit(model: Model, vmas: number[], first: number, pages: number, walk: RmapWalk): void {
  const { state } = model;
  vmas.sort((a, b) => state.get(Vma.pgoff, a) - state.get(Vma.pgoff, b));
  for (const vma of vmas) {
    const vpn = vmaAddress(model, vma, first, pages);
    if (vpn < 0 || walk.skips?.(vma)) continue;
    if (!walk.one(vma, vpn) || walk.done?.()) return;
  }
}

/** vma_address(): where a VMA shows the first of some pages of its file or anon_vma; -1 for none. */
export function vmaAddress({ state }: Model, vma: number, first: number, pages: number): number {
  const start = state.get(Vma.start, vma);
  const pgoff = state.get(Vma.pgoff, vma);
  if (first < pgoff) return first + pages > pgoff ? start : -1;
  const vpn = start + (first - pgoff);
  return vpn < state.get(Vma.end, vma) ? vpn : -1;
}
