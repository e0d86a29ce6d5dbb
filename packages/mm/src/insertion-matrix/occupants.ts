import type { MappingLevel } from '@pagewright/core';
import { type Entry, NONE } from '../machine/entries.js';
import { setEntry, slotMade } from '../tables/tables.js';
import { pageProtOf } from '../vma/vma.js';
import { offsetMatching } from './encodings.js';
import type { Ground } from './ground.js';

/** What a slot may hold when something is inserted, and what it is. */
export const OCCUPANTS = {
  nothing: 'the slot is empty',
  'same page': 'the page that is inserted, as a page',
  'other page': 'another page',
  zeropage: 'the shared zeropage, or at a PMD the huge zero folio',
  'same raw': 'the frame that is inserted, as a raw one (special where there is a mark)',
  'other raw': 'another raw frame',
  swap: 'a swap entry',
  'swap, same bits': 'a swap entry whose bits read as the frame that is inserted',
  migration: 'a migration entry of the page that is inserted',
  'migration, same bits': 'a migration entry whose bits read as the frame that is inserted',
  marker: 'a marker',
  'marker, same bits': 'a marker whose bits read as the frame that is inserted',
  table: 'a table of the level below',
} as const;
/** What a slot may hold when something is inserted. */
export type Occupant = keyof typeof OCCUPANTS;

/** Kinds of absent entry, at the levels that can hold them. */
const ABSENT = {
  swap: 'swap',
  'swap, same bits': 'swap',
  migration: 'migration-read',
  'migration, same bits': 'migration-read',
  marker: 'marker',
  'marker, same bits': 'marker',
} as const;

/** Bit of a marker that every kernel with markers knows (PTE_MARKER_UFFD_WP). */
const MARKER = 1;
/** A swap slot whose number says nothing about frames. */
const SLOT = 3;

/** Puts an occupant into the slot by hand; false where form and level have no such entry. */
export function occupy(ground: Ground, level: MappingLevel, vma: number, what: Occupant): boolean {
  const { model, mm, vpn } = ground;
  if (what === 'table') {
    if (level === 'pte') return false;
    slotMade(model, mm, vpn, level === 'pud' ? 'pmd' : 'pte');
    return true;
  }
  const slot = slotMade(model, mm, vpn, level);
  const entry = entryOf(ground, level, vma, what);
  if (entry === undefined) return false;
  setEntry(model, slot, entry);
  return true;
}

function entryOf(
  { model, pfn, otherPfn }: Ground,
  level: MappingLevel,
  vma: number,
  what: Exclude<Occupant, 'table'>,
): Entry | undefined {
  const { machine } = model;
  const space = machine.space(level);
  const prot = pageProtOf(model, vma);
  const leaf = (at: number): Entry => space.leaf(at, prot);
  const raw = (at: number): Entry => {
    const marked = level === 'pte' || model.has('huge-pfnmap');
    return marked ? space.to.mkspecial(leaf(at)) : leaf(at);
  };
  switch (what) {
    case 'nothing':
      return NONE;
    case 'same page':
      return leaf(pfn);
    case 'other page':
      return leaf(otherPfn);
    case 'zeropage':
      return zeroEntry(model, level, leaf);
    case 'same raw':
      return raw(pfn);
    case 'other raw':
      return raw(otherPfn);
    default:
      return absentEntry(model, level, pfn, what);
  }
}

function zeroEntry(
  { machine }: Ground['model'],
  level: MappingLevel,
  leaf: (pfn: number) => Entry,
): Entry | undefined {
  const space = machine.space(level);
  const frame = level === 'pte' ? machine.zeroFrames[0] : machine.hugeZeroFrame;
  if (level === 'pud' || frame === undefined || frame < 0) return undefined;
  const entry = leaf(machine.memory.pfn(frame));
  const special = level === 'pte' || machine.kernel.has('huge-zero-pmd-special');
  return special ? space.to.mkspecial(entry) : entry;
}

function absentEntry(
  { machine }: Ground['model'],
  level: MappingLevel,
  pfn: number,
  what: keyof typeof ABSENT,
): Entry | undefined {
  const { form } = machine;
  const kind = ABSENT[what];
  if (level === 'pud' || (level === 'pmd' && kind !== 'migration-read')) return undefined;
  const own = { swap: SLOT, 'migration-read': pfn, marker: MARKER }[kind];
  const offset = what.endsWith('bits') ? offsetMatching(form, level, kind, BigInt(pfn)) : own;
  return offset === undefined ? undefined : machine.space(level).makeAbsent(kind, Number(offset));
}
