import { MMAP_LOCK } from '../frames/page-flags.js';
import type { Model } from '../model.js';
import { Mm } from '../state/columns.js';

/** Runs something while mmap_lock is held in a way; afterwards it is held as before. */
export function underLock(
  { state }: Model,
  mm: number,
  lock: keyof typeof MMAP_LOCK,
  operation: () => number,
): number {
  const before = state.get(Mm.mmapLock, mm);
  state.set(Mm.mmapLock, mm, MMAP_LOCK[lock]);
  try {
    return operation();
  } finally {
    state.set(Mm.mmapLock, mm, before);
  }
}
