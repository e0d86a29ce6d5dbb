import { type ChangeId, type MappingLevel, VM_MIXEDMAP, VM_PFNMAP } from '@pagewright/core';
import { daxLoadHole } from '../dax/load-hole.js';
import { daxPmdLoadHole } from '../dax/load-pmd-hole.js';
import { vmfInsertFolioPmd, vmfInsertFolioPud } from '../huge/insert-folio-huge.js';
import { vmfInsertPfnPmd, vmfInsertPfnPud } from '../huge/insert-huge.js';
import { remapPfnRange } from '../insert/remap-pfn-range.js';
import { vmInsertPage } from '../insert/vm-insert-page.js';
import { vmInsertPages } from '../insert/vm-insert-pages.js';
import { vmfInsertMixed, vmfInsertMixedMkwrite } from '../insert/vmf-insert-mixed.js';
import { vmfInsertPageMkwrite } from '../insert/vmf-insert-page-mkwrite.js';
import { vmfInsertPfn, vmfInsertPfnProt } from '../insert/vmf-insert-pfn.js';
import type { Model } from '../model.js';
import { underLock } from '../operations/lock.js';
import { mmOf, pageProtOf } from '../vma/vma.js';

/** One way to insert an entry. */
export interface Primitive {
  readonly name: string;
  readonly level: MappingLevel;
  /** Its answer: an errno, or VM_FAULT bits. */
  readonly answers: 'error' | 'fault';
  /** Flags that its VMA has beside its rights. */
  readonly flags: bigint;
  /** It reads a hole of a DAX file, and inserts the zeropage. */
  readonly onDax?: true;
  /** The change that brought the function; all kernels have the others. */
  readonly broughtBy?: ChangeId;
  readonly insert: (model: Model, vma: number, vpn: number, frame: number) => number;
}

const pfnOf = ({ machine }: Model, frame: number): number => machine.memory.pfn(frame);

const atMmap = (model: Model, vma: number, insert: () => number): number =>
  underLock(model, mmOf(model, vma), 'write', insert);

/** Everything that inserts entries for a driver or a file system (SPEC 3). */
export const PRIMITIVES: readonly Primitive[] = [
  {
    name: 'vm_insert_page',
    level: 'pte',
    answers: 'error',
    flags: VM_MIXEDMAP,
    insert: (model, vma, vpn, frame) =>
      atMmap(model, vma, () => vmInsertPage(model, vma, vpn, frame)),
  },
  {
    name: 'vm_insert_pages',
    level: 'pte',
    answers: 'error',
    flags: VM_MIXEDMAP,
    insert: (model, vma, vpn, frame) =>
      atMmap(model, vma, () => vmInsertPages(model, vma, vpn, { frames: [frame], left: 0 })),
  },
  {
    name: 'vmf_insert_page_mkwrite, read',
    level: 'pte',
    answers: 'fault',
    flags: 0n,
    broughtBy: 'vmf-insert-page-mkwrite',
    insert: (model, vma, vpn, frame) => vmfInsertPageMkwrite(model, vma, vpn, frame, false),
  },
  {
    name: 'vmf_insert_page_mkwrite, write',
    level: 'pte',
    answers: 'fault',
    flags: 0n,
    broughtBy: 'vmf-insert-page-mkwrite',
    insert: (model, vma, vpn, frame) => vmfInsertPageMkwrite(model, vma, vpn, frame, true),
  },
  {
    name: 'vmf_insert_pfn',
    level: 'pte',
    answers: 'fault',
    flags: VM_PFNMAP,
    insert: (model, vma, vpn, frame) => vmfInsertPfn(model, vma, vpn, pfnOf(model, frame)),
  },
  {
    name: 'vmf_insert_pfn_prot',
    level: 'pte',
    answers: 'fault',
    flags: VM_PFNMAP,
    insert: (model, vma, vpn, frame) =>
      vmfInsertPfnProt(model, vma, vpn, pfnOf(model, frame), pageProtOf(model, vma)),
  },
  {
    name: 'vmf_insert_mixed',
    level: 'pte',
    answers: 'fault',
    flags: VM_MIXEDMAP,
    insert: (model, vma, vpn, frame) => vmfInsertMixed(model, vma, vpn, pfnOf(model, frame)),
  },
  {
    name: 'vmf_insert_mixed_mkwrite',
    level: 'pte',
    answers: 'fault',
    flags: VM_MIXEDMAP,
    insert: (model, vma, vpn, frame) => vmfInsertMixedMkwrite(model, vma, vpn, pfnOf(model, frame)),
  },
  {
    name: 'remap_pfn_range',
    level: 'pte',
    answers: 'error',
    flags: VM_PFNMAP,
    insert: (model, vma, vpn, frame) =>
      remapPfnRange(model, vma, vpn, pfnOf(model, frame), 1, pageProtOf(model, vma)),
  },
  {
    name: 'dax_load_hole',
    level: 'pte',
    answers: 'fault',
    flags: 0n,
    onDax: true,
    insert: (model, vma, vpn) => daxLoadHole(model, vma, vpn),
  },
  ...(['read', 'write'] as const).flatMap((access): Primitive[] => [
    {
      name: `vmf_insert_pfn_pmd, ${access}`,
      level: 'pmd',
      answers: 'fault',
      flags: VM_PFNMAP,
      insert: (model, vma, vpn, frame) =>
        vmfInsertPfnPmd(model, vma, vpn, pfnOf(model, frame), access === 'write'),
    },
    {
      name: `vmf_insert_folio_pmd, ${access}`,
      level: 'pmd',
      answers: 'fault',
      flags: 0n,
      broughtBy: 'insert-folio-pmd',
      insert: (model, vma, vpn, frame) =>
        vmfInsertFolioPmd(model, vma, vpn, frame, access === 'write'),
    },
  ]),
  {
    name: 'dax_pmd_load_hole',
    level: 'pmd',
    answers: 'fault',
    flags: 0n,
    onDax: true,
    insert: (model, vma, vpn) => daxPmdLoadHole(model, vma, vpn),
  },
  ...(['read', 'write'] as const).flatMap((access): Primitive[] => [
    {
      name: `vmf_insert_pfn_pud, ${access}`,
      level: 'pud',
      answers: 'fault',
      flags: VM_PFNMAP,
      insert: (model, vma, vpn, frame) =>
        vmfInsertPfnPud(model, vma, vpn, pfnOf(model, frame), access === 'write'),
    },
    {
      name: `vmf_insert_folio_pud, ${access}`,
      level: 'pud',
      answers: 'fault',
      flags: 0n,
      broughtBy: 'insert-folio-pud',
      insert: (model, vma, vpn, frame) =>
        vmfInsertFolioPud(model, vma, vpn, frame, access === 'write'),
    },
  ]),
];
