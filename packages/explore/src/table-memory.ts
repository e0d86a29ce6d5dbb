/** How much a table may come to hold. */
export interface TableLimits {
  /** Most states. */
  readonly states: number;
  /** Most bytes of their rows. */
  readonly rowBytes: number;
}

/** The memory of a table, as it goes from one thread to another. */
export interface TableMemory {
  readonly limits: TableLimits;
  /** How many records and slots there are, how much of the arena is taken: `CONTROL`. */
  readonly control: ArrayBufferLike;
  /** Open addressing: hash, and record plus one. */
  readonly slots: ArrayBufferLike;
  /** The record of each number: its place in the arena, in words. */
  readonly order: ArrayBufferLike;
  /** Records: the way to a state, and its row. */
  readonly arena: ArrayBufferLike;
}

/** Slots that a table begins with, a power of two. */
export const FIRST_SLOTS = 2 ** 18;
/** Threads that may work on one table. */
export const MOST_THREADS = 16;
/** A table whose slots are fuller than this should grow before another state is expanded. */
export const FULLEST = 0.7;
/** Bytes of a state besides what the arena has of it, and its slots. */
export const RECORD_BYTES = 4;
/** Places of the control words. */
export const CONTROL = { records: 0, numbered: 1, arenaWords: 2, slots: 3 };

/** What an array buffer can hold. */
const MOST_ROW_BYTES = 2 ** 32 - 2 ** 16;
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
  const rowBytes = Math.min(Math.ceil(wanted.rowBytes / 4) * 4, MOST_ROW_BYTES);
  const make = (bytes: number): ArrayBufferLike =>
    shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  // Each thread may take one record after the last was seen to be free.
  const records = states + MOST_THREADS;
  let slots = FIRST_SLOTS;
  while (slots * FULLEST < records) slots *= 2;
  return {
    limits: { states, rowBytes },
    control: make(4 * Object.keys(CONTROL).length),
    slots: make(8 * slots),
    order: make(4 * records),
    arena: make(rowBytes),
  };
}
