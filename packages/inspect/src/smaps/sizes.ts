/** Fixed point of proportional sizes: bytes times 2^12 (fs/proc/task_mmu.c, PSS_SHIFT). */
export const PSS_SHIFT = 12;

/** Proportional sizes, in bytes times 2^PSS_SHIFT. */
const PROPORTIONAL = [
  'pss',
  'pssDirty',
  'pssAnon',
  'pssFile',
  'pssShmem',
  'swapPss',
  'locked',
] as const;

/** Plain sizes, in bytes. */
const PLAIN = [
  'rss',
  'sharedClean',
  'sharedDirty',
  'privateClean',
  'privateDirty',
  'referenced',
  'anonymous',
  'ksm',
  'lazyFree',
  'anonHugePages',
  'shmemPmdMapped',
  'filePmdMapped',
  'sharedHugetlb',
  'privateHugetlb',
  'swap',
] as const;

/** What smaps adds up (struct mem_size_stats): bytes, the proportional ones times 2^PSS_SHIFT. */
export type MemorySizes = Record<(typeof PLAIN | typeof PROPORTIONAL)[number], number>;

/** Names of all sizes. */
export const SIZE_NAMES = [...PLAIN, ...PROPORTIONAL] as const;

/** Nothing counted yet. */
export const noSizes = (): MemorySizes =>
  Object.fromEntries(SIZE_NAMES.map((name) => [name, 0])) as MemorySizes;

/** Adds sizes to others, as smaps_rollup does over all VMAs. */
export function addSizes(to: MemorySizes, more: MemorySizes): void {
  for (const name of SIZE_NAMES) to[name] += more[name];
}

const isProportional = (name: keyof MemorySizes): boolean =>
  (PROPORTIONAL as readonly string[]).includes(name);

/** A size as smaps prints it: whole KiB. */
export const kibibytes = (sizes: MemorySizes, name: keyof MemorySizes): number =>
  Math.floor(sizes[name] / (isProportional(name) ? 2 ** (10 + PSS_SHIFT) : 2 ** 10));

/** A page's proportional share of its bytes. */
export const share = (bytes: number, owners: number): number =>
  Math.floor((bytes * 2 ** PSS_SHIFT) / Math.max(owners, 1));
