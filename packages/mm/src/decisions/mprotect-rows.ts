import { type MappingLevel, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED, VM_WRITE } from '@pagewright/core';
import { setFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { Entry } from '../machine/entries.js';
import type { Model } from '../model.js';
import {
  canChangePmdWritable,
  canChangePrivatePteWritable,
  canChangePteWritable,
  canChangeSharedPteWritable,
  maybeChangePteWritable,
} from '../mprotect/can-change-writable.js';
import { Vma } from '../state/columns.js';
import { vmGetPageProt } from '../vma/page-prot-of-flags.js';
import {
  vmaNeedsDirtyTracking,
  vmaWantsManualPteWriteUpgrade,
  vmaWantsWritenotify,
} from '../vma/write-tracking.js';
import { pfnOfKind } from './page-kinds.js';
import { answered } from './render.js';
import { BadRow, comparing, type DecisionComparer, type Inputs, type RowAnswer } from './row.js';
import { FILES, type OpsKind } from './vma-kinds.js';
import { type World, worldOf } from './world.js';

/** What an entry of these rows maps. */
interface MappedPage {
  /** Kind of page; `special` for a frame without a page behind it. */
  readonly page: string;
  readonly special?: true;
  /** Pages of its folio, from the first on, that are exclusive. */
  readonly exclusive?: readonly number[];
  /** Which page of the folio the entry maps. */
  readonly at?: number;
}

const PTE_PAGES: Readonly<Record<string, MappedPage>> = {
  special_pfn: { page: 'no_memmap', special: true },
  zero_special: { page: 'zero', special: true },
  zero_plain: { page: 'zero' },
  file: { page: 'file_small' },
  anon_excl: { page: 'anon_small', exclusive: [0] },
  anon_shared: { page: 'anon_small' },
  ksm: { page: 'ksm_small' },
  anon_thp_tail_excl_on_page: { page: 'anon_large_head', exclusive: [1], at: 1 },
  anon_thp_head_excl_tail_not: { page: 'anon_large_head', exclusive: [0], at: 1 },
};

const PMD_PAGES: Readonly<Record<string, MappedPage>> = {
  special_pfn: { page: 'no_memmap', special: true },
  huge_zero_special: { page: 'huge_zero', special: true },
  huge_zero_plain: { page: 'huge_zero' },
  file: { page: 'file_large_head' },
  anon_excl: { page: 'anon_large_head', exclusive: [0] },
  anon_shared: { page: 'anon_large_head' },
};

/** Flags of a VMA by the names of inputs. */
const VMA_INPUTS = {
  vm_write: VM_WRITE,
  vm_shared: VM_SHARED,
  vm_softdirty: 0x8000000n,
  vm_uffd_wp: 0x1000n,
  write: VM_WRITE,
  shared: VM_SHARED,
  pfnmap: VM_PFNMAP,
  hugetlb: 0x400000n,
} as const;

/** Flags that an input of the row names and sets. */
const flagsOf = (inputs: Inputs, names: readonly (keyof typeof VMA_INPUTS)[]): bigint =>
  names.reduce((flags, name) => (inputs.is(name) ? flags | VMA_INPUTS[name] : flags), 0n);

/** Bits of an entry by the names of inputs. */
const ENTRY_BITS = {
  write: 'WRITE',
  protnone: 'PROTNONE',
  dirty: 'DIRTY',
  soft_dirty: 'SOFT_DIRTY',
  uffd_wp: 'UFFD_WP',
} as const;

const worldOfRow = (revision: Parameters<RowAnswer>[1], row: Inputs, level: MappingLevel): World =>
  worldOf(revision, row, level, { config: { MEM_SOFT_DIRTY: row.flag('soft_dirty_config') } });

/** A question about an entry: whether it may become writable. */
type Question = (model: Model, vma: number, vpn: number, entry: Entry) => boolean;

const asksEntry =
  (ask: Question, level: MappingLevel): RowAnswer =>
  (row, revision) => {
    const world = worldOfRow(revision, row, level);
    const { model, vma, vpn } = world;
    const kind = row.of('page', level === 'pte' ? PTE_PAGES : PMD_PAGES);
    const plain = mapping(world, kind);
    const mixed = row.get('page') === 'special_pfn' ? VM_MIXEDMAP : 0n;
    world.keep();
    return (inputs) => {
      world.restore();
      const flags = flagsOf(inputs, ['vm_write', 'vm_shared', 'vm_softdirty', 'vm_uffd_wp']);
      world.setFlags(flags | mixed);
      let entry = plain;
      for (const [name, bit] of Object.entries(ENTRY_BITS)) {
        if (inputs.is(name)) entry = world.marked(entry, bit);
      }
      return answered(world, () => Number(ask(model, vma, vpn, entry)), String);
    };
  };

/** Makes the page that the entries map; answers an entry without further marks. */
function mapping(world: World, { page, special, exclusive = [], at = 0 }: MappedPage): Entry {
  const { model, level } = world;
  const first = pfnOfKind(world, page);
  if (first === undefined) throw new BadRow('page is of no known kind');
  const { machine } = model;
  for (const i of exclusive) {
    setFlag(model, machine.memory.frame(first) + i, PAGE_FLAG.anonExclusive, true);
  }
  const space = machine.space(level);
  const entry = space.leaf(first + at, world.prot(false));
  return special ? space.to.mkspecial(entry) : entry;
}

const OPS: Readonly<Record<string, OpsKind>> = {
  no_ops: 'no_ops',
  ops_plain: 'ops_plain',
  page_mkwrite: 'page_mkwrite',
  pfn_mkwrite: 'pfn_mkwrite',
};

/** A question about a VMA. */
const asksVma =
  (ask: (model: Model, vma: number) => boolean): RowAnswer =>
  (row, revision) => {
    const world = worldOfRow(revision, row, 'pte');
    const { model, vma } = world;
    const { machine } = model;
    world.setFile(row.of('file', FILES));
    world.setOps(row.of('ops', OPS));
    const differs = row.flag('prot_differs');
    world.keep();
    return (inputs) => {
      world.restore();
      const names = ['write', 'shared', 'pfnmap', 'hugetlb', 'vm_softdirty', 'vm_uffd_wp'] as const;
      world.setFlags(flagsOf(inputs, names));
      const given = machine.flagSets.value(model.state.get(Vma.flags, vma));
      const prot = differs ? UNLIKE_ANY : vmGetPageProt(machine, given);
      model.state.set(Vma.pageProt, vma, prot);
      return answered(world, () => Number(ask(model, vma)), String);
    };
  };

/** Number of the protection without any bits, which no flags give. */
const UNLIKE_ANY = 0;

/** Group `mprotect`: what may become writable without a fault, and which VMAs want faults. */
export const mprotectComparer: DecisionComparer = {
  group: 'mprotect',
  compare: comparing({
    can_change_pte_writable: asksEntry(canChangePteWritable, 'pte'),
    can_change_private_pte_writable: asksEntry(canChangePrivatePteWritable, 'pte'),
    can_change_shared_pte_writable: asksEntry(
      (model, vma, _vpn, entry) => canChangeSharedPteWritable(model, vma, entry),
      'pte',
    ),
    maybe_change_pte_writable: asksEntry(
      (model, vma, _vpn, entry) => maybeChangePteWritable(model, vma, entry),
      'pte',
    ),
    can_change_pmd_writable: asksEntry(canChangePmdWritable, 'pmd'),
    vma_wants_writenotify: asksVma((model, vma) =>
      vmaWantsWritenotify(model, vma, model.state.get(Vma.pageProt, vma)),
    ),
    vma_needs_dirty_tracking: asksVma(vmaNeedsDirtyTracking),
    vma_wants_manual_pte_write_upgrade: asksVma(vmaWantsManualPteWriteUpgrade),
  }),
};
