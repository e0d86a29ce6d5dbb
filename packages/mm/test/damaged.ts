import { expect } from 'vitest';
import { type Entry, Model, newMm, newVma } from '../src/index.js';
import { checkInvariants } from '../src/invariants/check.js';
import { setEntry, slotMade } from '../src/tables/tables.js';
import { machineOf } from './machines.js';
import { PRIVATE } from './processes.js';

const VM_HUGEPAGE = 0x20000000n;
/** Pages that a PMD of x86 maps, and first page of the VMA of `hugeProcess`. */
export const HPN = 512;

/** What is broken, each invariant once, in order of its number; each must say where it was seen. */
export function broken(model: Model): string[] {
  const found = checkInvariants(model);
  for (const { evidence } of found) expect(Object.keys(evidence)).not.toEqual([]);
  return [...new Set(found.map(({ id }) => id))].sort((a, b) => +a.slice(1) - +b.slice(1));
}

/** Puts an entry where nothing else is changed for it. */
export function plant(
  model: Model,
  mm: number,
  vpn: number,
  entry: Entry,
  level: 'pte' | 'pmd' = 'pte',
): void {
  setEntry(model, slotMade(model, mm, vpn, level), entry);
}

/** An anonymous VMA of two huge pages on x86. */
export function hugeProcess(revision: string, flags = PRIVATE | VM_HUGEPAGE) {
  const model = new Model(machineOf('x86', revision, { ramFrames: 1200 }));
  const mm = newMm(model);
  return { model, mm, vma: newVma(model, mm, { start: HPN, end: 3 * HPN, flags }) };
}
