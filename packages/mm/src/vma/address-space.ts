import type { Model } from '../model.js';
import { COLUMN_RANGE, type Column, Mm, Vma } from '../state/columns.js';
import { setPageProt } from './page-prot.js';

/** mm_alloc(): an empty address space. */
export const newMm = ({ state }: Model): number => state.take('mm', Mm.used);

/** What a VMA is made of. Addresses are page numbers. */
export interface VmaParts {
  readonly start: number;
  /** First page behind it. */
  readonly end: number;
  /** vm_flags as the machine's form numbers them. */
  readonly flags: bigint;
  readonly pgoff?: number;
  /** Number in the machine's `vmOps`; none for anonymous memory. */
  readonly ops?: number;
  /** Number of the file's mapping; none without a file. */
  readonly mapping?: number;
  readonly private?: number;
}

/** Makes a VMA and links it in by address; it must overlap no other. vm_page_prot follows its flags. */
export function newVma(model: Model, mm: number, parts: VmaParts): number {
  const { state, machine } = model;
  const vma = state.take('vma', Vma.used);
  state.setRef(Vma.mm, vma, mm);
  state.set(Vma.start, vma, parts.start);
  state.set(Vma.end, vma, parts.end);
  state.set(Vma.flags, vma, machine.flagSets.of(parts.flags));
  state.set(Vma.pgoff, vma, parts.pgoff ?? parts.start);
  state.setRef(Vma.ops, vma, parts.ops ?? -1);
  state.setRef(Vma.mapping, vma, parts.mapping ?? -1);
  state.set(Vma.private, vma, parts.private ?? 0);
  linkVma(model, mm, vma);
  setPageProt(model, vma);
  return vma;
}

/**
 * vm_area_dup(): a VMA like another but for its place, linked into an address space. Its vm_pgoff,
 * protection and anon_vma are the other's; it has no chain of anon_vmas yet.
 */
export function dupVma(model: Model, vma: number, mm: number, start: number, end: number): number {
  const { state } = model;
  const copy = state.take('vma', Vma.used);
  const [first, behind] = COLUMN_RANGE.vma;
  for (let column = first; column < behind; column++) {
    state.set(column as Column, copy, state.get(column as Column, vma));
  }
  state.setRef(Vma.mm, copy, mm);
  state.set(Vma.start, copy, start);
  state.set(Vma.end, copy, end);
  state.setRef(Vma.firstAvc, copy, -1);
  linkVma(model, mm, copy);
  return copy;
}

/** Links a VMA in before the first one behind it. */
function linkVma({ state }: Model, mm: number, vma: number): void {
  const start = state.get(Vma.start, vma);
  let before = -1;
  let next = state.ref(Mm.firstVma, mm);
  while (next >= 0 && state.get(Vma.start, next) < start) {
    before = next;
    next = state.ref(Vma.next, next);
  }
  state.setRef(Vma.next, vma, next);
  if (before < 0) state.setRef(Mm.firstVma, mm, vma);
  else state.setRef(Vma.next, before, vma);
}

/** Takes a VMA out of its address space and forgets it. Entries and chains must be gone. */
export function dropVma(model: Model, vma: number): void {
  const { state } = model;
  const mm = state.ref(Vma.mm, vma);
  const next = state.ref(Vma.next, vma);
  const before = previousVma(model, vma);
  if (before < 0) state.setRef(Mm.firstVma, mm, next);
  else state.setRef(Vma.next, before, next);
  state.clear('vma', vma);
}

/** The VMA before one, by address; -1 for none. */
export function previousVma({ state }: Model, vma: number): number {
  let before = -1;
  for (let at = state.ref(Mm.firstVma, state.ref(Vma.mm, vma)); at >= 0 && at !== vma; ) {
    before = at;
    at = state.ref(Vma.next, at);
  }
  return before;
}
