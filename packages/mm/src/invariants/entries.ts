import { folioOf, isAnon, isAnonExclusive } from '../frames/folio.js';
import { MM_FLAG, OWNER, PAGE_FLAG, PAGE_TYPE } from '../frames/page-flags.js';
import { isPersistent } from '../huge/huge-zero.js';
import type { Model } from '../model.js';
import { normalPageUnseen } from '../normal-page.js';
import { Avc, Frame, Mm, Vma } from '../state/columns.js';
import { vmaIsDax } from '../vma/special-huge.js';
import { hasVmFlag, opsOf, pageIndex, vmaIsAnonymous } from '../vma/vma.js';
import { type Census, FRAME_COUNT, MM_COUNT, type SeenEntry } from './census.js';
import { checkHole } from './dax.js';
import { SAYS } from './entry-facts.js';
import { isBeingShared } from './in-flight.js';

/** What an entry of a normal page says nothing of but `present`, where PTEs have a special mark. */
const UNUSUAL =
  SAYS.present | SAYS.special | SAYS.zero | SAYS.hugeZero | SAYS.beyond | SAYS.confused;

/** Counts an entry, and asks the invariants that speak of single entries. */
export function seeEntry(census: Census, seen: SeenEntry): void {
  const { says, mm, vma, frame } = seen;
  if (vma < 0 || seen.vpn < seen.vmaStart) {
    census.wrong('I13', 'an entry lies in no VMA', where(seen));
    return;
  }
  // What nearly every entry is: nothing but seeNormal() has a question to ask of it.
  if (seen.plainMemory && seen.number === 0 && (says & UNUSUAL) === SAYS.present && frame >= 0) {
    seeNormal(census, seen, frame);
    return;
  }
  if (seen.number === 1 && vmaIsAnonymous(census.model, vma)) {
    (census.pmdLeavesOfTable[seen.table] as number)++;
    census.anyPmdLeaf = true;
  }
  if ((says & SAYS.present) !== 0) {
    seePresent(census, seen);
    return;
  }
  if ((says & SAYS.swap) !== 0) census.count(mm, MM_COUNT.swap, 1);
  else if ((says & SAYS.guard) !== 0) checkGuard(census, seen);
  else if (frame >= 0) seePagesOfAbsent(census, seen);
}

/** Where an entry was seen. */
const where = ({ mm, vma, vpn, entry, frame }: SeenEntry) => ({ mm, vma, vpn, entry, frame });

/** I37: who may hold guard markers says so. */
function checkGuard(census: Census, seen: SeenEntry): void {
  const { model } = census;
  if (!model.has('fork-by-destination-flags') || hasVmFlag(model, seen.vma, 'VM_MAYBE_GUARD'))
    return;
  census.wrong('I37', 'a guard marker in a VMA without VM_MAYBE_GUARD', where(seen));
}

/** Migration and device entries: pages that the counters have, and device entries as mappings. */
function seePagesOfAbsent(census: Census, seen: SeenEntry): void {
  const { model } = census;
  const { says, mm, frame, number } = seen;
  const folio = folioOf(model, frame);
  const pages = (model.machine.levels[number] as Model['machine']['levels'][number]).pages;
  const anon = isAnon(model, folio);
  if ((says & SAYS.migration) !== 0) {
    census.countFrame(frame, FRAME_COUNT.moving, 1);
    census.countPages(mm, folio, pages, anon);
    return;
  }
  if ((says & (SAYS.devicePrivate | SAYS.deviceExclusive)) === 0) return;
  census.countPages(mm, folio, pages, anon);
  const mapped = (says & SAYS.devicePrivate) !== 0 || model.has('one-device-exclusive-type');
  if (!mapped) census.countFrame(folio, FRAME_COUNT.entryRefs, 1);
  else if (number === 0) census.mapByPte(frame, folio);
  else census.mapWhole(folio);
}

function seePresent(census: Census, seen: SeenEntry): void {
  const { says, level, frame } = seen;
  const hasSpecial = census.hasSpecial[seen.number] as boolean;
  if ((says & SAYS.confused) !== 0) {
    census.wrong('I38', 'a present entry decodes as a swap entry', where(seen));
  }
  if (seen.hasFile) checkHole(census, seen);
  if ((says & (SAYS.zero | SAYS.hugeZero)) !== 0) {
    checkZero(census, seen, hasSpecial);
    return;
  }
  if ((says & SAYS.special) !== 0) checkSpecial(census, seen);
  else if (hasSpecial && (frame < 0 || (says & SAYS.beyond) !== 0)) {
    census.wrong('I8', 'an entry without special mark has no page', where(seen));
    return;
  }
  // Without the mark where there is one: a normal page.
  const plain = level === 'pte' && hasSpecial && (says & SAYS.special) === 0;
  const normal = plain ? frame : normalPageOf(census, seen);
  if (seen.cowPfnmap) checkCowPfnmap(census, seen, normal);
  if (normal >= 0) seeNormal(census, seen, normal);
  else if (level !== 'pte' && frame >= 0) seeSpecialLeaf(census, seen, frame);
}

/** What vm_normal_page() says; of a PUD, as long as there is no such question, how it came to be. */
function normalPageOf(
  { model }: Census,
  { level, vma, vpn, entry, says, frame }: SeenEntry,
): number {
  if (level !== 'pud' || model.has('normal-page-pud')) {
    return normalPageUnseen(model, level, vma, vpn, entry);
  }
  const raw = (says & (SAYS.special | SAYS.devmap)) !== 0 || !vmaIsDax(model, vma);
  return raw || !model.has('insert-folio-pud') ? -1 : frame;
}

/** I42: a folio was counted for a leaf that nobody takes for a mapping of it. */
function seeSpecialLeaf(census: Census, seen: SeenEntry, frame: number): void {
  const { model } = census;
  const folio = folioOf(model, frame);
  if (leavesBothWays(model) && model.state.get(Frame.entireMapcount, folio) > 0) {
    census.wrong('I42', 'a special huge leaf is counted', where(seen));
    seeNormal(census, seen, frame);
  } else census.countFrame(folio, FRAME_COUNT.rawLeaves, 1);
}

/** Leaves of folios were special, and counted, from the first of them to the end of v6 of the series. */
const leavesBothWays = (model: Model): boolean =>
  (model.has('insert-folio-pmd') || model.has('insert-folio-pud')) &&
  !model.has('dax-leaf-not-special');

/** The shared zeropages and the huge zero folio: not counted, not written, marked, and allowed. */
function checkZero(census: Census, seen: SeenEntry, hasSpecial: boolean): void {
  const { model } = census;
  const { says, level, mm } = seen;
  if ((says & SAYS.write) !== 0) census.wrong('I5', 'a zeropage is mapped writable', where(seen));
  const marked = level === 'pte' || model.has('huge-zero-pmd-special');
  if (hasSpecial && marked && (says & SAYS.special) === 0) {
    census.wrong('I6', 'a zeropage is mapped without special mark', where(seen));
  }
  const flags = model.state.get(Mm.flags, mm);
  if ((flags & MM_FLAG.forbidsZeropage) !== 0 && !hasVmFlag(model, seen.vma, 'VM_PFNMAP')) {
    census.wrong('I35', 'a zeropage is mapped where none may be', where(seen));
  }
  const counted = (flags & MM_FLAG.hugeZeroFolio) !== 0 || isPersistent(model);
  if ((says & SAYS.hugeZero) !== 0 && !counted) {
    census.wrong('I29', 'the huge zero folio is mapped by who has no reference', where(seen));
  }
}

/** I7: who may hold raw entries. */
function checkSpecial(census: Census, seen: SeenEntry): void {
  const { model } = census;
  const { says, vma } = seen;
  if (hasVmFlag(model, vma, 'VM_PFNMAP') || hasVmFlag(model, vma, 'VM_MIXEDMAP')) return;
  if (opsOf(model, vma)?.findNormalPage !== undefined) return;
  if ((says & SAYS.devmap) !== 0 && !model.has('pxx-devmap-removed')) return;
  census.wrong('I7', 'a special entry in a VMA that has none', where(seen));
}

/** I16, I17: raw frames in line, and private copies nobody takes for raw frames. */
function checkCowPfnmap(census: Census, seen: SeenEntry, normal: number): void {
  const { model } = census;
  const { level, says, vma, vpn, frame } = seen;
  if (census.hasSpecial[seen.number] === true) {
    const copy = frame >= 0 && isAnon(model, folioOf(model, frame));
    if ((says & SAYS.special) === 0 && !copy) {
      census.wrong('I17', 'a page that is no private copy counts as one', where(seen));
    }
    return;
  }
  const own = frame >= 0 && isOwnAnon(census, vma, folioOf(model, frame));
  if (own && normal < 0) census.wrong('I17', 'a private copy counts as a raw frame', where(seen));
  if (!own && normal >= 0) {
    const linear = model.machine.space(level).pfn(seen.entry) === pageIndex(model, vma, vpn);
    if (!linear) census.wrong('I16', 'a raw frame is not in line with the others', where(seen));
    else census.wrong('I17', 'a page that is no private copy counts as one', where(seen));
  }
}

/** A normal page: counted, and what it says of itself fits. */
function seeNormal(census: Census, seen: SeenEntry, frame: number): void {
  const { mm, number, vma } = seen;
  const folio = census.folioOf(frame);
  const owner = census.frames.owner[folio] as number;
  const anon = owner === OWNER.anon || owner === OWNER.ksm;
  const type = census.frames.type[folio] as number;
  const hugetlb = type === PAGE_TYPE.hugetlb;
  if (number === 0) {
    census.mapByPte(frame, folio);
    census.countPages(mm, folio, 1, anon);
  } else {
    const { levels } = census.model.machine;
    census.mapWhole(folio);
    // Huge pages of hugetlb are in no counter of the address space.
    if (!hugetlb) {
      census.countPages(mm, folio, (levels[number] as (typeof levels)[number]).pages, anon);
    }
  }
  if ((type !== 0 && !hugetlb) || (census.frames.refcount[folio] as number) <= 0) {
    census.wrong('I22', 'a page is mapped that is free or of a type', where(seen));
    return;
  }
  if (!anon) return;
  const exclusive = ((census.frames.flags[frame] as number) & PAGE_FLAG.anonExclusive) !== 0;
  const asked = (seen.says & SAYS.write) !== 0 && census.marksExclusive;
  const wrong = asked && !exclusive && !isAnonExclusive(census.model, frame);
  if (wrong && !isBeingShared(census.model, seen.mm, seen.vpn)) {
    census.wrong('I9', 'an anonymous page is writable and not exclusive', where(seen));
  }
  if (owner === OWNER.ksm) return;
  const index = (census.frames.index[folio] as number) + (frame - folio);
  if (index !== seen.vpn + seen.vmaShift) {
    census.wrong('I18', 'an anonymous page has another index', { ...where(seen), index });
  }
  const anonVma = census.frames.ownerId[folio] as number;
  if (anonVma === seen.anonVma) return;
  if (isLinked(census, vma, anonVma)) seen.anonVma = anonVma;
  else census.wrong('I18', 'the rmap of an anonymous page does not find this VMA', where(seen));
}

/** The folio is a private copy of the VMA's. */
const isOwnAnon = (census: Census, vma: number, folio: number): boolean =>
  isAnon(census.model, folio) &&
  isLinked(census, vma, census.model.state.get(Frame.ownerId, folio));

/** The anon_vma, as a stored reference, is linked to the VMA: rmap finds the VMA. */
function isLinked({ model }: Census, vma: number, anonVma: number): boolean {
  const { state } = model;
  for (let avc = state.ref(Vma.firstAvc, vma); avc >= 0; avc = state.ref(Avc.next, avc)) {
    if (state.get(Avc.anonVma, avc) === anonVma) return true;
  }
  return false;
}
