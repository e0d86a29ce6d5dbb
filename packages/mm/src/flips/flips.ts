import {
  type Bits,
  type EntryForm,
  entryKind,
  type Kernel,
  ok,
  type Result,
  type Revision,
} from '@pagewright/core';
import { type Entry, NONE } from '../machine/entries.js';
import { setEntry, slotAt } from '../tables/tables.js';
import { atExit, type ExitWord, type HitUse, hitsSomething } from './at-exit.js';
import { fieldAt, flippedWords } from './flipped-words.js';
import { foldKernels, type KernelGroup } from './fold-kernels.js';
import { became, type FlipClass, judge } from './judge.js';
import { type MemoryLayout, type Place, placeOf } from './layout.js';
import {
  FLIPPED,
  type FlipModel,
  type FlippedKind,
  flipMachine,
  mapEntries,
  VPN,
} from './machine.js';
import { type TableCheck, tableCheck } from './table-check.js';

/** One bit of an entry flipped, and what becomes of it. */
export interface FlippedBit {
  readonly bit: number;
  /** Field of the entry, as it was, that the bit belongs to; empty where none has it. */
  readonly field: string;
  readonly word: Bits;
  /** `present`, `empty`, or what the absent entry stands for. */
  readonly became: string;
  /** Frame that the flipped entry maps, where it maps one. */
  readonly pfn?: number;
  /** Where that frame lies. */
  readonly place?: Place;
  /** What a kernel with DEBUG_VM makes of it, and one without. */
  readonly debug: FlipClass;
  readonly production: FlipClass;
}

/** A flipped PTE, with what the exit of its process brings. */
export interface Flip extends FlippedBit {
  /** What is said at exit without DEBUG_VM, by what the frame or slot that is hit is used for. */
  readonly exit: Readonly<Record<HitUse, readonly ExitWord[]>>;
  readonly tableCheck: Readonly<Record<HitUse, TableCheck>>;
}

/** An entry and all its flips, from bit 0 on. */
export interface FlippedEntry<F extends FlippedBit = Flip> {
  readonly kind: FlippedKind;
  readonly word: Bits;
  /** Frame that it maps; none for the swap entry. */
  readonly pfn?: number;
  readonly flips: readonly F[];
}

/** Flips by kernels that make the same of them. */
export interface FlipsMatrix {
  readonly layout: MemoryLayout;
  readonly groups: readonly KernelGroup<readonly FlippedEntry[]>[];
}

/**
 * Every single-bit flip of a normal, a special, a zero and a swap entry of a form, and what each
 * kernel does with it: as vm_normal_page() and do_swap_page() of the model answer, and as the exit
 * of the process goes (SPEC 15.10, 15.75). Codes: those of `foldKernels`.
 */
export function flipsMatrix(
  revisions: readonly Revision[],
  formOf: (revision: Revision) => Result<EntryForm>,
  layout: MemoryLayout,
): Result<FlipsMatrix> {
  const groups = foldKernels(revisions, formOf, (form, kernel) => flipsOf(form, kernel, layout));
  return groups.ok ? ok({ layout, groups: groups.value }) : groups;
}

/** The flips of one kernel, built with DEBUG_VM and without. */
export function flipsOf(
  form: EntryForm,
  kernel: Kernel,
  layout: MemoryLayout,
): readonly FlippedEntry[] {
  const built = (DEBUG_VM: boolean): Kernel => ({
    ...kernel,
    config: { ...kernel.config, DEBUG_VM },
  });
  const production = built(false);
  // A first machine says where flips lead; the others have frames there.
  const blank = mapEntries(flipMachine(form, production, layout, []));
  const hit = FLIPPED.flatMap((kind) => framesHit(blank, kind));
  const silent = mapEntries(flipMachine(form, production, layout, hit));
  const debug = mapEntries(flipMachine(form, built(true), layout, hit));
  return FLIPPED.map((kind) => flipEntry({ silent, debug }, kind, layout));
}

/** The same entries in a kernel without and in one with DEBUG_VM. */
interface Built {
  readonly silent: FlipModel;
  readonly debug: FlipModel;
}

function framesHit(mapped: FlipModel, kind: FlippedKind): number[] {
  const { pte, machine } = mapped.model;
  return flippedWords(machine.form, pte.word(mapped.at[kind].entry))
    .map((word) => pte.of(word))
    .filter((entry) => pte.is.present(entry))
    .map((entry) => pte.pfn(entry));
}

function flipEntry(built: Built, kind: FlippedKind, layout: MemoryLayout): FlippedEntry {
  const { model, at } = built.silent;
  const { entry } = at[kind];
  const flips = flippedWords(model.machine.form, model.pte.word(entry)).map((word, bit) =>
    flip(built, kind, layout, word, bit),
  );
  const pfn = model.pte.is.present(entry) ? { pfn: model.pte.pfn(entry) } : {};
  return { kind, word: model.pte.word(entry), ...pfn, flips };
}

function flip(
  built: Built,
  kind: FlippedKind,
  layout: MemoryLayout,
  word: Bits,
  bit: number,
): Flip {
  const { model, at: all } = built.silent;
  const { pte, machine } = model;
  const at = all[kind];
  const { pageShift } = machine.form.definition;
  return whileFlipped(built.silent, kind, word, (entry) => {
    const pfn = pte.is.present(entry) ? pte.pfn(entry) : undefined;
    const unmapped = atExit(model, at, entry, 'unmapped');
    const mapped = hitsSomething(model, at, entry) ? atExit(model, at, entry, 'mapped') : unmapped;
    return {
      bit,
      field: fieldAt(machine.form, 'pte', pte.word(at.entry), bit),
      word,
      became: became(model, entry),
      ...(pfn === undefined ? {} : { pfn, place: placeOf(layout, pageShift, pfn) }),
      debug: whileFlipped(built.debug, kind, word, (flipped) =>
        judge(built.debug.model, built.debug.at[kind], flipped),
      ),
      production: judge(model, at, entry),
      exit: { unmapped: unmapped.says, mapped: mapped.says },
      tableCheck: {
        unmapped: tableCheck(model, at, entry, 'unmapped', unmapped.freesOwn),
        mapped: tableCheck(model, at, entry, 'mapped', mapped.freesOwn),
      },
    };
  });
}

/** Does something while another word stands in an entry's place. */
function whileFlipped<T>(
  { model, at: all }: FlipModel,
  kind: FlippedKind,
  word: Bits,
  look: (entry: Entry) => T,
): T {
  const at = all[kind];
  const slot = slotAt(model, at.mm, VPN, 'pte');
  const entry = entryKind(model.machine.form, 'pte', word) === 'none' ? NONE : model.pte.of(word);
  setEntry(model, slot, entry);
  const answer = look(entry);
  setEntry(model, slot, at.entry);
  return answer;
}
