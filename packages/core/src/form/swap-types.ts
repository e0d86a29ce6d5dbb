import type { Word } from '../expr/word.js';
import type { HeaderGeneration } from './level.js';

/** Kernel options that move the numbers of the non-swap types (include/linux/swap.h). */
export interface SwapConfig {
  /** CONFIG_DEVICE_PRIVATE. */
  readonly devicePrivate: boolean;
  /** CONFIG_MEMORY_FAILURE. */
  readonly memoryFailure: boolean;
  /** The form has uffd-wp. Asked of 6.1 alone, which has markers only then (PTE_MARKER_UFFD_WP). */
  readonly uffdWp?: boolean;
  /** The device-exclusive pair is one type already (v6.17 on); always so with 7.2 headers. */
  readonly oneDeviceExclusive?: boolean;
  /** Guard markers exist already (v6.17 on); always so with 7.2 headers. */
  readonly guardMarkers?: boolean;
}

/**
 * Kinds of non-present entry. `swap` is a real swap slot; `unknown` has a type above all that the
 * kernel hands out, which entries with a wider type field (alpha, m68k) can say.
 */
export type AbsentKind =
  | 'swap'
  | 'hwpoison'
  | 'migration-read'
  | 'migration-read-exclusive'
  | 'migration-write'
  | 'device-private-read'
  | 'device-private-write'
  | 'device-exclusive'
  | 'device-exclusive-read'
  | 'device-exclusive-write'
  | 'marker'
  | 'swapin-error'
  | 'unknown';

/** Type numbers of one configuration: types below `maxSwapfiles` are swap files. */
export interface SwapTypes {
  readonly maxSwapfiles: number;
  /** Number of each kind that the configuration has. */
  readonly numbers: Readonly<Partial<Record<AbsentKind, number>>>;
  /** Marker bits that are read (PTE_MARKER_MASK). */
  readonly markerMask: number;
  /** What the numbers were made from, so that a revision can change one thing of it. */
  readonly config: SwapConfig;
}

/** Bits of the swap type number (MAX_SWAPFILES_SHIFT). */
export const SWAP_TYPE_BITS = 5;

/**
 * Bit of the generic swp_entry_t where the type starts (SWP_TYPE_SHIFT): it and the type share a
 * word with the one bit that the values of an xarray cannot use (include/linux/swapops.h).
 */
export const swapTypeShift = (wordBits: 32 | 64): number => wordBits - 1 - SWAP_TYPE_BITS;

/**
 * Numbers the non-swap types, from the top of the type space down: marker last, below it the device
 * types, the three migration types, hwpoison; what remains are swap files. The device-exclusive
 * pair became one type between 6.12 and 7.2 (SPEC 9.9, SPEC-7.2 9.13; include/linux/swap.h). In 6.1
 * a failed read from swap has a type of its own above the marker, later it is a marker bit.
 */
export function swapTypes(headers: HeaderGeneration, config: SwapConfig): SwapTypes {
  const exclusive: AbsentKind[] =
    headers === '7.2' || config.oneDeviceExclusive
      ? ['device-exclusive']
      : ['device-exclusive-write', 'device-exclusive-read'];
  const kinds: AbsentKind[] = [
    ...(config.memoryFailure ? (['hwpoison'] as const) : []),
    'migration-read',
    'migration-read-exclusive',
    'migration-write',
    ...(config.devicePrivate
      ? (['device-private-write', 'device-private-read', ...exclusive] as const)
      : []),
    ...(headers !== '6.1' || config.uffdWp ? (['marker'] as const) : []),
    ...(headers === '6.1' ? (['swapin-error'] as const) : []),
  ];
  const maxSwapfiles = (1 << SWAP_TYPE_BITS) - kinds.length;
  const numbers = Object.fromEntries(kinds.map((kind, i) => [kind, maxSwapfiles + i]));
  return { maxSwapfiles, numbers, markerMask: markerMask(headers, config), config };
}

function markerMask(headers: HeaderGeneration, { guardMarkers }: SwapConfig): number {
  const {
    PTE_MARKER_UFFD_WP: wp,
    PTE_MARKER_POISONED: poisoned,
    PTE_MARKER_GUARD: guard,
  } = MARKER_BITS;
  if (headers === '6.1') return wp;
  return headers === '7.2' || guardMarkers ? wp | poisoned | guard : wp | poisoned;
}

/** The kind that a type number stands for. */
export function kindOfType(types: SwapTypes, type: number): AbsentKind {
  if (type < types.maxSwapfiles) return 'swap';
  const found = Object.entries(types.numbers).find(([, number]) => number === type);
  return (found?.[0] ?? 'unknown') as AbsentKind;
}

const WITHOUT_PFN: readonly AbsentKind[] = ['swap', 'marker', 'swapin-error', 'unknown'];
/** Kinds whose offset is a frame number (is_pfn_swap_entry / softleaf_has_pfn). */
export const hasPfn = (kind: AbsentKind): boolean => !WITHOUT_PFN.includes(kind);
/** The three migration kinds. */
export const isMigration = (kind: AbsentKind): boolean => kind.startsWith('migration-');

/** Marker bits by name (include/linux/swapops.h, leafops.h): GUARD came after 6.12. */
export const MARKER_BITS = {
  PTE_MARKER_UFFD_WP: 1,
  PTE_MARKER_POISONED: 2,
  PTE_MARKER_GUARD: 4,
} as const;
/** Name of a marker bit. */
export type MarkerName = keyof typeof MARKER_BITS;

/** Names of the marker bits that are set in an offset and read by the kernel. */
export function markersIn({ markerMask }: SwapTypes, offset: bigint): MarkerName[] {
  const set = Number(offset & BigInt(markerMask));
  return (Object.keys(MARKER_BITS) as MarkerName[]).filter((name) => set & MARKER_BITS[name]);
}

/** How one level writes a swap entry: expressions over `entry`, and over `type` and `offset`. */
export interface SwapCodec {
  /** Type of an entry, over `entry`. */
  readonly type: Word;
  /** Its offset, over `entry`. */
  readonly offset: Word;
  /** An entry of both, over `type` and `offset`. */
  readonly make: Word;
}

/** Everything about a form's non-present entries. */
export interface SwapFormat {
  readonly types: SwapTypes;
  /** Levels whose non-present entries can be decoded: pte always, pmd with THP migration. */
  readonly codecs: Readonly<{ pte: SwapCodec; pmd?: SwapCodec }>;
  /** Bits of a frame number inside the offset (SWP_PFN_BITS). */
  readonly pfnBits: number;
  /** Bit of the generic swp_entry_t where the type starts (SWP_TYPE_SHIFT): 58, or 26 on 32 bits. */
  readonly typeShift: number;
  /** Migration entries remember young and dirty (migration_entry_supports_ad). */
  readonly migrationAgeBits: boolean;
  /** Names and values of constants that the headers define beyond these (`__SWP_TYPE_SHIFT`, ...). */
  readonly constants: Readonly<Record<string, bigint>>;
}
