/** The dictionary of a search's cells, as it goes from one thread to another. */
export interface CellMemory {
  /** How many entries there are, and whether somebody adds one: `CELL_CONTROL`. */
  readonly control: ArrayBufferLike;
  /** Entries in the order in which they were added. */
  readonly entries: ArrayBufferLike;
}

/** Most values of all words together. */
export const MOST_ENTRIES = 2 ** 20;
/** Bytes of an entry: the word's place, what kind of value it is, and the value in full. */
export const ENTRY_BYTES = 16;
/** Places of the control words. */
export const CELL_CONTROL = { entries: 0, lock: 1 };

/** Reserves the memory of a dictionary: address space, until something is written there. */
export function reserveCells(shared: boolean): CellMemory {
  const make = (bytes: number): ArrayBufferLike =>
    shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  return {
    control: make(4 * Object.keys(CELL_CONTROL).length),
    entries: make(ENTRY_BYTES * MOST_ENTRIES),
  };
}
