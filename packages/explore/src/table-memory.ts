/** How much a table may come to hold. */
export interface TableLimits {
  /** Most states. */
  readonly states: number;
  /** Most bytes of their keys. */
  readonly keyBytes: number;
}

/** The memory of a table, as it goes from one thread to another. */
export interface TableMemory {
  readonly limits: TableLimits;
  /** How many records and slots there are, how much of the arena is taken: `CONTROL`. */
  readonly control: ArrayBufferLike;
  /** Open addressing: hash, and record plus one. */
  readonly slots: ArrayBufferLike;
  /** Of each record: where its key begins, in words, and its length in bytes. */
  readonly offsets: ArrayBufferLike;
  readonly lengths: ArrayBufferLike;
  /** Of each record: number plus one of the state that it was reached from, and the action. */
  readonly parents: ArrayBufferLike;
  readonly actions: ArrayBufferLike;
  /** The record of each number. */
  readonly order: ArrayBufferLike;
  /** Keys. */
  readonly arena: ArrayBufferLike;
}

/** Slots that a table begins with, a power of two. */
export const FIRST_SLOTS = 2 ** 18;
/** Threads that may work on one table. */
export const MOST_THREADS = 16;
/** A table whose slots are fuller than this should grow before another state is expanded. */
export const FULLEST = 0.7;
/** Bytes of a state besides its key and slots. */
export const RECORD_BYTES = 18;
/** Places of the control words. */
export const CONTROL = { records: 0, numbered: 1, arenaWords: 2, slots: 3 };

/** What an array buffer can hold. */
const MOST_KEY_BYTES = 2 ** 32 - 2 ** 16;
/** The number of slots is an index below 2^31, twice. */
const MOST_STATES = 2 ** 28;

/**
 * Reserves the memory of a table. All of it is address space at first: a page of it is taken when
 * something is written there, so that a large limit costs nothing until it is used.
 *
 * @param shared whether several threads are to work on it
 */
export function reserveTable(wanted: TableLimits, shared: boolean): TableMemory {
  const states = Math.min(wanted.states, MOST_STATES);
  const keyBytes = Math.min(Math.ceil(wanted.keyBytes / 4) * 4, MOST_KEY_BYTES);
  const make = (bytes: number): ArrayBufferLike =>
    shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  // Each thread may take one record after the last was seen to be free.
  const records = states + MOST_THREADS;
  let slots = FIRST_SLOTS;
  while (slots * FULLEST < records) slots *= 2;
  return {
    limits: { states, keyBytes },
    control: make(4 * Object.keys(CONTROL).length),
    slots: make(8 * slots),
    offsets: make(4 * records),
    lengths: make(4 * records),
    parents: make(4 * records),
    actions: make(2 * records),
    order: make(4 * records),
    arena: make(keyBytes),
  };
}
