import type { Revision } from '@pagewright/core';
import { prepareFolio } from '../frames/allocate.js';
import {
  addLargeMapcount,
  folioMaybeMappedShared,
  setLargeMapcount,
  subLargeMapcount,
} from '../rmap/mm-id.js';
import { Frame, Mm } from '../state/columns.js';
import type { State } from '../state/state.js';
import { BadRow, type DecisionComparer, Inputs } from './row.js';
import { type World, worldWith } from './world.js';

/** Order of the folio of this group. */
const ORDER = 1;
/** Address spaces by their names; the kernel's ids are one more than the model's numbers. */
const MMS: Readonly<Record<string, number>> = { A: 0, B: 1, C: 2 };

/** What a row says of the folio before and after. */
interface FolioState {
  readonly mapcount: number;
  /** mm id (0 for none) and mappings less one. */
  readonly slot0: readonly [number, number];
  readonly slot1: readonly [number, number];
  readonly shared_bit: number;
  readonly maybe_mapped_shared: number;
}

const OPERATIONS = { set: setLargeMapcount, add: addLargeMapcount, sub: subLargeMapcount } as const;

/** Group `mm_id`: the slots that say which address spaces map a large folio. */
export const mmIdComparer: DecisionComparer = {
  group: 'mm_id',
  compare({ group, file, line, fields, tally }, revision) {
    const inputs = new Inputs(
      Object.fromEntries(['op', 'mm', 'n'].map((name) => [name, String(fields[name])])),
    );
    const { before, after, returns } = fields;
    if (!isFolioState(before) || !isFolioState(after)) return 'before or after is no folio';
    try {
      const operation = inputs.of('op', OPERATIONS);
      const world = worldOf(revision);
      const { model, subject: folio } = world;
      setFolio(model.state, folio, before);
      const value = operation(model, folio, inputs.number('n'), inputs.of('mm', MMS));
      const got = JSON.stringify([value, read(world)]);
      const expected = JSON.stringify([returns, written(after)]);
      if (got === expected) tally.agreed(1);
      else tally.check({ file, line, key: group, in: inputs.inWords() }, expected, got);
      return undefined;
    } catch (error) {
      if (error instanceof BadRow) return error.message;
      throw error;
    }
  },
};

const isFolioState = (value: unknown): value is FolioState =>
  typeof value === 'object' &&
  value !== null &&
  'mapcount' in value &&
  'slot0' in value &&
  Array.isArray(value.slot0) &&
  'slot1' in value &&
  Array.isArray(value.slot1) &&
  'shared_bit' in value &&
  'maybe_mapped_shared' in value;

/** A world with a folio of two pages and three address spaces. */
function worldOf(revision: Revision): World {
  const special = { pte: true, pmd: true, pud: true };
  const world = worldWith(revision, special, 'pte', { config: { MM_ID: true } });
  prepareFolio(world.model, world.subject, ORDER);
  for (const mm of Object.values(MMS)) world.model.state.set(Mm.used, mm, 1);
  return world;
}

function setFolio(state: State, folio: number, from: FolioState): void {
  state.set(Frame.largeMapcount, folio, from.mapcount);
  state.set(Frame.mmId0, folio, from.slot0[0]);
  state.set(Frame.mmId0Mapcount, folio, from.slot0[1] + 1);
  state.set(Frame.mmId1, folio, from.slot1[0]);
  state.set(Frame.mmId1Mapcount, folio, from.slot1[1] + 1);
  state.set(Frame.mmShared, folio, from.shared_bit);
}

/** The folio as rows write it, without what they keep beside it. */
const written = ({ mapcount, slot0, slot1, shared_bit, maybe_mapped_shared }: FolioState) => ({
  mapcount,
  slot0,
  slot1,
  shared_bit,
  maybe_mapped_shared,
});

function read({ model, subject: folio }: World): FolioState {
  const { state } = model;
  return written({
    mapcount: state.get(Frame.largeMapcount, folio),
    slot0: [state.get(Frame.mmId0, folio), state.get(Frame.mmId0Mapcount, folio) - 1],
    slot1: [state.get(Frame.mmId1, folio), state.get(Frame.mmId1Mapcount, folio) - 1],
    shared_bit: state.get(Frame.mmShared, folio),
    maybe_mapped_shared: Number(folioMaybeMappedShared(model, folio)),
  });
}
