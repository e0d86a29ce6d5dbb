import type { MappingLevel } from '@pagewright/core';
import { daxEntriesIn } from '../dax/entry.js';
import { folioOf, isAnon, isAnonExclusive, pageMapcount } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { Frame, Slot, Table, Vma } from '../state/columns.js';
import type { State } from '../state/state.js';
import { entryAt } from '../tables/tables.js';
import { isCow, vmasOf } from '../vma/vma.js';
import type { Violation } from './violation.js';

/** An operation that some invariants speak of, as far as they ask about it. */
export type Step =
  | { readonly kind: 'fork'; readonly parent: number; readonly child: number }
  | { readonly kind: 'mprotect' }
  /** A huge leaf of a file was split, at a page of its range. */
  | { readonly kind: 'split-file-huge'; readonly mm: number; readonly vpn: number }
  /** A layout was broken, by file and indices. */
  | {
      readonly kind: 'break-layout';
      readonly mapping: number;
      readonly start: number;
      readonly end: number;
    };

/** Asks the invariants of operations: I31 to I34 and I40. `before` is the state that it began in. */
export function checkStep(model: Model, before: State, step: Step): readonly Violation[] {
  switch (step.kind) {
    case 'fork':
      return [...changesOf(model, before), ...writableAfterFork(model, step.parent, step.child)];
    case 'mprotect':
      return changesOf(model, before);
    case 'split-file-huge': {
      const left = entryAt(model, step.mm, step.vpn, 'pmd');
      if (left === NONE) return [];
      const evidence = { mm: step.mm, vpn: step.vpn, entry: left };
      return [
        { id: 'I31', what: 'a huge leaf of a file is still there after its split', evidence },
      ];
    }
    case 'break-layout':
      return daxEntriesIn(model, step.mapping, step.start, step.end).map((slot) => ({
        id: 'I40',
        what: 'a DAX entry is left in a range whose layout was broken',
        evidence: { mapping: step.mapping, slot },
      }));
  }
}

/** I32 and I34, of all that the operation changed. */
function changesOf(model: Model, before: State): Violation[] {
  const found: Violation[] = [];
  model.state.forEachChange(before, (column, record, was, now) => {
    if (column === Frame.flags && becameExclusive(before, record, now)) {
      const what = 'a page became exclusive without being made so';
      found.push({ id: 'I32', what, evidence: { frame: record } });
    }
    if (column === Slot.entry && was > 0 && now > 0) {
      const table = Math.floor(record / model.machine.tableStride);
      const { level } = model.machine.levels[before.get(Table.level, table)] ?? {};
      if (keeps(model, level as MappingLevel, was as Entry, now as Entry)) return;
      const what = 'a change of permissions changed more';
      found.push({ id: 'I34', what, evidence: { slot: record, before: was, after: now } });
    }
  });
  return found;
}

/** I32: a page that was there before, and was not exclusive. */
function becameExclusive(before: State, frame: number, now: number): boolean {
  const bit = PAGE_FLAG.anonExclusive;
  if ((now & bit) === 0) return false;
  const head = before.ref(Frame.head, frame);
  const folio = head < 0 ? frame : head;
  if (before.get(Frame.refcount, folio) === 0) return false;
  // The bit of a folio that is mapped whole is its first page's, until a split hands it on.
  const marked = before.get(Frame.entireMapcount, folio) > 0 ? folio : frame;
  return (before.get(Frame.flags, marked) & bit) === 0;
}

/** I34: entries that were present and still are keep frame, special and soft-dirty. */
function keeps({ machine }: Model, level: MappingLevel, old: Entry, now: Entry): boolean {
  const { is, pfn } = machine.space(level);
  if (!is.present(old) || !is.present(now)) return true;
  return (
    pfn(old) === pfn(now) &&
    is.special(old) === is.special(now) &&
    is.soft_dirty(old) === is.soft_dirty(now)
  );
}

/** A private copy: by its mark, and in kernels without it by being mapped once. */
const isOwn = (model: Model, frame: number): boolean =>
  isAnon(model, folioOf(model, frame)) &&
  (model.has('anon-exclusive') ? isAnonExclusive(model, frame) : pageMapcount(model, frame) === 1);

/** I33: what parent and child share neither may write. */
function writableAfterFork(model: Model, parent: number, child: number): Violation[] {
  const { state, pte, machine } = model;
  const found: Violation[] = [];
  for (const vma of vmasOf(model, child)) {
    if (!isCow(model, vma)) continue;
    const end = state.get(Vma.end, vma);
    for (let vpn = state.get(Vma.start, vma); vpn < end; vpn++) {
      const entry = entryAt(model, child, vpn, 'pte');
      if (entry === NONE || !pte.is.present(entry)) continue;
      const frame = machine.memory.frame(pte.pfn(entry));
      const others = entryAt(model, parent, vpn, 'pte');
      const shared = pte.is.present(others) && pte.pfn(others) === pte.pfn(entry);
      const writable = pte.is.write(entry) || (shared && pte.is.write(others));
      const own = frame >= 0 && isOwn(model, frame);
      if (!writable || (!shared && own)) continue;
      const what = 'a page that fork shares is writable';
      found.push({ id: 'I33', what, evidence: { parent, child, vpn, entry, others } });
    }
  }
  return found;
}
