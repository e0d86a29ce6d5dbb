import type { HeaderGeneration } from '../form/level.js';

/**
 * Where a flag's bit lies: the same number in every generation, a number per generation (a missing
 * one has no such flag), or `'form'` when only some forms have it and their definition says where.
 */
export type VmFlagBit = number | Readonly<Partial<Record<HeaderGeneration, number>>> | 'form';

/** One VM_* flag of `vm_area_struct`, as data. */
export interface VmFlag {
  /** The kernel's name, `VM_` included. */
  readonly name: string;
  readonly bit: VmFlagBit;
  /** The two letters of the VmFlags line in /proc/PID/smaps; null when smaps cannot show it. */
  readonly letters: string | null;
  readonly meaning: string;
  /** Kernel file, and the section of the semantics that has the value. */
  readonly source: string;
}

const MM_H = 'include/linux/mm.h';
const SPEC = `${MM_H}; SPEC 1.6`;
const SPEC72 = `${MM_H}; SPEC-7.2 1.9`;

function flag(
  name: string,
  bit: VmFlagBit,
  letters: string | null,
  meaning: string,
  source: string = MM_H,
): VmFlag {
  return { name, bit, letters, meaning, source };
}

/**
 * Every flag that Pagewright knows, by bit. Letters are those of show_smap_vma_flags()
 * (fs/proc/task_mmu.c). Flags of one architecture (`'form'`) exist where the form's `vmFlags` give
 * them a value; the same table takes a flag away when the form gives it 0.
 */
export const VM_FLAGS: readonly VmFlag[] = [
  flag('VM_READ', 0, 'rd', 'may be read now', SPEC),
  flag('VM_WRITE', 1, 'wr', 'may be written now', SPEC),
  flag('VM_EXEC', 2, 'ex', 'may be executed now', SPEC),
  flag('VM_SHARED', 3, 'sh', 'MAP_SHARED of a writable file, or shared memory', SPEC),
  flag('VM_MAYREAD', 4, 'mr', 'mprotect may allow reading', SPEC),
  flag('VM_MAYWRITE', 5, 'mw', 'mprotect may allow writing', SPEC),
  flag('VM_MAYEXEC', 6, 'me', 'mprotect may allow executing', SPEC),
  flag('VM_MAYSHARE', 7, 'ms', 'MAP_SHARED; stays when the file is read-only', SPEC),
  flag('VM_GROWSDOWN', 8, 'gd', 'stack that grows down', SPEC72),
  flag('VM_UFFD_MISSING', 9, 'um', 'userfaultfd: missing pages'),
  flag('VM_PFNMAP', 10, 'pf', 'raw pfns, no struct page behind them', SPEC),
  flag('VM_MAYBE_GUARD', { '7.2': 11 }, 'gu', 'may hold guard markers', SPEC72),
  flag('VM_UFFD_WP', 12, 'uw', 'userfaultfd: write protection', SPEC),
  flag('VM_LOCKED', 13, 'lo', 'mlock', SPEC),
  flag('VM_IO', 14, 'io', 'device memory: get_user_pages() refuses it', SPEC),
  flag('VM_SEQ_READ', 15, 'sr', 'MADV_SEQUENTIAL'),
  flag('VM_RAND_READ', 16, 'rr', 'MADV_RANDOM'),
  flag('VM_DONTCOPY', 17, 'dc', 'fork leaves it out', SPEC),
  flag('VM_DONTEXPAND', 18, 'de', 'neither merged nor grown', SPEC),
  flag('VM_LOCKONFAULT', 19, 'lf', 'mlock2(MLOCK_ONFAULT)'),
  flag('VM_ACCOUNT', 20, 'ac', 'counted against the commit limit'),
  flag('VM_NORESERVE', 21, 'nr', 'MAP_NORESERVE'),
  flag('VM_HUGETLB', 22, 'ht', 'hugetlb pages'),
  flag('VM_SYNC', 23, 'sf', 'DAX MAP_SYNC', SPEC),
  // Before VM_ARCH_1, whose bit it is: smaps then says bt instead of ar.
  flag('VM_ARM64_BTI', 'form', 'bt', 'branch targets guarded'),
  flag('VM_ARCH_1', 24, 'ar', 'meaning of the architecture (x86: cache mode tracked)'),
  flag('VM_WIPEONFORK', 25, 'wf', 'the child gets the VMA without entries', SPEC),
  flag('VM_DONTDUMP', 26, 'dd', 'left out of core dumps', SPEC),
  flag('VM_SOFTDIRTY', 27, 'sd', 'all of it counts as soft-dirty', SPEC),
  flag('VM_MIXEDMAP', 28, 'mm', 'pages with and without a struct page mixed', SPEC),
  flag('VM_HUGEPAGE', 29, 'hg', 'MADV_HUGEPAGE', SPEC),
  flag('VM_NOHUGEPAGE', 30, 'nh', 'MADV_NOHUGEPAGE', SPEC),
  flag('VM_MERGEABLE', 31, 'mg', 'KSM may merge its pages', SPEC),
  flag('VM_PKEY_BIT0', 'form', null, 'protection key, bit 0 (smaps prints ProtectionKey)'),
  flag('VM_PKEY_BIT1', 'form', null, 'protection key, bit 1'),
  flag('VM_PKEY_BIT2', 'form', null, 'protection key, bit 2'),
  flag('VM_PKEY_BIT3', 'form', null, 'protection key, bit 3'),
  flag('VM_PKEY_BIT4', 'form', null, 'protection key, bit 4'),
  flag('VM_MTE', 'form', 'mt', 'memory tags are on'),
  flag('VM_MTE_ALLOWED', 'form', null, 'memory tags are permitted'),
  flag('VM_SHADOW_STACK', 'form', 'ss', 'shadow stack', SPEC72),
  flag('VM_ALLOW_ANY_UNCACHED', { '6.12': 39, '7.2': 39 }, null, 'any uncached mode', SPEC72),
  flag('VM_DROPPABLE', { '6.12': 40, '7.2': 40 }, 'dp', 'pages may be dropped', SPEC72),
  flag('VM_UFFD_MINOR', { '6.1': 37, '6.12': 38, '7.2': 41 }, 'ui', 'userfaultfd: minor', SPEC72),
  flag('VM_SEALED', { '6.12': 63, '7.2': 42 }, 'sl', 'mseal()', SPEC72),
];

/** What decides about the value of a flag: a `FormDefinition` fits. */
export interface VmFlagContext {
  readonly headers: HeaderGeneration;
  /** Values that the form gives (`0n`: the form lacks the flag). */
  readonly vmFlags: Readonly<Record<string, bigint>>;
}

/** The mask of a flag in a form, or undefined where generation or form have no such flag. */
export function vmFlagMask(context: VmFlagContext, flag: VmFlag): bigint | undefined {
  const own = context.vmFlags[flag.name];
  if (own !== undefined) return own === 0n ? undefined : own;
  if (flag.bit === 'form') return undefined;
  const bit = typeof flag.bit === 'number' ? flag.bit : flag.bit[context.headers];
  return bit === undefined ? undefined : 1n << BigInt(bit);
}

/**
 * A VM_* constant as the headers of a form have it: a flag's mask (0n when the headers define the
 * flag as VM_NONE), `VM_<flag>_BIT`, or VM_READAHEAD_PAGES. Undefined for names nobody knows.
 */
export function vmConstant(
  context: VmFlagContext & { readonly pageShift: number },
  name: string,
): bigint | undefined {
  if (name === 'VM_READAHEAD_PAGES') return BigInt(READAHEAD_BYTES) >> BigInt(context.pageShift);
  const known = VM_FLAGS.find((flag) => flag.name === name.replace(/_BIT$/, ''));
  if (known === undefined) return undefined;
  const mask = vmFlagMask(context, known) ?? 0n;
  if (known.name === name) return mask;
  return mask === 0n ? undefined : BigInt(mask.toString(2).length - 1);
}

/** SZ_128K: how far read-ahead reaches by default (include/linux/mm.h, VM_READAHEAD_PAGES). */
const READAHEAD_BYTES = 0x20000;

function everywhere(name: string): bigint {
  const found = VM_FLAGS.find((flag) => flag.name === name);
  if (typeof found?.bit !== 'number') throw new Error(`${name} has no bit that holds everywhere`);
  return 1n << BigInt(found.bit);
}

/** May be written now. */
export const VM_WRITE = everywhere('VM_WRITE');
/** Shared mapping whose file may be written. */
export const VM_SHARED = everywhere('VM_SHARED');
/** mprotect may allow writing. */
export const VM_MAYWRITE = everywhere('VM_MAYWRITE');
/** Raw pfns without struct page. */
export const VM_PFNMAP = everywhere('VM_PFNMAP');
/** fork leaves the VMA out. */
export const VM_DONTCOPY = everywhere('VM_DONTCOPY');
/** Neither merged nor grown. */
export const VM_DONTEXPAND = everywhere('VM_DONTEXPAND');
/** Left out of core dumps. */
export const VM_DONTDUMP = everywhere('VM_DONTDUMP');
/** Pages with and without struct page. */
export const VM_MIXEDMAP = everywhere('VM_MIXEDMAP');
/** Device memory. */
export const VM_IO = everywhere('VM_IO');
