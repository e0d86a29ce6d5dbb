import { type Pfn, pfn } from './units.js';

/** What the kernel's memory map says about frames (SPEC 1.4, 1.5). Every answer is for one pfn. */
export interface Frames {
  /** pfn_valid(): the frame has a struct page. */
  memmap(pfn: Pfn): boolean;
  /** is_zero_pfn(): the shared zeropage, or one of several where the cache has colours. */
  isZero(pfn: Pfn): boolean;
  /** is_huge_zero_pfn(): any page of the huge zero folio. */
  isHugeZero(pfn: Pfn): boolean;
  /** is_huge_zero_pmd() as older kernels ask it: the first page of the huge zero folio. */
  isHugeZeroHead(pfn: Pfn): boolean;
  /** folio_test_anon() of the frame's folio. */
  isAnon(pfn: Pfn): boolean;
  /** folio_test_slab() of the frame's folio. */
  isSlab(pfn: Pfn): boolean;
  /** highest_memmap_pfn: a cheap bound; frames below it may still lack a struct page. */
  readonly highest: Pfn;
}

/** Kinds of frame that the decision tells apart, as the recorded decisions name them. */
export const FRAME_KINDS = {
  anon: 'anonymous page',
  file: 'page of a file',
  slab: 'page of a slab',
  zero: 'shared zeropage',
  reserved: 'PG_reserved page, as of the vDSO',
  hz_head: 'first page of the huge zero folio',
  hz_tail: 'other page of the huge zero folio',
  anon_thp_tail: 'page inside an anonymous huge page',
  zone_device: 'page of device memory',
  no_memmap: 'no struct page, below highest_memmap_pfn',
  beyond: 'no struct page, above highest_memmap_pfn',
  beyond_valid: 'struct page above highest_memmap_pfn (does not happen)',
} as const satisfies Readonly<Record<string, string>>;

/** A kind of frame. */
export type FrameKind = keyof typeof FRAME_KINDS;

/** True for the names of frame kinds. */
export const isFrameKind = (name: string): name is FrameKind => Object.hasOwn(FRAME_KINDS, name);

/**
 * Frames of a machine of which one frame is known: `at` is of the given kind, all others are pages
 * of files. `highest` is the frame itself, or the one below for the kinds
 * beyond the memory map (frame 0 has none below it, so it cannot be beyond).
 */
export function frameOfKind(kind: FrameKind, at: Pfn): Frames {
  const beyond = kind === 'beyond' || kind === 'beyond_valid';
  const is =
    (...kinds: readonly FrameKind[]) =>
    (asked: Pfn): boolean =>
      asked === at && kinds.includes(kind);
  const without = is('no_memmap', 'beyond');
  return {
    memmap: (asked) => !without(asked),
    isZero: is('zero'),
    isHugeZero: is('hz_head', 'hz_tail'),
    isHugeZeroHead: is('hz_head'),
    isAnon: is('anon', 'anon_thp_tail'),
    isSlab: is('slab'),
    highest: beyond && at > 0n ? pfn(at - 1n) : at,
  };
}
