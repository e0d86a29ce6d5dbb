import type { SmapsBehaviour } from './behaviour.js';
import { kibibytes, type MemorySizes } from './sizes.js';
import type { AreaSmaps } from './smaps.js';

/** A line of smaps: its name, and its number as printed. */
export interface SmapsField {
  readonly name: string;
  readonly value: number;
  readonly unit: 'KiB' | 'none';
}

/** Lines of sizes in the order of __show_smap() (fs/proc/task_mmu.c). */
const SIZE_LINES: readonly (readonly [line: string, size: keyof MemorySizes])[] = [
  ['Rss', 'rss'],
  ['Pss', 'pss'],
  ['Pss_Dirty', 'pssDirty'],
  ['Pss_Anon', 'pssAnon'],
  ['Pss_File', 'pssFile'],
  ['Pss_Shmem', 'pssShmem'],
  ['Shared_Clean', 'sharedClean'],
  ['Shared_Dirty', 'sharedDirty'],
  ['Private_Clean', 'privateClean'],
  ['Private_Dirty', 'privateDirty'],
  ['Referenced', 'referenced'],
  ['Anonymous', 'anonymous'],
  ['KSM', 'ksm'],
  ['LazyFree', 'lazyFree'],
  ['AnonHugePages', 'anonHugePages'],
  ['ShmemPmdMapped', 'shmemPmdMapped'],
  ['FilePmdMapped', 'filePmdMapped'],
  ['Shared_Hugetlb', 'sharedHugetlb'],
  ['Private_Hugetlb', 'privateHugetlb'],
  ['Swap', 'swap'],
  ['SwapPss', 'swapPss'],
  ['Locked', 'locked'],
];
const ROLLUP_ALONE: ReadonlySet<string> = new Set(['Pss_Anon', 'Pss_File', 'Pss_Shmem']);

/** The lines of sizes that a kernel prints, for one area or summed up (`rollup`). */
export const sizeFields = (
  sizes: MemorySizes,
  { showsKsm, showsPssDirty }: SmapsBehaviour,
  rollup = false,
): readonly SmapsField[] =>
  SIZE_LINES.filter(
    ([line]) =>
      (line !== 'KSM' || showsKsm) &&
      (line !== 'Pss_Dirty' || showsPssDirty) &&
      (rollup || !ROLLUP_ALONE.has(line)),
  ).map(([name, size]) => ({ name, value: kibibytes(sizes, size), unit: 'KiB' }));

const kib = (name: string, bytes: number): SmapsField => ({
  name,
  value: Math.floor(bytes / 1024),
  unit: 'KiB',
});

/** All numbered lines of an area, in the kernel's order; VmFlags comes after them. */
export function areaFields(smaps: AreaSmaps, behaviour: SmapsBehaviour): readonly SmapsField[] {
  const { protectionKey: key } = smaps;
  return [
    kib('Size', smaps.bytes),
    kib('KernelPageSize', smaps.kernelPageBytes),
    kib('MMUPageSize', smaps.mmuPageBytes),
    ...sizeFields(smaps.sizes, behaviour),
    { name: 'THPeligible', value: smaps.thpEligible ? 1 : 0, unit: 'none' },
    ...(key === undefined ? [] : [{ name: 'ProtectionKey', value: key, unit: 'none' } as const]),
  ];
}
