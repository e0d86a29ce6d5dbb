/** What is known of actions, as it goes from one thread to another. */
export interface KnownMemory {
  /** How far nodes and outcomes are: `KNOWN_CONTROL`. */
  readonly control: ArrayBufferLike;
  /** Of each action the first node of its tree, and how many ways the tree has. */
  readonly roots: ArrayBufferLike;
  readonly ways: ArrayBufferLike;
  /** Of each action the bits of words that its tree does not ask. */
  readonly skipped: ArrayBufferLike;
  readonly nodes: ArrayBufferLike;
  readonly outcomes: ArrayBufferLike;
}

/** Numbers of a node: what it asks (place and mask), the answer, the node with another answer. */
export const NODE = 4;
/** Most nodes, and most numbers of outcomes: what comes then is not remembered. */
const MOST_NODES = 2 ** 24;
const MOST_OUTCOME_NUMBERS = 2 ** 25;
/** Places of the control words. */
export const KNOWN_CONTROL = { nodes: 0, outcomes: 1 };

/** Memory for single outcomes that nobody remembers, of a row of so many cells. */
export function reserveOnce(cells: number): KnownMemory {
  const none = new ArrayBuffer(0);
  const control = new ArrayBuffer(4 * Object.keys(KNOWN_CONTROL).length);
  const outcomes = new ArrayBuffer(4 * (cells + NODE));
  return { control, roots: none, ways: none, skipped: none, nodes: none, outcomes };
}

/**
 * Reserves the memory: address space, until something is written there.
 *
 * @param places 32 bits of words each (`TrackedWords.bits`)
 */
export function reserveKnown(actions: number, places: number, shared: boolean): KnownMemory {
  const make = (numbers: number): ArrayBufferLike =>
    shared ? new SharedArrayBuffer(4 * numbers) : new ArrayBuffer(4 * numbers);
  return {
    control: make(Object.keys(KNOWN_CONTROL).length),
    roots: make(actions),
    ways: make(actions),
    skipped: make(actions * places),
    nodes: make(NODE * MOST_NODES),
    outcomes: make(MOST_OUTCOME_NUMBERS),
  };
}
