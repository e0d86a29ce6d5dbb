import { folioPages } from '../frames/folio.js';
import type { Model } from '../model.js';
import {
  beginSplit,
  endSplit,
  freezeAndSplit,
  isFree,
  unmapForSplit,
} from '../rmap/split-folio.js';
import { InFlight } from '../state/columns.js';
import { begin } from './begin.js';
import { IN_FLIGHT } from './kinds.js';
import { waitsForAnyGup } from './locks.js';
import type { Progress } from './progress.js';
import type { RaceKind } from './race-step.js';

/**
 * split_huge_page() of an anonymous folio: what `splitFolio` does at once. The record; -EAGAIN for a
 * locked folio, -EINVAL for one that is not split (mm/huge_memory.c; SPEC 15.64).
 */
export function beginSplitFolio(model: Model, folio: number): number {
  const error = beginSplit(model, folio);
  if (error !== 0) return error;
  const flags = folioPages(model, folio);
  return begin(model, { kind: IN_FLIGHT.split, mm: -1, vma: -1, vpn: 0, frame: folio, flags });
}

const folioOfSplit = ({ state }: Model, operation: number): number =>
  state.ref(InFlight.frame, operation);

const STEPS = [
  {
    run: (model: Model, operation: number): Progress =>
      isFree(model, folioOfSplit(model, operation))
        ? 'finds no other reference'
        : 'finds another reference: gives up',
  },
  {
    run: (model: Model, operation: number): Progress => {
      unmapForSplit(model, folioOfSplit(model, operation));
      return 'unmaps the folio';
    },
    // A PMD is flushed while its pages are unmapped, and a flush ends what GUP-fast began before.
    waits: waitsForAnyGup,
  },
  {
    run: (model: Model, operation: number): Progress =>
      freezeAndSplit(model, folioOfSplit(model, operation))
        ? 'splits the folio'
        : 'cannot freeze it: maps it again',
  },
];

/** The split of a folio in steps. */
export const SPLIT: RaceKind = {
  steps: () => STEPS,
  ends: new Set<Progress>(['finds another reference: gives up']),
  end: (model, operation, came) => {
    const pages = came === 'splits the folio' ? model.state.get(InFlight.flags, operation) : 1;
    endSplit(model, folioOfSplit(model, operation), pages);
  },
};
