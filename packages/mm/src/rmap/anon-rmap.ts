import type { MappingLevel } from '@pagewright/core';
import { folioOf, folioPages, isAnon, isLarge, setFlag } from '../frames/folio.js';
import { OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { AnonVma, Frame, Vma } from '../state/columns.js';
import { pageIndex } from '../vma/vma.js';
import { countMappings } from './mapcount.js';
import { checkRmap } from './sanity.js';
import { countMapped } from './statistics.js';

/** __folio_set_anon(): whose memory it is from now on, and at which index. */
function setAnon(model: Model, folio: number, vma: number, vpn: number, exclusive: boolean): void {
  const { state } = model;
  const own = state.ref(Vma.anonVma, vma);
  if (own < 0) model.bug('no-anon-vma');
  state.set(Frame.owner, folio, OWNER.anon);
  state.setRef(Frame.ownerId, folio, exclusive ? own : state.ref(AnonVma.root, own));
  state.set(Frame.index, folio, pageIndex(model, vma, vpn));
}

/**
 * folio_add_new_anon_rmap(): the first mapping of a folio just allocated, by PTEs, or by a PMD when
 * the folio fills one (SPEC 9.3). `vpn` is the address of its first page.
 */
export function addNewAnonRmap(
  model: Model,
  folio: number,
  vma: number,
  vpn: number,
  exclusive = true,
): void {
  const pages = folioPages(model, folio);
  checkRmap(model, folio, pages, vma, 'pte');
  setFlag(model, folio, PAGE_FLAG.swapbacked, true);
  setAnon(model, folio, vma, vpn, exclusive);
  const byPmd = isLarge(model, folio) && pages === pagesOfPmd(model);
  countMapped(model, folio, countMappings(model, folio, pages, byPmd ? 'pmd' : 'pte'));
  if (exclusive) setExclusive(model, folio, byPmd ? 1 : pages);
}

/**
 * folio_add_anon_rmap_ptes() and _pmd(): more mappings of a folio that is anonymous already
 * (SPEC 9.3).
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
  checkRmap(model, frame, nr, vma, level);
  if (!isAnon(model, folio)) {
    model.vmWarn('anon-rmap-of-non-anon');
    setAnon(model, folio, vma, vpn, exclusive);
  }
  countMapped(model, folio, countMappings(model, frame, nr, level));
  if (exclusive) setExclusive(model, frame, level === 'pte' ? nr : 1);
}

function setExclusive(model: Model, frame: number, pages: number): void {
  for (let i = 0; i < pages; i++) setFlag(model, frame + i, PAGE_FLAG.anonExclusive, true);
}

/** HPAGE_PMD_NR; 0 where no PMD maps memory. */
function pagesOfPmd({ machine }: Model): number {
  return machine.levels.find(({ level }) => level === 'pmd')?.pages ?? 0;
}
