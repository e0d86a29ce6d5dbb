import type { MappingLevel } from '@pagewright/core';
import { fileKindOf } from '../files/file-kinds.js';
import { folioOf, isLarge, setFlag } from '../frames/folio.js';
import { OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Frame, Mm } from '../state/columns.js';
import { deepestSlot, entryIn, nextAddress, type SlotAt } from '../tables/tables.js';
import { gupFastFolioAllowed } from './fast-folio-allowed.js';
import { FOLL } from './flags.js';
import { isLiveDevice } from './follow-checks.js';
import { checkArguments, getUserPages, markPinned } from './get-user-pages.js';
import { gupPutFolio } from './grab.js';
import { tryGrabFolioFast } from './grab-fast.js';
import { gupMustUnshare } from './must-unshare.js';
import { keepReference } from './reference.js';

/**
 * get_user_pages_fast(), pin_user_pages_fast(): reads the page tables without a lock and without
 * looking at a VMA; what that cannot decide is left to the slow path, which FOLL_FAST_ONLY spares.
 * Pages had, or an error (mm/gup.c; SPEC 5.7).
 */
export function getUserPagesFast(
  model: Model,
  mm: number,
  start: number,
  pages: number,
  flags: number,
): number {
  const invalid = checkArguments(model, flags);
  if (invalid !== 0) return invalid;
  if ((flags & FOLL.PIN) !== 0) markPinned(model, mm);
  const done = lockless(model, mm, start, pages, flags);
  if (done === pages || (flags & FOLL.FAST_ONLY) !== 0) return done;
  const rest = getUserPages(model, mm, start + done, pages - done, flags | FOLL.TOUCH);
  if (rest < 0) return done > 0 ? done : rest;
  return done + rest;
}

/** gup_fast(): pages from the range's start on; a pin waits for no fork that is under way. */
function lockless(model: Model, mm: number, start: number, pages: number, flags: number): number {
  if (!model.machine.form.definition.supports.gupFast) return 0;
  if ((flags & FOLL.PIN) !== 0 && isForkUnderWay(model, mm)) return 0;
  let done = 0;
  while (done < pages) {
    const more = takeLeaf(model, mm, start + done, pages - done, flags);
    if (more === 0) break;
    done += more;
  }
  return done;
}

/** A fork write-protects entries: write_protect_seq is odd. */
export const isForkUnderWay = ({ state }: Model, mm: number): boolean =>
  state.get(Mm.writeProtectSeq, mm) % 2 !== 0;

/** gup_fast_pte_range() for one entry, gup_fast_pmd_leaf(), gup_fast_pud_leaf(): pages had, 0 to stop. */
function takeLeaf(model: Model, mm: number, vpn: number, wanted: number, flags: number): number {
  const slot = leafToTake(model, mm, vpn, flags);
  if (slot < 0) return 0;
  const entry = entryIn(model, slot) as Entry;
  const number = model.reached;
  const left = nextAddress(model, vpn, number) - vpn;
  const pages = Math.min(wanted, left);
  const frame = frameOfLeaf(model, entry, number, vpn);
  if (isDevmapLeaf(model, entry, number)) return takeDevice(model, mm, vpn, frame, pages, flags);
  if (!grabLeaf(model, frame, pages, flags)) return 0;
  if (!mayKeep(model, entry, number, frame, pages, flags)) return 0;
  keepReference(model, mm, vpn, frame, pages, flags);
  return pages;
}

/**
 * The slot of a leaf that the fast path may take a reference through, by what its entry says; -1
 * for none. Its level's number is left in `model.reached`.
 */
export function leafToTake(model: Model, mm: number, vpn: number, flags: number): SlotAt {
  const slot = deepestSlot(model, mm, vpn);
  const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
  if (entry === NONE) return -1;
  const number = model.reached;
  if (number === 0 && !model.config.ARCH_HAS_PTE_SPECIAL) return -1;
  const level = levelOf(model, number);
  if (!isPermitted(model, level, entry, flags)) return -1;
  const special =
    !isDevmapLeaf(model, entry, number) && model.machine.space(level).is.special(entry);
  return special ? -1 : slot;
}

/** The frame that a leaf maps at an address; negative where there is no struct page. */
export function frameOfLeaf(model: Model, entry: Entry, number: number, vpn: number): number {
  const { machine } = model;
  const first = machine.memory.frame(machine.space(levelOf(model, number)).pfn(entry));
  const { pages } = machine.levels[number] as Level;
  return first < 0 ? first : first + pages - (nextAddress(model, vpn, number) - vpn);
}

/** Takes the references of pages that a leaf was seen to map. False: try the slow path. */
export function grabLeaf(model: Model, frame: number, pages: number, flags: number): boolean {
  // No reference can be taken where there is no struct page.
  if (frame < 0) model.bug('wild-page');
  return tryGrabFolioFast(model, folioOf(model, frame), pages, flags);
}

/** Whether references that were taken through an unchanged leaf may stay; they are given back if not. */
export function mayKeep(
  model: Model,
  entry: Entry,
  number: number,
  frame: number,
  pages: number,
  flags: number,
): boolean {
  const folio = folioOf(model, frame);
  const { is } = model.machine.space(levelOf(model, number));
  const asked = number === 0 ? frame : folio;
  const refused =
    isSecretPage(model, number, folio) ||
    !gupFastFolioAllowed(model, folio, flags) ||
    (!is.write(entry) && gupMustUnshare(model, -1, flags, asked));
  if (refused) gupPutFolio(model, folio, pages, flags);
  else setFlag(model, folio, PAGE_FLAG.referenced, true);
  return !refused;
}

type Level = Model['machine']['levels'][number];
const levelOf = ({ machine }: Model, number: number): MappingLevel =>
  (machine.levels[number] as Level).level as MappingLevel;

/** Pages of devices are taken one by one as long as entries have a mark for them. */
export const isDevmapLeaf = (model: Model, entry: Entry, number: number): boolean =>
  !model.has('pxx-devmap-removed') && model.machine.space(levelOf(model, number)).is.devmap(entry);

/** pte_access_permitted() and its like, and no NUMA hint. */
function isPermitted(model: Model, level: MappingLevel, entry: Entry, flags: number): boolean {
  const { is } = model.machine.space(level);
  if (!is.present(entry) || is.protnone(entry)) return false;
  return (flags & FOLL.WRITE) === 0 || is.write(entry);
}

/** Up to 6.9 PTEs alone were checked for pages of memfd_secret(), by the page's mapping. */
function isSecretPage(model: Model, level: number, folio: number): boolean {
  const { state } = model;
  if (level !== 0 || !model.config.SECRETMEM || isLarge(model, folio)) return false;
  if (model.has('gup-fast-checks-secretmem-folio')) return false;
  if (state.get(Frame.owner, folio) !== OWNER.file) return false;
  const mapping = state.ref(Frame.ownerId, folio);
  return mapping >= 0 && fileKindOf(model, mapping)?.secretmem === true;
}

/** gup_fast_devmap_leaf(): each page of a device by itself, and never for long. */
function takeDevice(
  model: Model,
  mm: number,
  vpn: number,
  frame: number,
  pages: number,
  flags: number,
): number {
  if ((flags & FOLL.LONGTERM) !== 0) return 0;
  for (let i = 0; i < pages; i++) {
    const folio = folioOf(model, frame + i);
    if (!isLiveDevice(model, frame + i) || !tryGrabFolioFast(model, folio, 1, flags)) return i;
    setFlag(model, folio, PAGE_FLAG.referenced, true);
    keepReference(model, mm, vpn + i, frame + i, 1, flags);
  }
  return pages;
}
