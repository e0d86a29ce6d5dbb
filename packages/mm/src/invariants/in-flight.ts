import { folioOf, isAnon, isZeroFrame } from '../frames/folio.js';
import { FOLL } from '../gup/flags.js';
import type { Model } from '../model.js';
import { IN_FLIGHT, IN_FLIGHT_MARK } from '../race/kinds.js';
import { isMarked, nextInFlight } from '../race/locks.js';
import { hasPincount, PIN_BIAS } from '../rmap/pins.js';
import { InFlight, Vma } from '../state/columns.js';
import { type Census, FRAME_COUNT } from './census.js';

/** Counts what operations in progress hold, and mappings that are theirs to write or to restore. */
export function countInFlight(census: Census): void {
  const { model } = census;
  for (let at = nextInFlight(model, 0); at >= 0; at = nextInFlight(model, at + 1)) {
    if (isMarked(model, at, IN_FLIGHT_MARK.ended)) continue;
    switch (model.state.get(InFlight.kind, at)) {
      case IN_FLIGHT.gupFast:
        if (isMarked(model, at, IN_FLIGHT_MARK.referenced)) countTaken(census, at);
        break;
      case IN_FLIGHT.fork:
        if (isMarked(model, at, IN_FLIGHT_MARK.shared)) countShared(census, at);
        break;
      case IN_FLIGHT.hugeFault:
        break;
      default:
        countUnmapping(census, at);
    }
  }
}

/** fork has shared the page that an address maps, and is about to write-protect its entry. */
export function isBeingShared(model: Model, mm: number, vpn: number): boolean {
  const { state } = model;
  for (let at = nextInFlight(model, 0); at >= 0; at = nextInFlight(model, at + 1)) {
    if (state.get(InFlight.kind, at) !== IN_FLIGHT.fork) continue;
    if (state.ref(InFlight.mm, at) !== mm || state.get(InFlight.vpn, at) !== vpn) continue;
    const marks = IN_FLIGHT_MARK.shared | IN_FLIGHT_MARK.tableLocked;
    if ((state.get(InFlight.marks, at) & marks) === marks) return true;
  }
  return false;
}

function countTaken(census: Census, operation: number): void {
  const { model } = census;
  const folio = folioOf(model, model.state.ref(InFlight.frame, operation));
  const pin = (model.state.get(InFlight.flags, operation) & FOLL.PIN) !== 0;
  if (!pin) census.countFrame(folio, FRAME_COUNT.otherRefs, 1);
  else if (!isZeroFrame(model, folio)) {
    census.countFrame(folio, FRAME_COUNT.pins, 1);
    census.countFrame(folio, FRAME_COUNT.otherRefs, hasPincount(model, folio) ? 1 : PIN_BIAS);
  }
}

/** The child has the page, and no entry of it yet. */
function countShared(census: Census, operation: number): void {
  const { state } = census.model;
  if (!isMarked(census.model, operation, IN_FLIGHT_MARK.tableLocked)) return;
  countMapping(census, operation, state.ref(Vma.mm, state.ref(InFlight.child, operation)));
}

/** Whoever unmaps or splits a page holds a reference; an entry that is out of its table maps it still. */
function countUnmapping(census: Census, operation: number): void {
  const { model } = census;
  const folio = folioOf(model, model.state.ref(InFlight.frame, operation));
  census.countFrame(folio, FRAME_COUNT.otherRefs, 1);
  const isOut = isMarked(model, operation, IN_FLIGHT_MARK.cleared);
  if (!isOut || isMarked(model, operation, IN_FLIGHT_MARK.buffered)) return;
  countMapping(census, operation, model.state.ref(InFlight.mm, operation));
}

function countMapping(census: Census, operation: number, mm: number): void {
  const { model } = census;
  const frame = model.state.ref(InFlight.frame, operation);
  const folio = folioOf(model, frame);
  census.mapByPte(frame, folio);
  census.countPages(mm, folio, 1, isAnon(model, folio));
}
