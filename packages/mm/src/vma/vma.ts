import type { Entry, EntrySpace, Prot } from '../machine/entries.js';
import type { VmFlagFacts, VmFlagName } from '../machine/vm-flags.js';
import type { Model } from '../model.js';
import { Mm, Vma } from '../state/columns.js';
import type { VmOps } from '../vm-ops.js';

/** The flags of a VMA, by the kernel's names. */
export const vmFlagsOf = ({ state, machine }: Model, vma: number): VmFlagFacts =>
  machine.flagSets.is(state.get(Vma.flags, vma));

/** A flag of a VMA, by the kernel's name. Where speed matters, `vmFlagsOf` finds it sooner. */
export const hasVmFlag = (model: Model, vma: number, name: VmFlagName): boolean =>
  vmFlagsOf(model, vma)[name];

/** vm_flags_set(). */
export function addVmFlags(
  { state, machine: { flagSets } }: Model,
  vma: number,
  ...names: readonly VmFlagName[]
): void {
  const flags = flagSets.value(state.get(Vma.flags, vma));
  state.set(Vma.flags, vma, flagSets.of(flags | flagSets.mask(...names)));
}

/** vm_flags_clear(). */
export function dropVmFlags(
  { state, machine: { flagSets } }: Model,
  vma: number,
  ...names: readonly VmFlagName[]
): void {
  const flags = flagSets.value(state.get(Vma.flags, vma));
  state.set(Vma.flags, vma, flagSets.of(flags & ~flagSets.mask(...names)));
}

/** is_cow_mapping(). */
export const isCow = (model: Model, vma: number): boolean => vmFlagsOf(model, vma).isCow;

/** vm_ops; undefined for anonymous memory. */
export function opsOf({ state, machine }: Model, vma: number): VmOps | undefined {
  const ops = state.ref(Vma.ops, vma);
  return ops < 0 ? undefined : machine.vmOps[ops];
}

/** vma_is_anonymous(): no vm_ops. */
export const vmaIsAnonymous = ({ state }: Model, vma: number): boolean =>
  state.get(Vma.ops, vma) === 0;

/** Address space of a VMA. */
export const mmOf = ({ state }: Model, vma: number): number => state.ref(Vma.mm, vma);

/** The address lies in the VMA. */
export const contains = ({ state }: Model, vma: number, vpn: number): boolean =>
  vpn >= state.get(Vma.start, vma) && vpn < state.get(Vma.end, vma);

/** linear_page_index(). */
export const pageIndex = ({ state }: Model, vma: number, vpn: number): number =>
  vpn - state.get(Vma.start, vma) + state.get(Vma.pgoff, vma);

/** vm_page_prot. */
export const pageProtOf = ({ state }: Model, vma: number): Prot => state.get(Vma.pageProt, vma);

/** maybe_mkwrite(), maybe_pmd_mkwrite(): writable only where the VMA is (SPEC 1.6). */
export const maybeMkwrite = (model: Model, vma: number, space: EntrySpace, entry: Entry): Entry =>
  vmFlagsOf(model, vma).VM_WRITE ? space.mkwrite(entry) : entry;

/** The VMAs of an address space, by address. */
export function* vmasOf({ state }: Model, mm: number): Generator<number> {
  for (let vma = state.ref(Mm.firstVma, mm); vma >= 0; vma = state.ref(Vma.next, vma)) yield vma;
}

/** find_vma() that must contain the address; -1 for none. */
export function vmaAt(model: Model, mm: number, vpn: number): number {
  const { state } = model;
  let vma = state.ref(Mm.firstVma, mm);
  while (vma >= 0) {
    if (vpn < state.get(Vma.end, vma)) return vpn >= state.get(Vma.start, vma) ? vma : -1;
    vma = state.ref(Vma.next, vma);
  }
  return -1;
}
