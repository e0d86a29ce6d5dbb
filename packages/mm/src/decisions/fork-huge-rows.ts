import { type AbsentKind, VM_MAYWRITE, VM_SHARED } from '@pagewright/core';
import { MM_FLAG } from '../frames/page-flags.js';
import { copyHugePmd, copyHugePud } from '../huge/copy-huge.js';
import type { HugeLevel } from '../huge/insert-leaf.js';
import { type Entry, NONE } from '../machine/entries.js';
import { newAnonVma } from '../rmap/anon-vma.js';
import { Frame, Global, Mm, Slot, Table, Vma } from '../state/columns.js';
import { depositTable, isTable, pagesOfLevel, slotMade, tableHolding } from '../tables/tables.js';
import { newMm, newVma } from '../vma/address-space.js';
import { pageIndex } from '../vma/vma.js';
import { hugePfnOfKind, mapWhole } from './huge-page-kinds.js';
import { answered, changes, deltasOf, entryLetters, errnoWord } from './render.js';
import { BadRow, type Inputs, type RowAnswer } from './row.js';
import { tablesGivenBack } from './tables-given-back.js';
import { READABLE } from './vma-kinds.js';
import { type World, worldOf } from './world.js';

/** What a source entry maps, by its name in the files. */
const SOURCES: Readonly<Record<string, { readonly folio: string; readonly mark?: string }>> = {
  anon_excl: { folio: 'anon_excl' },
  anon_shared: { folio: 'anon' },
  file_thp: { folio: 'file' },
  file_pud: { folio: 'file' },
  huge_zero_plain: { folio: 'huge_zero' },
  huge_zero_special: { folio: 'huge_zero', mark: 'SPECIAL' },
  // What lies behind a raw frame is no anonymous memory.
  pfn_special: { folio: 'file', mark: 'SPECIAL' },
  devmap: { folio: 'file', mark: 'DEVMAP' },
};

const MIGRATIONS: Readonly<Record<string, AbsentKind>> = {
  mig_write: 'migration-write',
  mig_readex: 'migration-read-exclusive',
  mig_read: 'migration-read',
};

/** Answers of the folio, and of the child. */
const FOLIO_DELTAS = deltasOf('ref', 'entire', 'large', 'exclusive');

/** A source entry and the frame that it is about. */
interface Source {
  readonly frame: number;
  /** The entry with these bits of a row's inputs; undefined for a table. */
  readonly entry: (inputs: Inputs) => Entry | undefined;
}

function sourceOf(world: World, row: Inputs): Source {
  const { model, level } = world;
  const { memory } = model.machine;
  const space = model.machine.space(level);
  const name = row.get('src_entry');
  if (name === 'table') return { frame: -1, entry: () => undefined };
  const migration = MIGRATIONS[name];
  if (migration !== undefined) {
    const pfn = hugePfnOfKind(world, 'anon') as number;
    const made = space.makeAbsent(migration, pfn) ?? NONE;
    const entry = (inputs: Inputs): Entry => {
      const dirty = inputs.is('soft_dirty') ? space.to.swp_mksoft_dirty(made) : made;
      return inputs.is('uffd_wp') ? space.to.swp_mkuffd_wp(dirty) : dirty;
    };
    return { frame: memory.frame(pfn), entry };
  }
  const kind = row.of('src_entry', SOURCES);
  const pfn = hugePfnOfKind(world, kind.folio);
  if (pfn === undefined) throw new BadRow(`no folio ${kind.folio}`);
  if (kind.folio !== 'huge_zero') mapWhole(world, memory.frame(pfn));
  const entry = (inputs: Inputs): Entry => {
    let made = space.leaf(pfn, world.prot(inputs.is('write')));
    made = space.to.mkyoung(space.to.mkdirty(made));
    if (kind.mark === 'SPECIAL') made = space.to.mkspecial(made);
    if (kind.mark === 'DEVMAP') made = world.marked(made, 'DEVMAP');
    if (inputs.is('soft_dirty')) made = space.to.mksoft_dirty(made);
    return inputs.is('uffd_wp') ? space.to.mkuffd_wp(made) : made;
  };
  return { frame: memory.frame(pfn), entry };
}

type Copy = typeof copyHugePmd;

const copying =
  (level: HugeLevel, copy: Copy): RowAnswer =>
  (row, revision) => {
    const world = worldOf(revision, row, level);
    const { model, vma, mm, vpn } = world;
    const { machine } = model;
    world.setOps('no_ops');
    const source = sourceOf(world, row);
    const { slot } = world;
    if (row.get('src_entry') === 'table') slotMade(model, mm, vpn, level === 'pmd' ? 'pte' : 'pmd');
    giveAnonVma(world, source.frame);
    if (level === 'pmd') depositTable(model, mm, slot);
    const childMm = newMm(model);
    const child = newVma(model, childMm, {
      start: model.state.get(Vma.start, vma),
      end: model.state.get(Vma.end, vma),
      flags: READABLE,
      ...(row.is('dst_vma_anon') ? {} : { ops: 0 }),
    });
    const childSlot = slotMade(model, childMm, vpn, level);
    const { state } = model;
    state.set(Mm.writeProtectSeq, mm, 1);
    if (row.is('mm_has_pinned')) state.set(Mm.flags, mm, MM_FLAG.hasPinned);
    if (row.is('pinned') && source.frame >= 0) state.set(Frame.pincount, source.frame, 1);
    if (row.has('alloc_ok') && !row.is('alloc_ok')) state.set(Global.tablesRunOut, 0, 1);
    const start = model.state;
    return (inputs) => {
      model.state = start.copy();
      world.setFlags(inputs.is('src_cow') ? VM_MAYWRITE : VM_SHARED);
      const watched = inputs.is('dst_vma_uffd_wp') ? VM_UFFD_WP : 0n;
      model.state.set(Vma.flags, child, machine.flagSets.of(READABLE | watched));
      const entry = source.entry(inputs);
      if (entry !== undefined) world.setEntry(entry);
      world.keep();
      const describe = (value: number): string => {
        const isSplit = entry !== undefined && isTable(model, slot);
        const src = isSplit ? '=' : entryAfter(world, slot, entry);
        const dst = entryAfter(world, childSlot, undefined);
        // The record does not say what splitting changes.
        const folio = isSplit ? '' : changes(world, FOLIO_DELTAS, source.frame, slot);
        const counted = folio + childCounts(world, childMm, childSlot) + tablesGivenBack(model);
        const zero =
          model.state.get(Global.hugeZeroRefs, 0) - world.before.get(Global.hugeZeroRefs, 0);
        const got = zero > 0 ? ` hz_get+${zero}` : '';
        return `${errnoWord(value)} src:${src} dst:${dst}${counted}${got}${isSplit ? ' EV:split' : ''}`;
      };
      return answered(world, () => copy(model, child, vma, vpn), describe);
    };
  };

const VM_UFFD_WP = 0x1000n;

/** The source belongs to the VMA as far as rmap looks. */
function giveAnonVma({ model, vma, vpn }: World, frame: number): void {
  const { state } = model;
  const anonVma = newAnonVma(model);
  state.setRef(Vma.anonVma, vma, anonVma);
  if (frame < 0) return;
  state.setRef(Frame.ownerId, frame, anonVma);
  state.set(Frame.index, frame, pageIndex(model, vma, vpn));
}

/** `=` for the entry as it was, `none`, letters, or the kind of a migration entry. */
function entryAfter(world: World, slot: number, was: Entry | undefined): string {
  const { model, level } = world;
  const word = model.state.get(Slot.entry, slot);
  if (word < 0 || word === was) return '=';
  if (word === NONE) return 'none';
  const entry = word as Entry;
  const space = model.machine.space(level);
  if (space.is.present(entry)) {
    const dirty = space.is.soft_dirty(entry) ? '+sd' : '';
    return entryLetters(model, level, entry) + dirty + (space.is.uffd_wp(entry) ? '+wp' : '');
  }
  const dirty = space.is.swp_soft_dirty(entry) ? '+sd' : '';
  const kind = Object.entries(MIGRATIONS).find(([, what]) => what === space.absent(entry).what);
  return `${kind?.[0].replace('_', '-')}${dirty}${space.is.swp_uffd_wp(entry) ? '+wp' : ''}`;
}

/** What the child has more than before. */
function childCounts({ model, before, level }: World, mm: number, slot: number): string {
  const { state } = model;
  const anon = state.get(Mm.anonPages, mm) - before.get(Mm.anonPages, mm);
  const table = tableHolding(model, slot);
  const deposits = state.get(Table.deposits, table) - before.get(Table.deposits, table);
  const tables = state.get(Mm.nrPtes, mm) - before.get(Mm.nrPtes, mm);
  let text = anon === 0 ? '' : ` ANON+${anon === pagesOfLevel(model, level) ? 'HPN' : anon}`;
  if (deposits !== 0) text += ` deposit+${deposits}`;
  if (tables !== 0) text += ` nr_ptes+${tables}`;
  return text;
}

/** fork's functions of group `fork_zap_huge`. */
export const forkHugeRows: Readonly<Record<string, RowAnswer>> = {
  copy_huge_pmd: copying('pmd', copyHugePmd),
  copy_huge_pud: copying('pud', copyHugePud),
};
