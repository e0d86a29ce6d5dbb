/** Operations that run in steps (DESIGN 3, in-flight slots), as `InFlight.kind` has them. */
export const IN_FLIGHT = {
  gupFast: 1,
  swapOut: 2,
  migrate: 3,
  ksm: 4,
  fork: 5,
  split: 6,
  hugeFault: 7,
} as const;

/** `InFlight.marks`: what an operation has done and holds. */
export const IN_FLIGHT_MARK = {
  /** It holds the lock of the leaf table that its entry lies in. */
  tableLocked: 1 << 0,
  /** Interrupts are off: a flush of TLBs waits for it. */
  irqsOff: 1 << 1,
  /** It took the references that it is about. */
  referenced: 1 << 2,
  /** The page was its process's own when its entry was read. */
  exclusive: 1 << 3,
  /** The entry is out of the page table, for the operation alone or for everybody. */
  cleared: 1 << 4,
  /** The store that clears the entry is still in the processor's buffer. */
  buffered: 1 << 5,
  /** fork: the page is shared with the child; without it the child gets a copy. */
  shared: 1 << 6,
  /** It is over; the steps that are left do nothing. */
  ended: 1 << 7,
} as const;

/**
 * How an unmapping departs from what kernels do. None of these was ever in mainline: they are the
 * other rows of SPEC 15.59, by which the rule of each step is found to be needed.
 */
export const DEPARTURE = {
  none: 0,
  'no clear, no flush': 1,
  'pins first': 2,
  'no flush': 3,
  'no flush, clear seen late': 4,
} as const;
/** A departure by its name. */
export type Departure = keyof typeof DEPARTURE;

/**
 * When GUP-fast reads write_protect_seq: together with its first and last step, in steps apart, or, as
 * no kernel here does, never.
 */
export const SEQUENCE = { together: 0, apart: 1, never: 2 } as const;
/** One of these by its name. */
export type SequenceReads = keyof typeof SEQUENCE;

/** `InFlight.flags` of an unmapping: the flush may be put off (TTU_BATCH_FLUSH, mm used elsewhere). */
export const BATCH_FLUSH = 1;
