import type { MappingLevel } from '@pagewright/core';
import { folioOf, isHugeZeroFolio, isZeroFrame, pgmapType } from '../frames/folio.js';
import { PGMAP_TYPE } from '../frames/page-flags.js';
import { type Entry, type EntrySpace, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage, WILD_PAGE } from '../normal-page.js';
import { deepestSlot, entryIn, type SlotAt } from '../tables/tables.js';
import { contains, mmOf } from '../vma/vma.js';

/** FW_* flags of folio_walk_start() (include/linux/pagewalk.h). */
export const FW = { MIGRATION: 1 << 0, ZEROPAGE: 1 << 1 } as const;

/** What a walk found (struct folio_walk); the caller's, written by `folioWalkStart`. */
export interface FolioWalk {
  level: MappingLevel;
  /** The entry, and where it lies. */
  slot: SlotAt;
  entry: Entry;
  /** Page that the address maps, as frame number; -1 where it is not to be exposed. */
  page: number;
}

/** A walk to be started. */
export const newFolioWalk = (): FolioWalk => ({ level: 'pte', slot: -1, entry: NONE, page: -1 });

/**
 * folio_walk_start(): the folio that an address of a VMA maps, by its first frame, with the rest in
 * `fw`. -1 for none; `WILD_PAGE` where the kernel takes a pfn without struct page for a page
 * (mm/pagewalk.c; SPEC 5.9, SPEC-7.2 5.10). Exists from v6.12 on.
 */
export function folioWalkStart(
  model: Model,
  fw: FolioWalk,
  vma: number,
  vpn: number,
  flags: number,
): number {
  if (!contains(model, vma, vpn)) {
    model.warn('addr-outside');
    return -1;
  }
  const slot = deepestSlot(model, mmOf(model, vma), vpn);
  const entry = slot < 0 ? NONE : (entryIn(model, slot) ?? NONE);
  if (entry === NONE) return -1;
  const reached = model.machine.levels[model.reached] as (typeof model.machine.levels)[number];
  const { level } = reached;
  if (level !== 'pte' && level !== 'pmd' && level !== 'pud') return -1;
  fw.level = level;
  fw.slot = slot;
  fw.entry = entry;
  fw.page = -1;
  const space = model.machine.space(level);
  if (!space.is.present(entry)) return migrating(model, space, entry, flags);
  const first = normalPage(model, space, vma, vpn, entry);
  if (first === -1) return zeroFolio(model, space, entry, flags);
  if (first === WILD_PAGE) {
    fw.page = WILD_PAGE;
    return WILD_PAGE;
  }
  fw.page = first + (vpn % reached.pages);
  return folioOf(model, first);
}

/** First page that a leaf maps, as far as it is a normal one; PUDs had a rule of their own at first. */
function normalPage(
  model: Model,
  space: EntrySpace,
  vma: number,
  vpn: number,
  entry: Entry,
): number {
  const { level } = space;
  if (level !== 'pud' || model.has('normal-page-pud')) {
    return vmNormalPage(model, level, vma, vpn, entry);
  }
  // Memory of a DAX device is left out by its devmap mark, then by its page map, then not at all.
  const byMark = !model.has('pxx-devmap-removed');
  if (space.is.special(entry) || (byMark && space.is.devmap(entry))) return -1;
  const frame = model.machine.memory.frame(space.pfn(entry));
  if (frame < 0) return WILD_PAGE;
  if (byMark || model.has('folio-walk-finds-devdax-pud')) return frame;
  return pgmapType(model, folioOf(model, frame)) === PGMAP_TYPE.generic ? -1 : frame;
}

/** FW_ZEROPAGE: zeropages are found, and not exposed. */
function zeroFolio(model: Model, space: EntrySpace, entry: Entry, flags: number): number {
  if ((flags & FW.ZEROPAGE) === 0 || space.level === 'pud') return -1;
  const frame = model.machine.memory.frame(space.pfn(entry));
  if (frame < 0) return -1;
  const folio = folioOf(model, frame);
  const isZero = space.level === 'pmd' ? isHugeZeroFolio(model, folio) : isZeroFrame(model, frame);
  return isZero ? folio : -1;
}

/** FW_MIGRATION: folios on the move are found, and not exposed. */
function migrating(model: Model, space: EntrySpace, entry: Entry, flags: number): number {
  if (model.has('folio-walk-without-migration') || (flags & FW.MIGRATION) === 0) return -1;
  const { what, pfn } = space.absent(entry);
  if (!what.startsWith('migration')) return -1;
  const frame = model.machine.memory.frame(Number(pfn));
  return frame < 0 ? WILD_PAGE : folioOf(model, frame);
}
