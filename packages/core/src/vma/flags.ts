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
}

/**
 * Every flag that Pagewright knows, by bit (include/linux/mm.h; SPEC 1.6, SPEC-7.2 1.9).
 * What they mean stands in `@pagewright/core/texts`. Letters are those of show_smap_vma_flags()
 * (fs/proc/task_mmu.c). Flags of one architecture (`'form'`) exist where the form's `vmFlags` give
 * them a value; the same table takes a flag away when the form gives it 0.
 */
export const VM_FLAGS: readonly VmFlag[] = [
  { name: 'VM_READ', bit: 0, letters: 'rd' },
  { name: 'VM_WRITE', bit: 1, letters: 'wr' },
  { name: 'VM_EXEC', bit: 2, letters: 'ex' },
  { name: 'VM_SHARED', bit: 3, letters: 'sh' },
  { name: 'VM_MAYREAD', bit: 4, letters: 'mr' },
  { name: 'VM_MAYWRITE', bit: 5, letters: 'mw' },
  { name: 'VM_MAYEXEC', bit: 6, letters: 'me' },
  { name: 'VM_MAYSHARE', bit: 7, letters: 'ms' },
  { name: 'VM_GROWSDOWN', bit: 8, letters: 'gd' },
  { name: 'VM_UFFD_MISSING', bit: 9, letters: 'um' },
  { name: 'VM_PFNMAP', bit: 10, letters: 'pf' },
  { name: 'VM_MAYBE_GUARD', bit: { '7.2': 11 }, letters: 'gu' },
  { name: 'VM_UFFD_WP', bit: 12, letters: 'uw' },
  { name: 'VM_LOCKED', bit: 13, letters: 'lo' },
  { name: 'VM_IO', bit: 14, letters: 'io' },
  { name: 'VM_SEQ_READ', bit: 15, letters: 'sr' },
  { name: 'VM_RAND_READ', bit: 16, letters: 'rr' },
  { name: 'VM_DONTCOPY', bit: 17, letters: 'dc' },
  { name: 'VM_DONTEXPAND', bit: 18, letters: 'de' },
  { name: 'VM_LOCKONFAULT', bit: 19, letters: 'lf' },
  { name: 'VM_ACCOUNT', bit: 20, letters: 'ac' },
  { name: 'VM_NORESERVE', bit: 21, letters: 'nr' },
  { name: 'VM_HUGETLB', bit: 22, letters: 'ht' },
  { name: 'VM_SYNC', bit: 23, letters: 'sf' },
  // Before VM_ARCH_1, whose bit it is: smaps then says bt instead of ar.
  { name: 'VM_ARM64_BTI', bit: 'form', letters: 'bt' },
  { name: 'VM_ARCH_1', bit: 24, letters: 'ar' },
  { name: 'VM_WIPEONFORK', bit: 25, letters: 'wf' },
  { name: 'VM_DONTDUMP', bit: 26, letters: 'dd' },
  { name: 'VM_SOFTDIRTY', bit: 27, letters: 'sd' },
  { name: 'VM_MIXEDMAP', bit: 28, letters: 'mm' },
  { name: 'VM_HUGEPAGE', bit: 29, letters: 'hg' },
  { name: 'VM_NOHUGEPAGE', bit: 30, letters: 'nh' },
  { name: 'VM_MERGEABLE', bit: 31, letters: 'mg' },
  { name: 'VM_PKEY_BIT0', bit: 'form', letters: null },
  { name: 'VM_PKEY_BIT1', bit: 'form', letters: null },
  { name: 'VM_PKEY_BIT2', bit: 'form', letters: null },
  { name: 'VM_PKEY_BIT3', bit: 'form', letters: null },
  { name: 'VM_PKEY_BIT4', bit: 'form', letters: null },
  { name: 'VM_MTE', bit: 'form', letters: 'mt' },
  { name: 'VM_MTE_ALLOWED', bit: 'form', letters: null },
  { name: 'VM_SHADOW_STACK', bit: 'form', letters: 'ss' },
  { name: 'VM_ALLOW_ANY_UNCACHED', bit: { '6.12': 39, '7.2': 39 }, letters: null },
  { name: 'VM_DROPPABLE', bit: { '6.12': 40, '7.2': 40 }, letters: 'dp' },
  { name: 'VM_UFFD_MINOR', bit: { '6.1': 37, '6.12': 38, '7.2': 41 }, letters: 'ui' },
  { name: 'VM_SEALED', bit: { '6.12': 63, '7.2': 42 }, letters: 'sl' },
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
