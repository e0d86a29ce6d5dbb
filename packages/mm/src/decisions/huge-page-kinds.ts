import { prepareFolio } from '../frames/allocate.js';
import { OWNER, PAGE_FLAG } from '../frames/page-flags.js';
import { Frame } from '../state/columns.js';
import { pagesOfLevel } from '../tables/tables.js';
import type { World } from './world.js';

/** What a folio that a huge entry maps is. */
interface HugeKind {
  readonly owner: number;
  readonly flags?: number;
  /** Its size is that of another level. */
  readonly wrongOrder?: true;
  /** Pages of their own, which a raw frame may be. */
  readonly single?: true;
}

/** Folios and frames by their names in the files. */
const KINDS: Readonly<Record<string, HugeKind>> = {
  file: { owner: OWNER.file },
  shmem: { owner: OWNER.file, flags: PAGE_FLAG.swapbacked },
  // Not marked swap-backed, as on the machine of the record.
  anon: { owner: OWNER.anon },
  wrong_order: { owner: OWNER.file, wrongOrder: true },
  file_memory: { owner: OWNER.file, single: true },
  anon_memory: { owner: OWNER.anon, single: true },
};

/**
 * The first pfn of what a huge entry of the world's level is to map, made in the frames of
 * `World.subject`; undefined for a kind that nobody knows.
 */
export function hugePfnOfKind(world: World, kind: string): number | undefined {
  const { model, level, subject } = world;
  const { memory, hugeZeroFrame } = model.machine;
  if (kind === 'no_memmap') return world.pfnWithout(kind);
  if (kind === 'huge_zero') return memory.pfn(hugeZeroFrame);
  const found = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (found === undefined) return undefined;
  const order = found.single ? 0 : Math.log2(pagesOfLevel(model, level));
  makeFolio(world, subject, found.wrongOrder ? order - 1 : order, found);
  return memory.pfn(subject);
}

function makeFolio(world: World, folio: number, order: number, kind: HugeKind): void {
  const { state } = world.model;
  prepareFolio(world.model, folio, order);
  state.set(Frame.owner, folio, kind.owner);
  state.set(Frame.flags, folio, kind.flags ?? 0);
  state.set(Frame.refcount, folio, 1);
}
