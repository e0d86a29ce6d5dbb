import { inline, type Substitution } from '../expr/children.js';
import {
  add,
  always,
  arg,
  asWord,
  both,
  ENTRY,
  type Expr,
  either,
  equal,
  flag,
  not,
  type Test,
  type Word,
  when,
  word,
} from '../expr/word.js';
import type { FormDefinition, HelperTable } from './definition.js';
import type { Level } from './level.js';
import { softleafTests, withoutSwapFlags } from './softleaf.js';

/**
 * What the kernel's generic headers supply where an architecture defines nothing
 * (include/linux/pgtable.h, swapops.h, leafops.h, huge_mm.h): constant stubs, identities, and
 * helpers put together from others. An architecture's own helper always wins.
 */
export function completeHelpers(
  def: FormDefinition,
): Pick<FormDefinition, 'helpers' | 'functions' | 'pointers'> {
  const helpers: Record<Level, HelperTable> = {
    pte: pteHelpers(def),
    pmd: pmdHelpers(def),
    pud: { ...hugeStubs(def), ...def.helpers.pud },
    p4d: { ...foldedStubs, ...def.helpers.p4d },
    pgd: { ...foldedStubs, ...def.helpers.pgd },
  };
  const functions = { ...genericFunctions(helpers, def.functions), ...def.functions };
  return { helpers, functions, pointers: { ...genericPointers(helpers), ...def.pointers } };
}

const MEM = arg('mem');
const OTHER = arg('other');
const WRITE = flag('write');
const no = always(false);

/** A folded level: constants that make walkers pass through (asm-generic/pgtable-nop4d.h). */
const foldedStubs: HelperTable = { none: no, present: always(true), leaf: no, bad: no };

/** Soft-dirty and uffd-wp where the option is off: never set, transforms change nothing. */
const trackingStubs: HelperTable = {
  soft_dirty: no,
  uffd_wp: no,
  mksoft_dirty: ENTRY,
  clear_soft_dirty: ENTRY,
  mkuffd_wp: ENTRY,
  clear_uffd_wp: ENTRY,
  swp_soft_dirty: no,
  swp_uffd_wp: no,
  swp_mksoft_dirty: ENTRY,
  swp_clear_soft_dirty: ENTRY,
  swp_mkuffd_wp: ENTRY,
  swp_clear_uffd_wp: ENTRY,
};

const devmapStub = (def: FormDefinition): HelperTable =>
  def.headers === '7.2' ? {} : { devmap: no };

const hugeStubs = (def: FormDefinition): HelperTable => ({
  leaf: no,
  trans_huge: no,
  special: no,
  mkspecial: ENTRY,
  pgprot: word(0n),
  ...devmapStub(def),
});

function pteHelpers(def: FormDefinition): HelperTable {
  const own: HelperTable = {
    special: no,
    mkspecial: ENTRY,
    protnone: no,
    unused: no,
    accessible: always(true),
    pgprot: word(0n),
    batch_hint: word(1n),
    next_pfn: add(ENTRY, 1n << BigInt(def.pageShift)),
    ...devmapStub(def),
    ...trackingStubs,
    ...def.helpers.pte,
  };
  const swapPte = both(not(test(own, 'none')), not(test(own, 'present')));
  const derived: Record<string, Expr> = {
    swap_pte: swapPte,
    swp_clear_flags: withoutSwapFlags(own),
    ...softleafTests(def, 'pte', own, swapPte),
  };
  return { ...derived, ...own };
}

function pmdHelpers(def: FormDefinition): HelperTable {
  const own: HelperTable = {
    ...hugeStubs(def),
    young: no,
    dirty: no,
    protnone: no,
    ...trackingStubs,
    ...def.helpers.pmd,
  };
  if (own.none === undefined || own.present === undefined) return own;
  const swapPmd = def.supports.transparentHugepage
    ? both(not(test(own, 'none')), not(test(own, 'present')))
    : no;
  const derived: Record<string, Expr> = {
    swap_pmd: swapPmd,
    ...softleafTests(def, 'pmd', own, swapPmd),
  };
  if (def.headers === '7.2') derived.is_huge = either(test(own, 'trans_huge'), swapPmd);
  return { ...derived, ...own };
}

function test(table: HelperTable, name: string): Test {
  const found = table[name];
  if (found === undefined) throw new Error(`definition lacks ${name}()`);
  return found as Test;
}

/** Full-name helpers of include/linux/mm.h and pgtable.h for every level that has the parts. */
function genericFunctions(
  helpers: Record<Level, HelperTable>,
  own: HelperTable,
): Record<string, Expr> {
  const out: Record<string, Expr> = {};
  const call = (level: Level, name: string, values: Substitution): Word | undefined => {
    const body = helpers[level][name];
    return body === undefined ? undefined : (inline(body, values) as Word);
  };
  for (const level of ['pte', 'pmd', 'pud'] as const) {
    const { present, write } = helpers[level];
    out[`${level}_same`] = equal(ENTRY, OTHER);
    if (present !== undefined) {
      const writable = write === undefined ? no : (write as Test);
      out[`${level}_access_permitted`] = both(present as Test, either(not(WRITE), writable));
    }
  }
  const novma = helpers.pte.mkwrite_novma as Word | undefined;
  const pmdNovma = helpers.pmd.mkwrite_novma as Word | undefined;
  const mkwrite = (own.pte_mkwrite ?? novma) as Word | undefined;
  const pmdMkwrite = (own.pmd_mkwrite ?? pmdNovma) as Word | undefined;
  if (mkwrite !== undefined) {
    out.pte_mkwrite = mkwrite;
    out.maybe_mkwrite = when(flag('vmWrite'), mkwrite, ENTRY);
  }
  if (pmdMkwrite !== undefined) {
    out.pmd_mkwrite = pmdMkwrite;
    out.maybe_pmd_mkwrite = when(flag('vmWrite'), pmdMkwrite, ENTRY);
  }
  const make = { pte: own.pfn_pte, pmd: own.pfn_pmd, pud: own.pfn_pud };
  if (make.pte !== undefined) {
    out.mk_pte = make.pte;
    const huge = call('pte', 'mkhuge', { entry: make.pte });
    if (huge !== undefined) {
      out.pte_mkhuge_pfn_pte = huge;
      out.arch_make_huge_pte_pmdsize = huge;
      out.arch_make_huge_pte_pudsize = huge;
    }
  }
  for (const level of ['pmd', 'pud'] as const) {
    const base = make[level];
    if (base === undefined) continue;
    if (level === 'pmd') out.mk_pmd = base;
    const huge = call(level, 'mkhuge', { entry: base });
    if (huge !== undefined) out[`mk_huge_${level}`] = huge;
  }
  return out;
}

/** Pointer helpers of include/linux/pgtable.h and mm/pgtable-generic.c. */
function genericPointers(
  helpers: Record<Level, HelperTable>,
): Record<string, { returns: Word; memory: Word }> {
  const out: Record<string, { returns: Word; memory: Word }> = {};
  const zero = word(0n);
  const on = (level: 'pte' | 'pmd', name: string): Word | undefined => {
    const body = helpers[level][name];
    return body === undefined ? undefined : (inline(body, { entry: MEM }) as Word);
  };
  const whenYoung = (level: 'pte' | 'pmd'): { returns: Word; memory: Word } | undefined => {
    const old = on(level, 'mkold');
    const young = helpers[level].young;
    if (old === undefined || young === undefined) return undefined;
    const isYoung = inline(young as Test, { entry: MEM });
    return { returns: asWord(isYoung), memory: when(isYoung, old, MEM) };
  };
  const keep = (name: string, helper: { returns: Word; memory: Word } | undefined): void => {
    if (helper !== undefined) out[name] = helper;
  };
  const taken = { returns: MEM, memory: zero };
  const cleared = { returns: zero, memory: zero };
  const stored = { returns: zero, memory: MEM };
  const changed = asWord(not(equal(MEM, ENTRY)));
  const replaced = { returns: changed, memory: ENTRY };
  const wrprotected = (level: 'pte' | 'pmd') => {
    const memory = on(level, 'wrprotect');
    return memory === undefined ? undefined : { returns: zero, memory };
  };
  out.ptep_get_and_clear = taken;
  out.ptep_get_and_clear_full1 = taken;
  out.pte_clear = cleared;
  out.pte_clear_not_present_full0 = cleared;
  out.pmd_clear = cleared;
  out.set_pte = stored;
  out.set_pte_at = stored;
  out.set_pmd_at = stored;
  out.pmdp_huge_get_and_clear = taken;
  keep('ptep_set_wrprotect', wrprotected('pte'));
  keep('pmdp_set_wrprotect', wrprotected('pmd'));
  keep('ptep_test_and_clear_young', whenYoung('pte'));
  keep('pmdp_test_and_clear_young', whenYoung('pmd'));
  const invalid = on('pmd', 'mkinvalid');
  if (invalid !== undefined) {
    out.pmdp_invalidate = { returns: MEM, memory: invalid };
    out.pmdp_invalidate_ad = { returns: MEM, memory: invalid };
  }
  out.ptep_set_access_flags_dirty0 = replaced;
  out.ptep_set_access_flags_dirty1 = replaced;
  out.pmdp_set_access_flags_dirty1 = replaced;
  out.pmdp_establish = { returns: MEM, memory: ENTRY };
  return out;
}
