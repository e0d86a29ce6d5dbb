import { prepareFolio } from '../frames/allocate.js';
import { OWNER, PAGE_FLAG, PGMAP_TYPE } from '../frames/page-flags.js';
import { ENTIRELY_MAPPED } from '../rmap/mapcount.js';
import { setLargeMapcount } from '../rmap/mm-id.js';
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
  /** PGMAP_TYPE of device memory. */
  readonly device?: number;
}

const FILE = { owner: OWNER.file };
// Not marked swap-backed, as on the machine of the record.
const ANON = { owner: OWNER.anon };

/** Folios and frames by their names in the files. */
const KINDS: Readonly<Record<string, HugeKind>> = {
  file: FILE,
  shmem: { ...FILE, flags: PAGE_FLAG.swapbacked },
  dax: { ...FILE, device: PGMAP_TYPE.fsdax },
  anon: ANON,
  anon_excl: { ...ANON, flags: PAGE_FLAG.anonExclusive },
  devpriv: { ...ANON, device: PGMAP_TYPE.private },
  wrong_order: { ...FILE, wrongOrder: true },
  file_memory: { ...FILE, single: true },
  anon_memory: { ...ANON, single: true },
};

/**
 * The first pfn of what a huge entry of the world's level is to map, made in the frames of
 * `World.subject`; undefined for a kind that nobody knows.
 */
export function hugePfnOfKind(world: World, kind: string): number | undefined {
  const { model, level, subject } = world;
  const { memory, hugeZeroFrame } = model.machine;
  if (kind === 'no_memmap' || kind === 'beyond') return world.pfnWithout(kind);
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
  if (kind.device !== undefined) state.setRef(Frame.pgmap, folio, world.pgmapOf(kind.device));
}

/**
 * The folio is mapped by one huge entry of the world's address space, and somebody else has a
 * reference, so that none of what follows frees it.
 */
export function mapWhole({ model, mm }: World, folio: number): void {
  const { state } = model;
  state.set(Frame.refcount, folio, OTHERS + 1);
  state.set(Frame.entireMapcount, folio, 1);
  state.set(Frame.pagesMapped, folio, ENTIRELY_MAPPED);
  setLargeMapcount(model, folio, 1, mm);
}

/** References of others. */
const OTHERS = 2;
