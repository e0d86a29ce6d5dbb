import { parentPort, workerData } from 'node:worker_threads';
import type { Result } from '@pagewright/core';
import { Key } from '../key.js';
import type { ExpanderMemory } from '../search/expander.js';
import { Hand } from '../search/hand.js';
import { emptyRound, type Round } from '../search/round.js';
import { StateCodec } from '../state/codec.js';
import { StateTable } from '../table.js';
import type { TableMemory } from '../table-memory.js';
import type { Stepper } from '../world/stepper.js';
import { Blocks } from './blocks.js';

/** What a thread is given to begin with. */
export interface ThreadData {
  /** What the caller of `searchLong` gave for it: of what the search is. */
  readonly wanted: unknown;
  readonly table: TableMemory;
  readonly expanders: ExpanderMemory;
  /** `Search.beginning`. */
  readonly beginning: Uint8Array;
  readonly blocks: SharedArrayBuffer;
}

/**
 * Takes part in a search, as the whole work of a worker's file.
 *
 * @param begin makes what the search of the main thread began with
 */
export function lendHand(begin: (wanted: unknown) => Result<Stepper>): void {
  const { wanted, table, expanders, beginning, blocks: memory } = workerData as ThreadData;
  const port = parentPort;
  if (port === null) throw new Error('only a worker can lend a hand');
  const stepper = begin(wanted);
  if (!stepper.ok) throw new Error(stepper.problem.message);
  const own = new Key();
  new StateCodec(stepper.value).write(own);
  const first = new Key();
  first.set(beginning);
  // Threads that differ in what a state is would find no end, or the wrong one.
  if (!own.equals(first)) throw new Error('the thread begins in another state than the search');
  const hand = new Hand(stepper.value, new StateTable(table), expanders);
  const blocks = new Blocks(memory);
  port.on('message', () => {
    hand.begin();
    blocks.work(hand);
    port.postMessage(hand.result satisfies Round);
  });
  port.postMessage(emptyRound());
}
