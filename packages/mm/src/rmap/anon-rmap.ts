import type { MappingLevel } from '@pagewright/core';
import {
  folioOf,
  folioPages,
  isAnon,
  isAnonExclusive,
  isKsm,
  isLarge,
  setAnonExclusive,
  setFlag,
} from '../frames/folio.js';
import { OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { AnonVma, Frame, Vma } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';
import { mmOf, pageIndex, vmFlagsOf } from '../vma/vma.js';
import { countMappings, countsPages, ENTIRELY_MAPPED } from './mapcount.js';
import { setLargeMapcount } from './mm-id.js';
import { checkRmap } from './sanity.js';
import { countHugeMapped, countMapped, countsAsAnon } from './statistics.js';

/** __folio_set_anon(): whose memory it is from now on, and at which index. */
export function setAnon(
  model: Model,
  folio: number,
  vma: number,
  vpn: number,
  exclusive: boolean,
): void {
  const { state } = model;
  const own = state.ref(Vma.anonVma, vma);
  if (own < 0) model.bug('no-anon-vma');
  state.set(Frame.owner, folio, OWNER.anon);
  state.setRef(Frame.ownerId, folio, exclusive ? own : state.ref(AnonVma.root, own));
  state.set(Frame.index, folio, pageIndex(model, vma, vpn));
}

/**
 * folio_add_new_anon_rmap(): the first mapping of a folio just allocated, by PTEs, or by a PMD when
 * the folio fills one. `vpn` is the address of its first page. That whoever shares it holds the
 * folio's lock is taken for granted (SPEC 9.3).
 */
export function addNewAnonRmap(
  model: Model,
  folio: number,
  vma: number,
  vpn: number,
  exclusive = true,
): void {
  const { state } = model;
  const pages = folioPages(model, folio);
  if (!vmFlagsOf(model, vma).VM_DROPPABLE) setFlag(model, folio, PAGE_FLAG.swapbacked, true);
  setAnon(model, folio, vma, vpn, exclusive);
  const outside = vpn < state.get(Vma.start, vma) || vpn + pages > state.get(Vma.end, vma);
  if (outside) {
    if (model.has('new-anon-rmap-flags')) model.vmWarn('rmap-outside-vma');
    else model.vmBug('rmap-outside-vma');
  }
  countMapped(model, true, pages);
  if (!isLarge(model, folio)) {
    state.set(Frame.mapcount, folio, 1);
    if (exclusive) setAnonExclusive(model, folio);
    return;
  }
  const whole = isPmdMappable(model, pages);
  setLargeMapcount(model, folio, whole ? 1 : pages, mmOf(model, vma));
  if (countsPages(model)) state.set(Frame.pagesMapped, folio, whole ? ENTIRELY_MAPPED : pages);
  if (whole) {
    state.set(Frame.entireMapcount, folio, 1);
    countHugeMapped(model, folio, true, 1);
  } else if (countsPages(model)) {
    for (let i = 0; i < pages; i++) state.set(Frame.mapcount, folio + i, 1);
  }
  if (exclusive) setExclusive(model, folio, whole ? 1 : pages);
}

/** folio_test_pmd_mappable(). */
function isPmdMappable(model: Model, pages: number): boolean {
  const ofPmd = pagesOfLevel(model, 'pmd');
  return ofPmd > 0 && pages >= ofPmd;
}

/**
 * folio_add_anon_rmap_ptes() and _pmd(): more mappings of a folio that is anonymous already, the
 * first page of them at `vpn` (SPEC 9.3).
 */
export function addAnonRmap(
  model: Model,
  frame: number,
  nr: number,
  vma: number,
  vpn: number,
  exclusive: boolean,
  level: MappingLevel = 'pte',
): void {
  const folio = folioOf(model, frame);
  const wasAnon = isAnon(model, folio);
  // Until 6.7 the first mapping of a page was not looked at: its index may be that of another VMA.
  const checks = model.has('rmap-by-level') || isMapped(model, folio, frame, level);
  const setsOwner = !model.has('new-anon-rmap-flags');
  if (!wasAnon && !setsOwner) model.vmWarn('anon-rmap-of-non-anon');
  checkRmap(model, frame, nr, level);
  countMappings(model, frame, nr, vma, level, countsAsAnon(model, folio, true));
  if (!wasAnon && setsOwner) setAnon(model, folio, vma, vpn, exclusive);
  else if (checks && !isKsm(model, folio)) checkAnon(model, folio, frame, vma, vpn);
  if (exclusive) setExclusive(model, frame, level === 'pte' ? nr : 1);
  checkExclusive(model, folio, frame, nr);
}

/** Something maps the page, or the whole folio, at that level already. */
const isMapped = ({ state }: Model, folio: number, frame: number, level: MappingLevel): boolean =>
  level === 'pte'
    ? state.get(Frame.mapcount, frame) > 0
    : state.get(Frame.entireMapcount, folio) > 0;

function setExclusive(model: Model, frame: number, pages: number): void {
  for (let i = 0; i < pages; i++) setAnonExclusive(model, frame + i);
}

/** __page_check_anon_rmap(): whoever walks from the folio must find this mapping. */
function checkAnon(model: Model, folio: number, frame: number, vma: number, vpn: number): void {
  const { state } = model;
  const of = state.ref(Frame.ownerId, folio);
  const own = state.ref(Vma.anonVma, vma);
  if (of < 0 || own < 0 || state.get(AnonVma.root, of) !== state.get(AnonVma.root, own)) {
    model.vmBug('foreign-anon-vma');
  }
  const index = state.get(Frame.index, folio) + (frame - folio);
  if (index !== pageIndex(model, vma, vpn)) model.vmBug('wrong-anon-index');
}

/** An exclusive page must not be mapped more than once. */
function checkExclusive(model: Model, folio: number, frame: number, nr: number): void {
  const { state } = model;
  const entire = state.get(Frame.entireMapcount, folio);
  for (let i = 0; i < nr; i++) {
    if (!isAnonExclusive(model, frame + i)) continue;
    if (state.get(Frame.mapcount, frame + i) <= 1 && entire <= 1) continue;
    if (model.has('rmap-by-level')) model.vmWarn('exclusive-mapped-twice');
    else model.vmBug('exclusive-mapped-twice');
  }
}
