import { type AbsentKind, VM_MIXEDMAP, VM_PFNMAP } from '@pagewright/core';
import type { FileKindName } from '../files/file-kinds.js';
import { hasFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import type { HugeLevel } from '../huge/insert-leaf.js';
import { zapHugePmd, zapHugePud } from '../huge/zap-huge.js';
import { type Entry, NONE } from '../machine/entries.js';
import { Frame, Mm, Slot } from '../state/columns.js';
import { depositTable, slotMade } from '../tables/tables.js';
import { hugePfnOfKind, mapWhole } from './huge-page-kinds.js';
import { answered, changes, deltasOf } from './render.js';
import { BadRow, type Inputs, type RowAnswer } from './row.js';
import type { OpsKind } from './vma-kinds.js';
import { type World, worldOf } from './world.js';

/** A VMA of these rows by its name in the files. */
interface ZappedVma {
  readonly ops: OpsKind;
  readonly file?: FileKindName;
  readonly flags?: bigint;
}
const VMAS: Readonly<Record<string, ZappedVma>> = {
  anonymous: { ops: 'no_ops' },
  file: { ops: 'ops_plain', file: 'file' },
  file_pfnmap: { ops: 'ops_plain', file: 'file', flags: VM_PFNMAP },
  file_mixedmap: { ops: 'ops_plain', file: 'file', flags: VM_MIXEDMAP },
  nofile_pfnmap: { ops: 'ops_plain', flags: VM_PFNMAP },
  fsdax: { ops: 'ops_plain', file: 'fsdax' },
  devdax: { ops: 'ops_plain', file: 'devdax' },
};

/** An entry of these rows by its name in the files. */
interface ZappedEntry {
  readonly folio: string;
  readonly mark?: 'SPECIAL' | 'DEVMAP';
  readonly absent?: AbsentKind;
}
const ENTRIES: Readonly<Record<string, ZappedEntry>> = {
  anon: { folio: 'anon' },
  file: { folio: 'file' },
  shmem: { folio: 'shmem' },
  huge_zero_plain: { folio: 'huge_zero' },
  huge_zero_special: { folio: 'huge_zero', mark: 'SPECIAL' },
  pfn_special: { folio: 'file', mark: 'SPECIAL' },
  devmap: { folio: 'file', mark: 'DEVMAP' },
  mig_anon: { folio: 'anon', absent: 'migration-read' },
  mig_file: { folio: 'file', absent: 'migration-read' },
};

const DELTAS = deltasOf('ref', 'entire', 'large', 'ANON', 'FILE', 'SHMEM', 'deposit', 'nr_ptes');

/** A world with the row's entry, and an address space that has counted enough of everything. */
function zapWorld(
  row: Inputs,
  revision: Parameters<RowAnswer>[1],
  level: HugeLevel,
  pgtableDeposit: boolean,
): { readonly world: World; readonly frame: number; readonly entry: Entry | undefined } {
  const world = worldOf(revision, row, level, { pgtableDeposit });
  const { model, mm } = world;
  const { state, machine } = model;
  for (const counter of [Mm.anonPages, Mm.filePages, Mm.shmemPages]) state.set(counter, mm, ENOUGH);
  const name = row.get('entry');
  if (name === 'table') slotMade(model, mm, world.vpn, level === 'pmd' ? 'pte' : 'pmd');
  if (level === 'pmd') depositTable(model, mm, world.slot);
  if (name === 'none' || name === 'table') {
    return { world, frame: -1, entry: name === 'none' ? NONE : undefined };
  }
  const kind = row.of('entry', ENTRIES);
  const pfn = hugePfnOfKind(world, kind.folio);
  if (pfn === undefined) throw new BadRow(`no folio ${kind.folio}`);
  const frame = machine.memory.frame(pfn);
  const space = machine.space(level);
  if (kind.absent !== undefined) {
    state.set(Frame.refcount, frame, ENOUGH);
    return { world, frame, entry: space.makeAbsent(kind.absent, pfn) ?? NONE };
  }
  if (kind.folio !== 'huge_zero') mapWhole(world, frame);
  let entry = space.leaf(pfn, world.prot(false));
  if (kind.mark === 'SPECIAL') entry = space.to.mkspecial(entry);
  if (kind.mark === 'DEVMAP') entry = world.marked(entry, 'DEVMAP');
  return { world, frame, entry };
}

/** More than anything here takes away. */
const ENOUGH = 1000;

const zapping =
  (level: HugeLevel): RowAnswer =>
  (row, revision) => {
    const made = [false, true].map((deposit) => zapWorld(row, revision, level, deposit));
    const starts = made.map(({ world }) => world.model.state);
    return (inputs) => {
      const number = inputs.is('arch_deposit') ? 1 : 0;
      const { world, frame, entry } = made[number] as (typeof made)[number];
      const { model, vma, vpn } = world;
      model.state = (starts[number] as (typeof starts)[number]).copy();
      const { ops, file, flags = 0n } = inputs.of('vma', VMAS);
      world.setFlags(flags);
      world.setOps(ops);
      world.setFile(file);
      const { slot } = world;
      if (entry !== undefined) world.setEntry(withBits(world, entry, inputs));
      world.keep();
      const zap = (): number =>
        level === 'pmd' ? zapHugePmd(model, vma, vpn, slot) : zapHugePud(model, vma, slot);
      const describe = (value: number): string => {
        const left = model.state.get(Slot.entry, slot);
        const counted = changes(world, DELTAS, frame, slot);
        return `${value} ${left === NONE ? 'none' : '='}${counted}${folioMarks(world, frame)}`;
      };
      return answered(world, zap, describe);
    };
  };

/** A present entry with the dirty and young bits of a row's inputs. */
export function withBits(world: World, entry: Entry, inputs: Inputs): Entry {
  const { is, to } = world.model.machine.space(world.level);
  if (!is.present(entry)) return entry;
  const dirty = inputs.is('dirty') ? to.mkdirty(entry) : entry;
  return inputs.is('young') ? to.mkyoung(dirty) : dirty;
}

/** ` EV:mark-dirty`, ` EV:mark-accessed`: what the folio learned of the entry. */
function folioMarks({ model }: World, frame: number): string {
  if (frame < 0) return '';
  const dirty = hasFlag(model, frame, PAGE_FLAG.dirty) ? ' EV:mark-dirty' : '';
  return dirty + (hasFlag(model, frame, PAGE_FLAG.referenced) ? ' EV:mark-accessed' : '');
}

/** zap's functions of group `fork_zap_huge`. */
export const zapHugeRows: Readonly<Record<string, RowAnswer>> = {
  zap_huge_pmd: zapping('pmd'),
  zap_huge_pud: zapping('pud'),
};
