import { type Entry, type EntrySpace, NONE } from '@pagewright/mm';
import type { World } from '../setup/world.js';

/** Bits of present entries that are named, in this order. */
const ENTRY_BITS = [
  'write',
  'dirty',
  'young',
  'special',
  'devmap',
  'protnone',
  'soft_dirty',
  'uffd_wp',
] as const;

/** An entry in words: what it maps, and its bits by name. */
export function entryText(world: World, space: EntrySpace, entry: Entry): string {
  if (entry === NONE) return 'none';
  if (!space.is.present(entry)) return absentText(world, space, entry);
  const bits = ENTRY_BITS.filter((name) => space.is[name](entry));
  return [world.pfnName(space.pfn(entry)), ...bits].join(' ');
}

function absentText(world: World, space: EntrySpace, entry: Entry): string {
  const facts = space.absent(entry);
  const pfn = facts.pfn === undefined ? [] : [world.pfnName(Number(facts.pfn))];
  const exclusive = space.is.swp_exclusive(entry) ? ['exclusive'] : [];
  return [facts.what, ...(facts.markers ?? []), ...pfn, ...exclusive].join(' ');
}
