import {
  type Bits,
  type EntryForm,
  type EntryKind,
  entryKind,
  type Kernel,
  ok,
  type Result,
  type Revision,
  VM_PFNMAP,
} from '@pagewright/core';
import { allocFolio } from '../frames/allocate.js';
import { mmGetHugeZeroFolio, setHugeZeroFolio } from '../huge/huge-zero.js';
import { vmfInsertPfnPmd } from '../huge/insert-huge.js';
import { type Entry, NONE } from '../machine/entries.js';
import { Machine } from '../machine/machine.js';
import type { MemoryRange } from '../machine/memory-map.js';
import { ROOM } from '../machine/standard.js';
import { Model } from '../model.js';
import { entryAt, setEntry, slotMade } from '../tables/tables.js';
import { newMm, newVma } from '../vma/address-space.js';
import { pageProtOf } from '../vma/vma.js';
import { fieldAt, flippedWords } from './flipped-words.js';
import type { FlippedBit, FlippedEntry } from './flips.js';
import { foldKernels, type KernelGroup } from './fold-kernels.js';
import { type FlipClass, judgePresent } from './judge.js';
import { exampleFrames, type MemoryLayout, placeOf } from './layout.js';
import { FLIPPED, type FlippedKind, memoryWith, RIGHTS, SHARED_RIGHTS } from './machine.js';

/** Flips of PMDs by kernels that make the same of them. */
export type PmdFlips = readonly KernelGroup<readonly FlippedEntry<FlippedBit>[]>[];

/**
 * Every single-bit flip of PMDs that map: of an anonymous THP, of raw frames in a shared VM_PFNMAP
 * VMA, of the huge zero folio, and of a migration entry in the place of the swap entry, where the
 * form has them. What the lookups answer, no more (SPEC 15.10, PMD variant). Codes: those of
 * `foldKernels`.
 */
export function pmdFlipsMatrix(
  revisions: readonly Revision[],
  formOf: (revision: Revision) => Result<EntryForm>,
  layout: MemoryLayout,
): Result<PmdFlips> {
  const groups = foldKernels(revisions, formOf, (form, kernel) => pmdFlipsOf(form, kernel, layout));
  if (!groups.ok) return groups;
  return ok(groups.value.filter(({ answer }) => answer.length > 0));
}

/** The flips of one kernel; none where the form maps nothing by PMDs, or memory has no room for them. */
export function pmdFlipsOf(
  form: EntryForm,
  kernel: Kernel,
  layout: MemoryLayout,
): readonly FlippedEntry<FlippedBit>[] {
  if (!form.definition.supports.transparentHugepage || !hasRoom(form, layout)) return [];
  const built = (DEBUG_VM: boolean): Kernel => ({
    ...kernel,
    config: { ...kernel.config, DEBUG_VM },
  });
  const blank = mapPmds(pmdMachine(form, built(false), layout, []));
  const hit = blank.flatMap(({ model, entry }) =>
    flippedWords(form, model.pmd.word(entry))
      .filter((word) => entryKind(form, 'pmd', word) === 'leaf')
      .map((word) => model.pmd.pfn(model.pmd.of(word))),
  );
  const silent = mapPmds(pmdMachine(form, built(false), layout, hit));
  const debug = mapPmds(pmdMachine(form, built(true), layout, hit));
  return silent.map((mapped, i) => flipPmd(mapped, debug[i] as MappedPmd, layout));
}

/** A PMD of a kind, mapped in a model. */
interface MappedPmd {
  readonly kind: FlippedKind;
  readonly model: Model;
  readonly vma: number;
  readonly vpn: number;
  readonly entry: Entry;
}

const TABLES = 24;
/** Raw frames lie behind the THP, where no single bit leads from one to the other. */
const RAW_BEHIND = 3;

function hugePagesOf(form: EntryForm): number {
  const geometry = form.geometry('pmd');
  return geometry === undefined ? 1 : 2 ** (geometry.shift - form.definition.pageShift);
}

/** Where the frames of the PMDs begin: the huge zero folio lies two PMDs below the THP. */
function pmdFrames(form: EntryForm, layout: MemoryLayout) {
  const pages = hugePagesOf(form);
  const at = exampleFrames(layout, form.definition.pageShift);
  const folio = at.pages - (at.pages % pages);
  return { ...at, folio, hugeZero: folio - 2 * pages };
}

/** The THP and the huge zero folio lie in RAM, and clear of what else there is. */
function hasRoom(form: EntryForm, layout: MemoryLayout): boolean {
  const pages = hugePagesOf(form);
  const { folio, hugeZero, zero, tables } = pmdFrames(form, layout);
  const ends = [hugeZero, hugeZero + pages - 1, folio, folio + pages - 1];
  const isRam = (pfn: number): boolean =>
    placeOf(layout, form.definition.pageShift, pfn) === 'memory';
  const clear = [zero, tables].every((pfn) => pfn + TABLES <= hugeZero || pfn >= folio + pages);
  return ends.every(isRam) && clear;
}

function pmdMachine(
  form: EntryForm,
  kernel: Kernel,
  layout: MemoryLayout,
  hit: readonly number[],
): Machine {
  const { pageShift } = form.definition;
  const pages = hugePagesOf(form);
  const at = pmdFrames(form, layout);
  const own: MemoryRange[] = [
    { name: 'RAM', purpose: 'general', firstPfn: at.folio, frames: pages },
    { name: 'huge-zero', purpose: 'own', firstPfn: at.hugeZero, frames: pages },
    { name: 'zeropage', purpose: 'own', firstPfn: at.zero, frames: 1 },
    { name: 'tables', purpose: 'own', firstPfn: at.tables, frames: TABLES },
  ];
  const memory = memoryWith(own, hit, layout, pageShift);
  return new Machine({ form, kernel, memory, vmOps: [], capacities: { ...ROOM, table: TABLES } });
}

/** Maps a PMD of each kind that the form has. */
function mapPmds(machine: Machine): MappedPmd[] {
  const model = new Model(machine);
  const pages = hugePagesOf(machine.form);
  const vpn = 8 * pages;
  const folio = machine.memory.framesOf('RAM')[0] ?? 0;
  const pfn = machine.memory.pfn(folio);
  allocFolio(model, Math.log2(pages), folio);
  return FLIPPED.flatMap((kind): MappedPmd[] => {
    const isRaw = kind === 'special';
    const mm = newMm(model);
    const flags = isRaw ? SHARED_RIGHTS | VM_PFNMAP : RIGHTS;
    const vma = newVma(model, mm, { start: vpn, end: vpn + pages, flags });
    const slot = slotMade(model, mm, vpn, 'pmd');
    const { pmd } = model;
    if (kind === 'normal') {
      setEntry(model, slot, pmd.to.mkdirty(pmd.to.mkyoung(pmd.leaf(pfn, pageProtOf(model, vma)))));
    } else if (isRaw) {
      vmfInsertPfnPmd(model, vma, vpn, pfn + RAW_BEHIND * pages, false);
    } else if (kind === 'zero') {
      setHugeZeroFolio(model, vma, slot, mmGetHugeZeroFolio(model, mm));
    } else {
      const { thpMigration } = machine.form.definition.supports;
      const entry = thpMigration ? pmd.makeAbsent('migration-read', pfn) : undefined;
      if (entry === undefined) return [];
      setEntry(model, slot, entry);
    }
    return [{ kind, model, vma, vpn, entry: entryAt(model, mm, vpn, 'pmd') }];
  });
}

function flipPmd(
  silent: MappedPmd,
  debug: MappedPmd,
  layout: MemoryLayout,
): FlippedEntry<FlippedBit> {
  const { kind, model, entry } = silent;
  const { form } = model.machine;
  const word = model.pmd.word(entry);
  const flips = flippedWords(form, word).map((flipped, bit): FlippedBit => {
    const now = entryKind(form, 'pmd', flipped);
    const pfn = now === 'leaf' ? model.pmd.pfn(model.pmd.of(flipped)) : undefined;
    return {
      bit,
      field: fieldAt(form, 'pmd', word, bit),
      word: flipped,
      became: now === 'absent' ? model.pmd.absent(model.pmd.of(flipped)).what : BECAME[now],
      ...(pfn === undefined ? {} : { pfn, place: placeOf(layout, form.definition.pageShift, pfn) }),
      debug: judgePmd(debug, flipped, now),
      production: judgePmd(silent, flipped, now),
    };
  });
  const pfn = model.pmd.is.present(entry) ? { pfn: model.pmd.pfn(entry) } : {};
  return { kind, word, ...pfn, flips };
}

/** What a flipped PMD is called that is no absent entry. */
const BECAME: Readonly<Record<Exclude<EntryKind, 'absent'>, string>> = {
  leaf: 'present',
  none: 'empty',
  table: 'table',
  invalid: 'no pointer',
};

function judgePmd({ model, vma, vpn, entry }: MappedPmd, word: Bits, now: EntryKind): FlipClass {
  const { pmd } = model;
  const flipped = now === 'none' ? NONE : pmd.of(word);
  switch (now) {
    case 'none':
      return 'none';
    case 'table':
      return 'table';
    case 'invalid':
      return 'bad pmd';
    case 'leaf':
      return judgePresent(model, 'pmd', vma, vpn, entry, flipped);
    case 'absent': {
      const [before, after] = [entry, flipped].map((each) =>
        pmd.is.present(each) ? undefined : pmd.absent(each),
      );
      return before?.what === after?.what && before?.pfn === after?.pfn ? 'same' : 'other kind';
    }
  }
}
