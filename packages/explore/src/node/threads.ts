import { Worker } from 'node:worker_threads';
import type { Hand } from '../search/hand.js';
import { addRound, emptyRound, type Round, type Turn } from '../search/round.js';
import type { Search } from '../search/search.js';
import { MOST_THREADS } from '../table-memory.js';
import { BLOCK, Blocks } from './blocks.js';
import type { ThreadData } from './thread.js';

/** Threads besides the main one, and how each comes by its world. */
export interface Helpers {
  readonly count: number;
  /** A file that calls `lendHand`, and what it is told. */
  readonly file: URL;
  readonly wanted: unknown;
}

/** Several threads that do together what one would have done. */
export class Threads {
  private readonly blocks = new Blocks();
  private readonly helpers: readonly Helper[];

  private readonly hand: Hand;

  /** @param search that of the main thread, in which it takes part itself */
  constructor({ hand, table, expanders, beginning }: Search, { count, file, wanted }: Helpers) {
    if (count >= MOST_THREADS) throw new RangeError(`at most ${MOST_THREADS} threads`);
    this.hand = hand;
    const data: ThreadData = {
      wanted,
      table: table.memory,
      expanders,
      beginning: beginning.bytes.slice(0, beginning.length),
      blocks: this.blocks.memory,
    };
    this.helpers = Array.from({ length: count }, () => new Helper(file, data));
  }

  /** Threads that have begun: the others take part later. */
  get ready(): number {
    return this.helpers.filter(({ isReady }) => isReady).length;
  }

  /** Expands the states of a turn. Throws when a thread has come to an end. */
  async expand(turn: Turn): Promise<Round> {
    const { hand, blocks } = this;
    const sum = emptyRound();
    for (let from = turn.from; from < turn.to && sum.noRoom === undefined; from = blocks.next) {
      if (hand.table.isCrowded) hand.table.grow();
      blocks.lay({ from, to: turn.to });
      const isWorthwhile = turn.to - from > BLOCK;
      const ready = this.helpers.filter((each) => each.isReady && isWorthwhile);
      const others = ready.map((each) => each.work());
      hand.begin();
      blocks.work(hand);
      addRound(sum, hand.result);
      for (const round of await Promise.all(others)) addRound(sum, round);
      for (const { failure } of this.helpers) if (failure !== undefined) throw failure;
    }
    return sum;
  }

  async close(): Promise<void> {
    await Promise.all(this.helpers.map((each) => each.end()));
  }
}

/** One thread, seen from the main one. */
class Helper {
  isReady = false;
  failure: Error | undefined;
  private readonly worker: Worker;
  private answer: ((round: Round) => void) | undefined;
  private refuse: ((failure: Error) => void) | undefined;

  constructor(file: URL, workerData: ThreadData) {
    this.worker = new Worker(file, { workerData });
    this.worker.on('message', (round: Round) => {
      this.isReady = true;
      this.answer?.(round);
    });
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', (code) => this.fail(new Error(`a thread ended with code ${code}`)));
  }

  work(): Promise<Round> {
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.refuse = reject;
      this.worker.postMessage('work');
    });
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(failure: Error): void {
    this.isReady = false;
    this.failure ??= failure;
    this.refuse?.(this.failure);
  }
}
