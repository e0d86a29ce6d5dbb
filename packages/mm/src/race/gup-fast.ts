import { folioOf } from '../frames/folio.js';
import { FOLL } from '../gup/flags.js';
import { checkArguments, markPinned } from '../gup/get-user-pages.js';
import { gupPutFolio } from '../gup/grab.js';
import {
  frameOfLeaf,
  grabLeaf,
  isDevmapLeaf,
  isForkUnderWay,
  leafToTake,
  mayKeep,
} from '../gup/gup-fast.js';
import { keepReference } from '../gup/reference.js';
import { type Entry, NONE } from '../machine/entries.js';
import type { Model } from '../model.js';
import { InFlight, Mm } from '../state/columns.js';
import { deepestSlot, entryIn } from '../tables/tables.js';
import { begin } from './begin.js';
import { IN_FLIGHT, IN_FLIGHT_MARK, SEQUENCE } from './kinds.js';
import { isMarked, mark, unmark } from './locks.js';
import type { Progress } from './progress.js';
import type { RaceKind, RaceStep } from './race-step.js';

/**
 * get_user_pages_fast() and pin_user_pages_fast() of one page, without the slow path: what
 * `getUserPagesFast` does at once, in steps (mm/gup.c; SPEC 5.7, 15.59). Interrupts are off from the
 * first to the last look at the entry. Leaves of devices, where entries have a mark for them, are left
 * to the slow path. The record, or -EINVAL.
 */
export function beginGupFast(
  model: Model,
  mm: number,
  vma: number,
  vpn: number,
  flags: number,
  sequence: number,
): number {
  const invalid = checkArguments(model, flags);
  if (invalid !== 0) return invalid;
  if ((flags & FOLL.PIN) !== 0) markPinned(model, mm);
  return begin(model, { kind: IN_FLIGHT.gupFast, mm, vma, vpn, flags, departure: sequence });
}

const flagsOf = ({ state }: Model, operation: number): number =>
  state.get(InFlight.flags, operation);
const readsSequence = (model: Model, operation: number, when: number): boolean =>
  (flagsOf(model, operation) & FOLL.PIN) !== 0 &&
  model.state.get(InFlight.departure, operation) === when;

function readSequence(model: Model, operation: number): Progress {
  const { state } = model;
  mark(model, operation, IN_FLIGHT_MARK.irqsOff);
  const mm = state.ref(InFlight.mm, operation);
  if (isForkUnderWay(model, mm)) return 'fork under way: gives up';
  state.set(InFlight.sequence, operation, state.get(Mm.writeProtectSeq, mm));
  return 'reads an even sequence';
}

/** G1: the entry is read, and whether it may be followed is decided by what it says. */
function readEntry(model: Model, operation: number): Progress {
  const { state } = model;
  mark(model, operation, IN_FLIGHT_MARK.irqsOff);
  if (readsSequence(model, operation, SEQUENCE.together)) {
    const read = readSequence(model, operation);
    if (read !== 'reads an even sequence') return read;
  }
  const mm = state.ref(InFlight.mm, operation);
  const vpn = state.get(InFlight.vpn, operation);
  const fast = model.machine.form.definition.supports.gupFast;
  const slot = fast ? leafToTake(model, mm, vpn, flagsOf(model, operation)) : -1;
  const entry = slot < 0 ? NONE : (entryIn(model, slot) as Entry);
  if (entry === NONE || isDevmapLeaf(model, entry, model.reached)) return 'finds nothing to take';
  state.set(InFlight.level, operation, model.reached);
  state.set(InFlight.entry, operation, entry);
  state.setRef(InFlight.frame, operation, frameOfLeaf(model, entry, model.reached, vpn));
  return 'reads the entry';
}

/** G2: references are taken of what the entry said, whatever has become of it. */
function takeReference(model: Model, operation: number): Progress {
  const frame = model.state.ref(InFlight.frame, operation);
  if (!grabLeaf(model, frame, 1, flagsOf(model, operation))) return 'gets no reference';
  mark(model, operation, IN_FLIGHT_MARK.referenced);
  return 'takes the reference';
}

/** G3: the reference stays only if the entry is what it was. */
function lookAgain(model: Model, operation: number): Progress {
  const { state } = model;
  const frame = state.ref(InFlight.frame, operation);
  const vpn = state.get(InFlight.vpn, operation);
  const flags = flagsOf(model, operation);
  const number = state.get(InFlight.level, operation);
  const entry = state.get(InFlight.entry, operation) as Entry;
  const slot = deepestSlot(model, state.ref(InFlight.mm, operation), vpn);
  const now = slot < 0 ? NONE : entryIn(model, slot);
  if (model.reached !== number || now !== entry) {
    giveBack(model, operation);
    return 'entry changed: gives it back';
  }
  if (!mayKeep(model, entry, number, frame, 1, flags)) {
    unmark(model, operation, IN_FLIGHT_MARK.referenced);
    return 'refused: gives it back';
  }
  unmark(model, operation, IN_FLIGHT_MARK.irqsOff);
  if (readsSequence(model, operation, SEQUENCE.apart)) {
    return 'entry as before: looks at the sequence next';
  }
  if (readsSequence(model, operation, SEQUENCE.together) && hasForked(model, operation)) {
    giveBack(model, operation);
    return 'fork meanwhile: gives it back';
  }
  keep(model, operation);
  return 'entry as before: keeps it';
}

/** The sequence is read again once interrupts are on. */
function readSequenceAgain(model: Model, operation: number): Progress {
  if (hasForked(model, operation)) {
    giveBack(model, operation);
    return 'fork meanwhile: gives it back';
  }
  keep(model, operation);
  return 'sequence as before: keeps it';
}

const hasForked = ({ state }: Model, operation: number): boolean =>
  state.get(Mm.writeProtectSeq, state.ref(InFlight.mm, operation)) !==
  state.get(InFlight.sequence, operation);

function keep(model: Model, operation: number): void {
  const { state } = model;
  const mm = state.ref(InFlight.mm, operation);
  const frame = state.ref(InFlight.frame, operation);
  unmark(model, operation, IN_FLIGHT_MARK.referenced);
  keepReference(model, mm, state.get(InFlight.vpn, operation), frame, 1, flagsOf(model, operation));
}

function giveBack(model: Model, operation: number): void {
  if (!isMarked(model, operation, IN_FLIGHT_MARK.referenced)) return;
  unmark(model, operation, IN_FLIGHT_MARK.referenced);
  const folio = folioOf(model, model.state.ref(InFlight.frame, operation));
  gupPutFolio(model, folio, 1, flagsOf(model, operation));
}

const LOOKS: readonly RaceStep[] = [{ run: readEntry }, { run: takeReference }, { run: lookAgain }];
const WITH_SEQUENCE: readonly RaceStep[] = [
  { run: readSequence },
  ...LOOKS,
  { run: readSequenceAgain },
];

/** GUP-fast in steps. */
export const GUP_FAST: RaceKind = {
  steps: (model, operation) =>
    readsSequence(model, operation, SEQUENCE.apart) ? WITH_SEQUENCE : LOOKS,
  ends: new Set<Progress>([
    'fork under way: gives up',
    'finds nothing to take',
    'gets no reference',
    'entry changed: gives it back',
    'refused: gives it back',
    'fork meanwhile: gives it back',
  ]),
};
