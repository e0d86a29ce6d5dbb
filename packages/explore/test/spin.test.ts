import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AnonVma, Frame, Global, Mm, Slot, type State, Table } from '@pagewright/mm';
import { expect, it } from 'vitest';
import { Search } from '../src/index.js';
import { boundOf, stepperOf } from './forms.js';

const SPIN = join(import.meta.dirname, '../../../bench/spin');
const [FRAMES, PROCESSES, SLOTS] = [2, 3, 3];
/** PG_anon_exclusive, among PAGE_FLAG. */
const ANON_EXCLUSIVE = 1;

/** What of a state three-processes.pml has. */
function projected(state: State, tableStride: number) {
  const frames = Array.from({ length: FRAMES }, (_, frame) => [
    state.get(Frame.refcount, frame),
    state.get(Frame.mapcount, frame),
    state.get(Frame.flags, frame) & ANON_EXCLUSIVE,
    state.ref(Frame.ownerId, frame),
    state.get(Frame.content, frame),
  ]);
  const lru: number[] = [];
  for (let at = state.ref(Global.inactiveHead, 0); at >= 0; at = state.ref(Frame.lruNext, at)) {
    lru.push(at);
  }
  const entries = Array.from({ length: PROCESSES * SLOTS }, () => 0);
  for (let table = 0; table < state.layout.capacities.table; table++) {
    if (state.get(Table.used, table) === 0 || state.get(Table.level, table) !== 0) continue;
    const mm = state.ref(Table.mm, table);
    for (let slot = 0; slot < SLOTS; slot++) {
      entries[mm * SLOTS + slot] = state.get(Slot.entry, table * tableStride + slot);
    }
  }
  const processes = [0, 1, 2].filter((mm) => state.get(Mm.used, mm) !== 0).length;
  return { entries, rest: [frames, lru, processes, state.ref(AnonVma.parent, 2)] };
}

it('tells no states apart in the bound beside SPIN that the Promela model does not', () => {
  const text = readFileSync(join(SPIN, 'three-processes.yaml'), 'utf8');
  const stepper = stepperOf(boundOf(text.replace(/ram: \d+/, `ram: ${FRAMES}`)), 'v6.18');
  const search = new Search(stepper);
  const { finished, states } = search.run();
  expect([finished, states]).toEqual([true, 4115]);
  const found = new Set<string>();
  const entries = new Set<number>();
  for (let number = 0; number < states; number++) {
    search.hand.enter(number);
    const { state, machine } = stepper.world.model;
    const seen = projected(state, machine.tableStride);
    found.add(JSON.stringify(seen));
    for (const entry of seen.entries) if (entry !== 0) entries.add(entry);
  }
  expect(found.size).toBe(states);
  // A frame, and one of three rights.
  expect(entries.size).toBe(3 * FRAMES);
});
