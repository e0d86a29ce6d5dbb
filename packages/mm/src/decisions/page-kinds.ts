import { prepareFolio } from '../frames/allocate.js';
import { setFlag } from '../frames/folio.js';
import { OWNER, PAGE_FLAG, PAGE_TYPE, PGMAP_TYPE } from '../frames/page-flags.js';
import { Frame, Global } from '../state/columns.js';
import { LEAF_PAGES } from './synthetic-form.js';
import type { World } from './world.js';

/** What a page of a kind is. */
interface PageKind {
  /** Pages of its folio as a power of two; the page asked is the first one or the one after it. */
  readonly order?: number;
  readonly tail?: boolean;
  readonly owner?: number;
  readonly flags?: number;
  /** Type of the folio's first page. */
  readonly type?: number;
  readonly refcount?: number;
  /** Where the exclusive bit stands, if not in `flags`. */
  readonly exclusive?: 'page' | 'head';
  /** PGMAP_TYPE of device memory. */
  readonly device?: number;
}

const FILE = { owner: OWNER.file };
const ANON = { owner: OWNER.anon, flags: PAGE_FLAG.swapbacked };
/** Order of the large folios of the recorded decisions. */
const LARGE_ORDER = 2;

const HUGETLB = { ...ANON, type: PAGE_TYPE.hugetlb, order: LARGE_ORDER, tail: true };

/** Kinds of page by their names in the files; all begin unmapped, with one reference. */
const PAGE_KINDS = {
  file: FILE,
  file_small: FILE,
  file_memory: FILE,
  shmem_small: { ...FILE, flags: PAGE_FLAG.swapbacked },
  file_huge: { ...FILE, order: Math.log2(LEAF_PAGES.pud) },
  file_large_head: { ...FILE, order: LARGE_ORDER },
  file_large_tail: { ...FILE, order: LARGE_ORDER, tail: true },
  anon: ANON,
  anon_small: ANON,
  anon_memory: ANON,
  anon_large_head: { ...ANON, order: LARGE_ORDER },
  anon_large_tail: { ...ANON, order: LARGE_ORDER, tail: true },
  anon_thp_tail: { ...ANON, order: LARGE_ORDER, tail: true },
  anon_device_private: { ...ANON, device: PGMAP_TYPE.private },
  ksm_small: { owner: OWNER.ksm, flags: PAGE_FLAG.swapbacked },
  slab: { type: PAGE_TYPE.slab },
  slab_tail: { type: PAGE_TYPE.slab, order: LARGE_ORDER, tail: true },
  slab_with_anon_bit: { ...ANON, type: PAGE_TYPE.slab },
  typed: { type: PAGE_TYPE.offline },
  typed_offline: { type: PAGE_TYPE.offline },
  reserved: { flags: PAGE_FLAG.reserved },
  zone_device: { ...FILE, device: PGMAP_TYPE.fsdax },
  p2pdma: { device: PGMAP_TYPE.p2pdma },
  coherent: { ...ANON, device: PGMAP_TYPE.coherent },
  fsdax_dev: { ...FILE, device: PGMAP_TYPE.fsdax },
  large_head_o1: { ...ANON, order: 1 },
  large_head_o2: { ...ANON, order: LARGE_ORDER },
  large_tail_o2: { ...ANON, order: LARGE_ORDER, tail: true },
  zone_movable: ANON,
  cma: ANON,
  ref0: { ...ANON, refcount: 0 },
  ref_negative: { ...ANON, refcount: -1 },
  anon_excl: { ...ANON, flags: ANON.flags | PAGE_FLAG.anonExclusive },
  anon_shared: ANON,
  ksm: { owner: OWNER.ksm, flags: PAGE_FLAG.swapbacked },
  thp_tail_excl_on_page: { ...ANON, order: LARGE_ORDER, tail: true, exclusive: 'page' },
  thp_tail_excl_on_head: { ...ANON, order: LARGE_ORDER, tail: true, exclusive: 'head' },
  hugetlb_tail_head_excl: { ...HUGETLB, exclusive: 'head' },
  hugetlb_tail_head_shared: HUGETLB,
  zone_device_fsdax: { ...FILE, device: PGMAP_TYPE.fsdax },
  ref0_file: { ...FILE, refcount: 0 },
  ref0_anon: { ...ANON, refcount: 0 },
} as const satisfies Readonly<Record<string, PageKind>>;

/** The same with every field, for reading. */
const KINDS: Readonly<Record<string, PageKind>> = PAGE_KINDS;

/** Kinds that a machine has one of: which frame it is, and from which range. */
const OWN = {
  zero: { range: 'zeropage', page: 0 },
  hz_head: { range: 'huge-zero', page: 0 },
  hz_tail: { range: 'huge-zero', page: 1 },
  huge_zero: { range: 'huge-zero', page: 0 },
  huge_zero_head: { range: 'huge-zero', page: 0 },
  huge_zero_tail: { range: 'huge-zero', page: 1 },
  beyond_valid: { range: 'above-highest', page: 0 },
} as const;

/**
 * The pfn of a page of the kind, which is made in the frames of `World.subject`; for kinds without
 * struct page a pfn that has none. Undefined for a kind that nobody knows.
 */
export function pfnOfKind(world: World, kind: string): number | undefined {
  const { memory } = world.model.machine;
  if (kind === 'no_memmap' || kind === 'beyond') return world.pfnWithout(kind);
  if (Object.hasOwn(OWN, kind)) {
    const { range, page } = OWN[kind as keyof typeof OWN];
    return memory.pfn(memory.framesOf(range)[page] as number);
  }
  const found = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (found === undefined) return undefined;
  return memory.pfn(makePage(world, world.subject, found));
}

/** Makes the folio from a frame on; answers the frame of the page that is meant. */
function makePage(world: World, frame: number, kind: PageKind): number {
  const { state } = world.model;
  const { order = 0, tail = false, owner = OWNER.none, flags = 0, refcount = 1 } = kind;
  prepareFolio(world.model, frame, order);
  state.set(Frame.owner, frame, owner);
  state.set(Frame.flags, frame, flags);
  state.set(Frame.type, frame, kind.type ?? PAGE_TYPE.none);
  state.set(Frame.refcount, frame, refcount);
  if (kind.device !== undefined) state.setRef(Frame.pgmap, frame, world.pgmapOf(kind.device));
  const page = tail ? frame + 1 : frame;
  if (kind.exclusive !== undefined) {
    setFlag(world.model, kind.exclusive === 'head' ? frame : page, PAGE_FLAG.anonExclusive, true);
  }
  return page;
}

/** The huge zero folio as get_huge_zero_folio() makes it. */
export function makeHugeZero(world: World): void {
  const { model } = world;
  const { state, machine } = model;
  const folio = machine.hugeZeroFrame;
  const pages = machine.memory.framesOf('huge-zero').length;
  prepareFolio(model, folio, Math.log2(pages));
  state.set(Frame.refcount, folio, 1);
  state.setRef(Global.hugeZero, 0, folio);
  state.set(Global.hugeZeroRefs, 0, 2);
}
