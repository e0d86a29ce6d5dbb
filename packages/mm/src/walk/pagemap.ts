import { holdsSwapValue, swapValue } from '@pagewright/core';
import { folioOf, isAnon } from '../frames/folio.js';
import type { Entry, EntrySpace } from '../machine/entries.js';
import type { Model } from '../model.js';
import { vmNormalPage } from '../normal-page.js';
import { Vma } from '../state/columns.js';
import { contains, hasVmFlag, vmaAt } from '../vma/vma.js';
import { absentPage } from './absent-page.js';
import { isMappedExclusively } from './mapped-exclusively.js';
import { entriesOf, type WalkedEntry } from './walk-entries.js';

/** Bits of an entry of /proc/pid/pagemap (Documentation/admin-guide/mm/pagemap.rst; SPEC 12.2). */
export const PAGEMAP = {
  softDirty: 1n << 55n,
  exclusive: 1n << 56n,
  uffdWp: 1n << 57n,
  guard: 1n << 58n,
  file: 1n << 61n,
  swap: 1n << 62n,
  present: 1n << 63n,
} as const;

/** Bits of the type below the offset of a swapped page (MAX_SWAPFILES_SHIFT). */
const TYPE_BITS = 5n;

/**
 * /proc/pid/pagemap of a range, a word a page. Frames and swap offsets show to a privileged reader
 * alone (pagemap_read(), fs/proc/task_mmu.c; SPEC 12.2, SPEC-7.2 12.7).
 */
export function pagemap(
  model: Model,
  mm: number,
  start: number,
  pages: number,
  privileged = true,
): bigint[] {
  const words: bigint[] = new Array(pages).fill(0n);
  for (let vpn = start; vpn < start + pages; ) {
    const vma = vmaAt(model, mm, vpn);
    if (vma < 0) {
      vpn++;
      continue;
    }
    const end = Math.min(start + pages, model.state.get(Vma.end, vma));
    const softDirty = hasVmFlag(model, vma, 'VM_SOFTDIRTY') ? PAGEMAP.softDirty : 0n;
    words.fill(softDirty, vpn - start, end - start);
    if (!hasVmFlag(model, vma, 'VM_PFNMAP')) {
      for (const walked of entriesOf(model, vma, vpn, end)) {
        if (walked.entry !== 0) fill(model, vma, walked, softDirty, privileged, words, start);
      }
    }
    vpn = end;
  }
  return words;
}

function fill(
  model: Model,
  vma: number,
  walked: WalkedEntry,
  softDirty: bigint,
  privileged: boolean,
  words: bigint[],
  start: number,
): void {
  const space = model.machine.space(walked.level);
  const present = space.is.present(walked.entry);
  for (let i = 0; i < walked.pages; i++) {
    const at = walked.vpn + i;
    if (!contains(model, vma, at)) return;
    const word = present
      ? presentWord(model, vma, space, walked, at, privileged)
      : absentWord(model, space, walked.entry, i, privileged);
    words[at - start] = word | softDirty;
  }
}

function presentWord(
  model: Model,
  vma: number,
  space: EntrySpace,
  { vpn, entry }: WalkedEntry,
  at: number,
  privileged: boolean,
): bigint {
  const { is } = space;
  const huge = space.level !== 'pte';
  const leafPages = huge ? leafPagesOf(model, space) : 1;
  const pfn = space.pfn(entry) + (at % leafPages);
  let word = PAGEMAP.present;
  if (privileged) word |= BigInt(pfn);
  if (is.soft_dirty(entry)) word |= PAGEMAP.softDirty;
  if (is.uffd_wp(entry)) word |= PAGEMAP.uffdWp;
  // A PMD's page is taken for one, whatever it is.
  const frame = huge
    ? model.machine.memory.frame(pfn)
    : vmNormalPage(model, 'pte', vma, vpn, entry);
  if (frame < 0) return word;
  const tellsFiles = !huge || model.has('pagemap-pmd-of-file');
  if (tellsFiles && !isAnon(model, folioOf(model, frame))) word |= PAGEMAP.file;
  // From 6.17 on the first page of the range answers for all of them.
  const asked = huge && model.has('pagemap-first-page-decides') ? frame - (at - vpn) : frame;
  if (isMappedExclusively(model, asked)) word |= PAGEMAP.exclusive;
  return word;
}

const leafPagesOf = ({ machine }: Model, { level }: EntrySpace): number =>
  machine.levels.find((each) => each.level === level)?.pages ?? 1;

function absentWord(
  model: Model,
  space: EntrySpace,
  entry: Entry,
  page: number,
  privileged: boolean,
): bigint {
  const { is, form, level } = space;
  let word = PAGEMAP.swap;
  if (is.swp_soft_dirty(entry)) word |= PAGEMAP.softDirty;
  if (is.swp_uffd_wp(entry)) word |= PAGEMAP.uffdWp;
  const { what, frame } = absentPage(model, space, entry);
  const tellsFiles = level === 'pte' || model.has('pagemap-pmd-of-file');
  const { markers, pfn } = space.absent(entry);
  if (privileged && holdsSwapValue(form, level)) {
    const value = swapValue(form, level, space.word(entry));
    const offset = (pfn ?? value.offset) + BigInt(page);
    word |= BigInt(value.type) | (offset << TYPE_BITS);
  }
  if (what === 'marker') {
    if (markers?.includes('PTE_MARKER_UFFD_WP') === true) word |= PAGEMAP.uffdWp;
    if (markers?.includes('PTE_MARKER_GUARD') === true && model.has('guard-markers')) {
      word |= PAGEMAP.guard;
    }
  }
  if (frame < 0) return word;
  if (tellsFiles && !isAnon(model, folioOf(model, frame))) word |= PAGEMAP.file;
  const moving = what.startsWith('migration');
  return !moving && isMappedExclusively(model, frame) ? word | PAGEMAP.exclusive : word;
}
