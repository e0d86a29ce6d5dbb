import type { Entry, EntrySpace } from '../machine/entries.js';
import { NONE } from '../machine/entries.js';
import { BadRow } from './row.js';
import { syntheticMask } from './synthetic-form.js';
import type { World } from './world.js';

/** Any swap type: what matters is that the entry is not present and not empty. */
const SOME_SWAP_TYPE = syntheticMask('SWP_TYPE');

/**
 * The entry before an insertion, by its name in the files: `same` holds the pfn that is inserted,
 * `other` the pfn of the world's other page, `zero` the zeropage, `huge_zero` that folio.
 */
export function entryOfKind(world: World, kind: string, pfn: number): Entry {
  const { machine } = world.model;
  const space = machine.space(world.level);
  if (kind === 'none') return NONE;
  const at = pfnOfEntry(world, kind, pfn);
  if (kind.startsWith('nonpresent')) return nonPresent(space, at);
  const leaf = space.leaf(at, world.prot(kind.endsWith('_rw')));
  return kind.endsWith('_special') ? space.to.mkspecial(leaf) : leaf;
}

function pfnOfEntry(world: World, kind: string, pfn: number): number {
  const { machine } = world.model;
  const { memory } = machine;
  if (kind.startsWith('same') || kind === 'nonpresent_same_bits') return pfn;
  if (kind.startsWith('other') || kind === 'nonpresent_other_bits') return memory.pfn(world.other);
  if (kind.startsWith('zero')) return memory.pfn(machine.zeroFrames[0] as number);
  if (kind.startsWith('huge_zero')) return memory.pfn(machine.hugeZeroFrame);
  throw new BadRow(`entry "${kind.slice(0, 40)}" is unknown`);
}

/** A swap entry whose offset is a frame number. */
const nonPresent = (space: EntrySpace, pfn: number): Entry =>
  space.of(space.word(space.leaf(pfn, 0)) | SOME_SWAP_TYPE);
