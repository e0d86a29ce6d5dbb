import { VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { vmaNeedsCopy } from '../fork/vma-needs-copy.js';
import type { Model } from '../model.js';
import { newAnonVma } from '../rmap/anon-vma.js';
import { Vma } from '../state/columns.js';
import { newMm, newVma } from '../vma/address-space.js';
import { vmaIsDax, vmaIsFsdax, vmaIsSpecialHuge } from '../vma/special-huge.js';
import { isCow } from '../vma/vma.js';
import { answered } from './render.js';
import type { Inputs, RowAnswer } from './row.js';
import { FILES, READABLE, VM_MAYSHARE } from './vma-kinds.js';
import { worldOf } from './world.js';

const FLAGS = {
  shared: VM_SHARED,
  maywrite: VM_MAYWRITE,
  write: VM_WRITE,
  mayshare: VM_MAYSHARE,
  pfnmap: VM_PFNMAP,
  mixed: VM_MIXEDMAP,
  maybe_guard: 0x800n,
  dst_uffd_wp: 0x1000n,
  src_uffd_wp: 0x1000n,
} as const;

const flagsOf = (inputs: Inputs, ...names: readonly (keyof typeof FLAGS)[]): bigint =>
  names.reduce((flags, name) => (inputs.is(name) ? flags | FLAGS[name] : flags), 0n);

/** A question about a VMA with flags and, in some rows, a file. */
const asksVma =
  (ask: (model: Model, vma: number) => boolean): RowAnswer =>
  (row, revision) => {
    const config = row.has('cfg.fs_dax') ? { FS_DAX: row.is('cfg.fs_dax') } : {};
    const world = worldOf(revision, row, 'pte', { config });
    const { model, vma } = world;
    world.keep();
    return (inputs) => {
      world.restore();
      world.setFlags(flagsOf(inputs, 'shared', 'maywrite', 'write', 'mayshare', 'pfnmap', 'mixed'));
      if (inputs.has('file')) world.setFile(inputs.of('file', FILES));
      return answered(world, () => Number(ask(model, vma)), String);
    };
  };

/** The VMA of the row is fork's source; its copy stands in a second address space. */
const needsCopyRows: RowAnswer = (row, revision) => {
  const world = worldOf(revision, row);
  const { model, vma: source } = world;
  const [start, end] = [Vma.start, Vma.end].map((field) => model.state.get(field, source));
  const copy = newVma(model, newMm(model), {
    start: start as number,
    end: end as number,
    flags: READABLE,
  });
  const anonVma = newAnonVma(model);
  world.keep();
  return (inputs) => {
    world.restore();
    const { state, machine } = model;
    const both = READABLE | flagsOf(inputs, 'shared', 'mixed', 'pfnmap', 'maybe_guard');
    const set = (vma: number, flags: bigint): void =>
      state.set(Vma.flags, vma, machine.flagSets.of(flags));
    set(source, both | flagsOf(inputs, 'src_uffd_wp'));
    set(copy, both | flagsOf(inputs, 'dst_uffd_wp'));
    state.setRef(Vma.anonVma, source, inputs.is('src_anon_vma') ? anonVma : -1);
    return answered(world, () => Number(vmaNeedsCopy(model, copy, source)), String);
  };
};

/** Functions of group `small` that ask what a VMA is. */
export const smallVmaRows: Readonly<Record<string, RowAnswer>> = {
  is_cow_mapping: asksVma(isCow),
  vma_is_dax: asksVma(vmaIsDax),
  vma_is_fsdax: asksVma(vmaIsFsdax),
  vma_is_special_huge: asksVma(vmaIsSpecialHuge),
  vma_needs_copy: needsCopyRows,
};
