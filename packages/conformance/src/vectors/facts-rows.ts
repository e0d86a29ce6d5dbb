import {
  type EntryForm,
  isAbsentHelper,
  type Level,
  MARKER_BITS,
  SWAP_TYPE_BITS,
  vmConstant,
} from '@pagewright/core';
import type { Facts } from './folder.js';
import { asWritten, own, wordOf } from './row.js';
import { Tally } from './tally.js';

/** Compares what `facts.json` says about a form: geometry, protections, swap numbers, flags. */
export function compareFacts(form: EntryForm, facts: Facts, file: string): Tally {
  const tally = new Tally();
  const check: Check = (key, expected, got) => {
    if (got === undefined) tally.leaveOut(key, 'not a constant that the form knows');
    else tally.check({ file, line: 0, key, in: '' }, expected, asWritten(expected, got));
  };
  compareLevels(form, facts, check);
  const map = form.definition.protectionMap;
  for (const { index, pgprot } of facts.protection_map ?? []) {
    check(`protection_map[${index}]`, pgprot, map[Number(index)]);
  }
  for (const [name, value] of Object.entries(facts.pgprots ?? {})) {
    check(`pgprots.${name}`, value, own(form.definition.namedProtections, name));
  }
  for (const { op, prot, out } of facts.prot_ops ?? []) {
    const helper = form.function(op);
    const input = wordOf(prot);
    const known = !isAbsentHelper(helper) && helper.params.length === 1 && input !== undefined;
    check(`prot_ops.${op}`, out, known ? (helper.bits(input) as bigint) : undefined);
  }
  const constants = swapConstants(form);
  for (const [name, value] of Object.entries(facts.swap?.constants ?? {})) {
    check(`swap.${name}`, value, own(constants, name));
  }
  for (const [name, value] of Object.entries(facts.holds ?? {})) {
    check(`holds.${name}`, value, own(HOLDS, name)?.(form));
  }
  for (const [name, value] of Object.entries(facts.vm_flags ?? {})) {
    check(`vm_flags.${name}`, value, vmConstant(form.definition, name));
  }
  return tally;
}

/** Compares one constant; one that the form does not know (undefined) is left out. */
type Check = (key: string, expected: unknown, got: bigint | number | boolean | undefined) => void;

function compareLevels(form: EntryForm, facts: Facts, check: Check): void {
  const given: Check = (key, expected, got) => {
    if (expected !== undefined) check(key, expected, got);
  };
  given('page_shift', facts.page_shift, form.definition.pageShift);
  given('word_bits', facts.word_bits, form.definition.wordBits);
  for (const [name, level] of Object.entries(facts.levels ?? {})) {
    const ours = form.geometry(name as Level);
    const at = `levels.${name}`;
    given(`${at}.shift`, level.shift, ours?.shift);
    given(`${at}.size`, level.size, ours && 1n << BigInt(ours.shift));
    given(`${at}.ptrs_per`, level.ptrs_per, ours && 2 ** ours.indexBits);
    const folded = level.compile_time_folded || (level.runtime_folded ?? level.compile_time_folded);
    given(`${at}.folded`, folded, ours?.folded);
  }
}

const special = (level: Level) => (form: EntryForm) => form.geometry(level)?.hasSpecial ?? false;

/** Options of `holds`, and where a form keeps the answer. */
const HOLDS: Readonly<Record<string, (form: EntryForm) => boolean>> = {
  ARCH_HAS_PTE_SPECIAL: special('pte'),
  'pmd_special (ARCH_SUPPORTS_PMD_PFNMAP)': special('pmd'),
  'pud_special (ARCH_SUPPORTS_PUD_PFNMAP)': special('pud'),
  HAVE_ARCH_TRANSPARENT_HUGEPAGE: (f) => f.definition.supports.transparentHugepage,
  HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD: (f) => f.definition.supports.pudTransparentHugepage,
  HAVE_ARCH_SOFT_DIRTY: (f) => f.definition.supports.softDirty,
  MEM_SOFT_DIRTY: (f) => f.definition.supports.softDirty,
  HAVE_ARCH_USERFAULTFD_WP: (f) => f.definition.supports.uffdWp,
  ARCH_HAS_PTE_DEVMAP: (f) => f.definition.supports.devmap,
  ARCH_ENABLE_THP_MIGRATION: (f) => f.definition.supports.thpMigration,
  HAVE_GUP_FAST: (f) => f.definition.supports.gupFast,
  'NUMA_BALANCING (pte_protnone is real)': (f) => f.definition.supports.protnone,
  arch_needs_pgtable_deposit: (f) => f.definition.supports.pgtableDeposit,
};

/** Constants of include/linux/swap.h and swapops.h, computed from the form's numbers. */
function swapConstants(form: EntryForm): Readonly<Record<string, bigint | undefined>> {
  const { types, typeShift, pfnBits, constants } = form.definition.swap;
  const { numbers } = types;
  const number = (n: number | undefined): bigint | undefined => (n === undefined ? n : BigInt(n));
  const count = (...kinds: (keyof typeof numbers)[]): bigint =>
    BigInt(kinds.filter((kind) => numbers[kind] !== undefined).length);
  const guard = types.markerMask & MARKER_BITS.PTE_MARKER_GUARD;
  return {
    MAX_SWAPFILES: BigInt(types.maxSwapfiles),
    MAX_SWAPFILES_SHIFT: BigInt(SWAP_TYPE_BITS),
    SWP_HWPOISON: number(numbers.hwpoison),
    SWP_HWPOISON_NUM: count('hwpoison'),
    SWP_MIGRATION_READ: number(numbers['migration-read']),
    SWP_MIGRATION_READ_EXCLUSIVE: number(numbers['migration-read-exclusive']),
    SWP_MIGRATION_WRITE: number(numbers['migration-write']),
    SWP_MIGRATION_NUM: count('migration-read', 'migration-read-exclusive', 'migration-write'),
    SWP_DEVICE_READ: number(numbers['device-private-read']),
    SWP_DEVICE_WRITE: number(numbers['device-private-write']),
    SWP_DEVICE_EXCLUSIVE: number(numbers['device-exclusive']),
    SWP_DEVICE_EXCLUSIVE_READ: number(numbers['device-exclusive-read']),
    SWP_DEVICE_EXCLUSIVE_WRITE: number(numbers['device-exclusive-write']),
    SWP_DEVICE_NUM: count(
      'device-private-read',
      'device-private-write',
      'device-exclusive',
      'device-exclusive-read',
      'device-exclusive-write',
    ),
    SWP_PTE_MARKER: number(numbers.marker),
    SWP_PTE_MARKER_NUM: count('marker'),
    PTE_MARKER_UFFD_WP: number(MARKER_BITS.PTE_MARKER_UFFD_WP),
    PTE_MARKER_POISONED: number(MARKER_BITS.PTE_MARKER_POISONED),
    PTE_MARKER_GUARD: guard === 0 ? undefined : BigInt(guard),
    PTE_MARKER_MASK: BigInt(types.markerMask),
    SWP_TYPE_SHIFT: BigInt(typeShift),
    SWP_OFFSET_MASK: (1n << BigInt(typeShift)) - 1n,
    SWP_PFN_BITS: BigInt(pfnBits),
    SWP_PFN_MASK: (1n << BigInt(pfnBits)) - 1n,
    SWP_MIG_YOUNG_BIT: BigInt(pfnBits),
    SWP_MIG_DIRTY_BIT: BigInt(pfnBits + 1),
    SWP_MIG_TOTAL_BITS: BigInt(pfnBits + 2),
    SWP_MIG_YOUNG: 1n << BigInt(pfnBits),
    SWP_MIG_DIRTY: 1n << BigInt(pfnBits + 1),
    ...constants,
  };
}
