import { folioMarkAccessed } from '../frames/accessed.js';
import { fileCounterOf, folioMapcount, folioOf, isAnon, setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { putRefs } from '../frames/put.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage, WILD_PAGE } from '../normal-page.js';
import { removeRmap } from '../rmap/remove.js';
import { Mm } from '../state/columns.js';
import { entryIn, freeDeposited, pagesOfLevel, type SlotAt, setEntry } from '../tables/tables.js';
import { vmaIsDax, vmaIsSpecialHuge } from '../vma/special-huge.js';
import { mmOf, vmaIsAnonymous } from '../vma/vma.js';
import { vmaHasRecency } from '../zap/zap-pte.js';
import { absentPmdKind, frameOfAbsentPmd, frameOfLeaf, mustBeHead } from './huge-entry.js';
import { isHugeZeroPmd } from './huge-zero.js';
import { leafStart } from './insert-leaf.js';
import { needsDeposit } from './page-table.js';

/**
 * zap_huge_pmd(): 1 when an entry went, 0 where there was none (mm/huge_memory.c; SPEC 10.6,
 * SPEC-7.2 10.10).
 */
export function zapHugePmd(model: Model, vma: number, vpn: number, slot: SlotAt): number {
  const old = entryIn(model, slot);
  if (old === undefined || old === NONE) return 0;
  setEntry(model, slot, NONE);
  if (model.has('zap-pmd-by-normal-page')) zapByNormalPage(model, vma, vpn, slot, old);
  else zapByVma(model, vma, slot, old);
  return 1;
}

/** Until 6.18 the VMA told which entries are counted. */
function zapByVma(model: Model, vma: number, slot: SlotAt, old: Entry): void {
  const mm = mmOf(model, vma);
  const arch = needsDeposit(model);
  if (isUncounted(model, vma, model.has('dax-pmd-zap-counted'))) {
    if (arch) freeDeposited(model, mm, slot);
    return;
  }
  if (isHugeZeroPmd(model, old)) {
    const keeps = model.has('huge-zero-zap-keeps-table') && vmaIsDax(model, vma);
    if (arch || !keeps) freeDeposited(model, mm, slot);
    return;
  }
  const present = model.pmd.is.present(old);
  const frame = present ? frameOfLeaf(model, model.pmd, old) : frameOfAbsentPmd(model, old);
  if (present && frame < 0) mustBeHead(model, frame);
  if (!present && absentPmdKind(model, old) === 'other') model.vmBug('not-migration');
  if (arch || isAnon(model, folioOf(model, frame))) freeDeposited(model, mm, slot);
  uncount(model, vma, frame, old, present);
}

/** What the entry maps tells it from 7.2 on. */
function zapByNormalPage(model: Model, vma: number, vpn: number, slot: SlotAt, old: Entry): void {
  const mm = mmOf(model, vma);
  const present = model.pmd.is.present(old);
  const frame = present ? normalPage(model, vma, vpn, old) : absentPage(model, old);
  const anon = frame >= 0 && isAnon(model, folioOf(model, frame));
  const zero = isHugeZeroPmd(model, old);
  if (needsDeposit(model) || (zero ? !vmaIsDax(model, vma) : anon)) freeDeposited(model, mm, slot);
  if (frame >= 0) uncount(model, vma, folioOf(model, frame), old, present);
}

function normalPage(model: Model, vma: number, vpn: number, old: Entry): number {
  const frame = vmNormalPage(model, 'pmd', vma, leafStart(model, 'pmd', vpn), old);
  if (frame === WILD_PAGE) model.bug('wild-page');
  return frame;
}

function absentPage(model: Model, old: Entry): number {
  if (absentPmdKind(model, old) !== 'other') return frameOfAbsentPmd(model, old);
  model.warn('unrecognized-pmd');
  return -1;
}

/** Takes back what the entry was counted as. A folio that migrates is not mapped meanwhile. */
function uncount(model: Model, vma: number, frame: number, old: Entry, present: boolean): void {
  const { pmd, state } = model;
  const folio = folioOf(model, frame);
  const pages = pagesOfLevel(model, 'pmd');
  const anon = isAnon(model, folio);
  const mapped = present || absentPmdKind(model, old) === 'device';
  if (mapped) removeRmap(model, frame, pages, vma, 'pmd');
  if (mapped && !model.has('zap-pmd-by-normal-page')) {
    if (folioMapcount(model, folio) < 0) model.warn('mapcount-negative');
    mustBeHead(model, frame);
  }
  state.add(anon ? Mm.anonPages : fileCounterOf(model, folio, Mm), mmOf(model, vma), -pages);
  if (present && !anon) {
    const dirties = model.has('zap-pmd-dirties-folio');
    if (dirties && pmd.is.dirty(old)) setFlag(model, folio, PAGE_FLAG.dirty, true);
    const marks = model.has('zap-pmd-marks-accessed') && vmaHasRecency(model, vma);
    if (marks && pmd.is.young(old)) folioMarkAccessed(model, folio);
  }
  if (mapped) putRefs(model, folio);
}

/** Entries of the VMA are cleared, and nothing else: those of DAX too, until they count. */
const isUncounted = (model: Model, vma: number, daxCounts: boolean): boolean =>
  vmaIsSpecialHuge(model, vma) && !(daxCounts && vmaIsDax(model, vma));

/** zap_huge_pud(): 1 when an entry went, 0 where there was none (SPEC 10.7). */
export function zapHugePud(model: Model, vma: number, slot: SlotAt): number {
  const { state, pud } = model;
  const old = entryIn(model, slot);
  if (old === undefined || !pud.is.present(old)) return 0;
  setEntry(model, slot, NONE);
  const daxCounts = model.has('dax-pud-zap-counted');
  if (isUncounted(model, vma, daxCounts)) return 1;
  if (!daxCounts) model.bug('not-special-huge');
  if (vmaIsAnonymous(model, vma)) model.vmWarn('anon-vma-or-nonpresent');
  const frame = frameOfLeaf(model, pud, old);
  if (frame < 0) model.bug('wild-page');
  const folio = folioOf(model, frame);
  const pages = pagesOfLevel(model, 'pud');
  removeRmap(model, frame, pages, vma, 'pud');
  state.add(fileCounterOf(model, folio, Mm), mmOf(model, vma), -pages);
  putRefs(model, folio);
  return 1;
}
