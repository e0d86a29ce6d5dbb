import { VM_PFNMAP } from '@pagewright/core';
import { folioOf } from '../frames/folio.js';
import { OWNER } from '../frames/page-flags.js';
import { pfnmapNormalPage } from '../insert/pfnmap-normal-page.js';
import { remapPteRange } from '../insert/remap-pfn-range.js';
import type { Entry } from '../machine/entries.js';
import { NONE } from '../machine/entries.js';
import { Frame, Global, Slot } from '../state/columns.js';
import { setEntry } from '../tables/tables.js';
import { entryOfKind } from './entry-kinds.js';
import { pfnOfKind } from './page-kinds.js';
import { answered, errnoWord } from './render.js';
import { BadRow, comparing, type DecisionComparer, type Inputs, type RowAnswer } from './row.js';
import { VMA_KINDS } from './vma-kinds.js';
import { type World, worldOf } from './world.js';

/** Slots that a recorded call covers. */
const SLOTS = 3;

/** Which of the three something is about; undefined for none of them. */
function position(inputs: Inputs, name: string): number | undefined {
  if (inputs.get(name) === 'never') return undefined;
  const at = inputs.number(name);
  if (at < 0 || at >= SLOTS) throw new BadRow(`${name} is none of the three slots`);
  return at;
}

const remapPteRangeRows: RowAnswer = (row, revision) => {
  const world = worldOf(revision, row);
  const { model, subject, slot } = world;
  const first = model.machine.memory.pfn(subject);
  for (let i = 0; i < SLOTS; i++) model.state.set(Frame.owner, subject + i, OWNER.file);
  const anon = position(row, 'anon_page_at');
  if (anon !== undefined) model.state.set(Frame.owner, folioOf(model, subject + anon), OWNER.anon);
  const occupied = position(row, 'occupied_at');
  if (occupied !== undefined) {
    setEntry(model, slot + occupied, entryOfKind(world, 'other_ro', first));
  }
  const denied = position(row, 'modify_denied_at');
  if (denied !== undefined) model.state.set(Global.modifyLimit, 0, first + denied);
  world.keep();
  return (inputs) => {
    world.restore();
    world.setFlags(inputs.of('vma', VMA_KINDS) | VM_PFNMAP);
    const prot = world.prot(inputs.is('prot_write'));
    if (inputs.is('alloc_fail')) world.cutOff();
    const { vma, vpn } = world;
    return answered(
      world,
      () => remapPteRange(model, vma, vpn, vpn + SLOTS, first, prot),
      (value) => `${errnoWord(value)} ${installed(world, slot)}`,
    );
  };
};

/** What of the three slots is new: `installed3 special3 writable0`. */
function installed(world: World, slot: number): string {
  const { model, before } = world;
  const { is } = model.pte;
  let count = 0;
  let special = 0;
  let writable = 0;
  for (let i = slot; i < slot + SLOTS; i++) {
    const entry = model.state.get(Slot.entry, i) as Entry;
    if (entry === NONE || entry === before.get(Slot.entry, i)) continue;
    count++;
    if (is.special(entry)) special++;
    if (is.write(entry)) writable++;
  }
  return `installed${count} special${special} writable${writable}`;
}

const pfnmapNormalPageRows: RowAnswer = (row, revision) => {
  const world = worldOf(revision, row);
  const pfn = pfnOfKind(world, row.get('pfn'));
  if (pfn === undefined) throw new BadRow('pfn is of no known kind');
  world.keep();
  return (inputs) => {
    world.restore();
    world.setFlags(inputs.of('vma', VMA_KINDS) | (inputs.is('pfnmap') ? VM_PFNMAP : 0n));
    const { model, vma } = world;
    return answered(
      world,
      () => pfnmapNormalPage(model, vma, world.vpn, pfn),
      (frame) => (frame < 0 ? '0' : 'N'),
    );
  };
};

/** Group `remap`: one leaf table's part of remap_pfn_range(), and what the RFC asks of each frame. */
export const remapComparer: DecisionComparer = {
  group: 'remap',
  compare: comparing({
    remap_pte_range: remapPteRangeRows,
    vm_pfnmap_normal_page_pfn: pfnmapNormalPageRows,
  }),
};
