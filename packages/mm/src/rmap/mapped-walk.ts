import { folioPages } from '../frames/folio.js';
import type { Entry } from '../machine/entries.js';
import { NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { deepestSlot, entryIn, nextAddress, pagesOfLevel, type SlotAt } from '../tables/tables.js';
import { mmOf } from '../vma/vma.js';

/** What a visitor answers: go on, look at the same address again (it split a leaf), or stop. */
export const MAPPED = { next: 0, again: 1, stop: 2 } as const;

/** Visits one entry, at the address `vpn`. */
export type MappedVisit = (vpn: number, slot: SlotAt, entry: Entry, level: 'pte' | 'pmd') => number;

/**
 * page_vma_mapped_walk() for the pages of a folio that a VMA may show from `vpn` on, as rmapWalk()
 * calls back: see pfnVmaMappedWalk().
 */
export function pageVmaMappedWalk(
  model: Model,
  folio: number,
  vma: number,
  vpn: number,
  visit: MappedVisit,
  migration = false,
): void {
  const { memory } = model.machine;
  pfnVmaMappedWalk(model, memory.pfn(folio), folioPages(model, folio), vma, vpn, visit, migration);
}

/**
 * page_vma_mapped_walk(): visits each PTE or PMD of a VMA, from `vpn` on and for at most `pages`,
 * that maps one of `pages` frames: present entries, and those of devices; or migration entries
 * alone. Whether they are special does not matter (mm/page_vma_mapped.c; SPEC 9.12).
 */
export function pfnVmaMappedWalk(
  model: Model,
  pfn: number,
  pages: number,
  vma: number,
  vpn: number,
  visit: MappedVisit,
  migration = false,
): void {
  const mm = mmOf(model, vma);
  const end = Math.min(vpn + pages, model.state.get(Vma.end, vma));
  for (let at = vpn; at < end; ) {
    const slot = deepestSlot(model, mm, at);
    if (slot < 0) return;
    const number = model.reached;
    const next = nextAddress(model, at, number);
    const entry = entryIn(model, slot) ?? NONE;
    if (entry !== NONE && number <= 1) {
      const level = number === 0 ? 'pte' : 'pmd';
      if (level === 'pmd' && isTakenForTable(model, entry)) model.note('devmap-pmd-as-table');
      else if (maps(model, level, entry, pfn, pages, migration)) {
        const answer = visit(at, slot, entry, level);
        if (answer === MAPPED.stop) return;
        if (answer === MAPPED.again) continue;
      }
    }
    at = next;
  }
}

/** Until DAX used the walk it knew no devmap PMD, and took one for a table (SPEC 24.5). */
const isTakenForTable = (model: Model, entry: Entry): boolean =>
  !model.has('dax-writeback-mkclean') && model.pmd.is.present(entry) && model.pmd.is.devmap(entry);

/** check_pte(), check_pmd(): the entry maps one of the frames, in the way that is asked for. */
function maps(
  model: Model,
  level: 'pte' | 'pmd',
  entry: Entry,
  pfn: number,
  pages: number,
  migration: boolean,
): boolean {
  const space = level === 'pte' ? model.pte : model.pmd;
  const at = space.is.present(entry)
    ? migration
      ? -1
      : space.pfn(entry)
    : absentPfn(model, level, entry, migration);
  if (at < 0) return false;
  const covered = level === 'pte' ? 1 : pagesOfLevel(model, level);
  return at < pfn + pages && at + covered > pfn;
}

/** pfn of a non-present entry of the wanted sort; -1 for any other. */
function absentPfn(model: Model, level: 'pte' | 'pmd', entry: Entry, migration: boolean): number {
  const { what, pfn } = (level === 'pte' ? model.pte : model.pmd).absent(entry);
  if (pfn === undefined) return -1;
  const isExclusive = what.startsWith('device-exclusive');
  const wanted = migration
    ? // Device-exclusive entries have the shape of migration entries until they keep their rmap.
      what.startsWith('migration') ||
      (isExclusive && level === 'pte' && !model.has('one-device-exclusive-type'))
    : isExclusive || (what.startsWith('device-private') && hasDevicePrivate(model, level));
  return wanted ? Number(pfn) : -1;
}

const hasDevicePrivate = (model: Model, level: 'pte' | 'pmd'): boolean =>
  level === 'pte' || model.has('device-private-pmd');

/** Number of the frame that an entry of a folio maps, present or not. */
export function frameMapped(model: Model, entry: Entry, level: 'pte' | 'pmd' = 'pte'): number {
  const space = level === 'pte' ? model.pte : model.pmd;
  const pfn = space.is.present(entry) ? space.pfn(entry) : Number(space.absent(entry).pfn ?? -1n);
  return model.machine.memory.frame(pfn);
}
