import type { PhysicalMemory } from '@pagewright/core';
import { physAddr } from '@pagewright/core';

/** Memory that notes which of its pages are read. */
export interface Recording {
  readonly memory: PhysicalMemory;
  /** Page frames of which something was read. */
  readonly read: ReadonlySet<number>;
  /** Page frames that reads were refused for because they are no memory (`not-in-dump`). */
  readonly absent: ReadonlySet<number>;
  /** Page frames that reads were refused for otherwise: they are memory, and were left out. */
  readonly leftOut: ReadonlySet<number>;
  /** Does something without noting its reads. */
  unrecorded<T>(work: () => T): T;
}

/** Notes reads of `memory` by pages of `pageBytes`, a power of two. */
export function recording(memory: PhysicalMemory, pageBytes: number): Recording {
  const read = new Set<number>();
  const absent = new Set<number>();
  const leftOut = new Set<number>();
  const shift = BigInt(Math.log2(pageBytes));
  let isNoting = true;
  let latest = -1;

  /** A read that fails as a whole: pages up to the one that stands in its way. */
  const noteRefused = (address: bigint, length: number): void => {
    const end = address + BigInt(length);
    for (let at = address; at < end; ) {
      const frame = at >> shift;
      const next = (frame + 1n) << shift;
      const part = memory.read(physAddr(at), Number((next < end ? next : end) - at));
      if (!part.ok) {
        (part.problem.code === 'not-in-dump' ? absent : leftOut).add(Number(frame));
        return;
      }
      read.add(Number(frame));
      at = next;
    }
  };

  return {
    memory: {
      get byteCount() {
        return memory.byteCount;
      },
      read: (address, length) => {
        const found = memory.read(address, length);
        if (!isNoting || length === 0) return found;
        if (!found.ok) {
          noteRefused(address, length);
          return found;
        }
        const first = Number(address >> shift);
        const last = Number((address + BigInt(length - 1)) >> shift);
        if (first === latest && last === first) return found;
        for (let frame = first; frame <= last; frame++) read.add(frame);
        latest = last;
        return found;
      },
    },
    read,
    absent,
    leftOut,
    unrecorded: (work) => {
      const before = isNoting;
      isNoting = false;
      try {
        return work();
      } finally {
        isNoting = before;
      }
    },
  };
}
