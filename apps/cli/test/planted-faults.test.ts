import { type LawFailure, runLaws } from '@pagewright/conformance';
import {
  and,
  clear,
  ENTRY,
  type EntryForm,
  type Expr,
  equal,
  type FormDefinition,
  type HeaderGeneration,
  type HelperTable,
  type Level,
  noneOf,
  or,
  PFN,
  PROT,
  set,
  shl,
  shr,
  type Word,
} from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { allBackends } from '../src/backends.js';

const ONES = 0xffff_ffff_ffff_ffffn;
const PAGE_SHIFT = 12;

async function formNamed(name: string, headers: HeaderGeneration): Promise<EntryForm> {
  const backends = await allBackends();
  const backend = backends.find(({ forms }) => forms.some((form) => form.name === name));
  const form = backend?.form(name, { headers });
  if (!form?.ok) throw new Error(`no ${name} with headers ${headers}`);
  return form.value;
}

/** A copy of a form in which one level computes some helpers differently. */
const withHelpers = (form: EntryForm, level: Level, changed: HelperTable): EntryForm =>
  form.with({
    helpers: {
      ...form.definition.helpers,
      [level]: { ...form.definition.helpers[level], ...changed },
    },
  });

const withFunctions = (form: EntryForm, changed: HelperTable): EntryForm =>
  form.with({ functions: { ...form.definition.functions, ...changed } });

const withGeometry = (
  form: EntryForm,
  level: Level,
  changed: Partial<FormDefinition['levels'][number]>,
): EntryForm =>
  form.with({ levels: form.levels.map((g) => (g.level === level ? { ...g, ...changed } : g)) });

/** The laws that a faulty form breaks, each failure with the bits that matter. */
function broken(form: EntryForm): readonly LawFailure[] {
  const { failed } = runLaws(form);
  for (const { expected, got, sentence, source } of failed) {
    expect([expected.length, got.length, sentence.length, source.length]).not.toContain(0);
  }
  return failed;
}

const names = (failures: readonly LawFailure[]): string[] => failures.map(({ law }) => law);

/** Swaps two single bits in every mask of an expression. */
function swapBits<E extends Expr>(expr: E, a: bigint, b: bigint): E {
  const swapped = (mask: bigint): bigint =>
    (mask & ~(a | b)) | (mask & a ? b : 0n) | (mask & b ? a : 0n);
  const parts = Object.entries(expr).map(([key, part]) => {
    if ((key === 'mask' || key === 'value') && typeof part === 'bigint')
      return [key, swapped(part)];
    return [key, typeof part === 'object' ? swapBits(part as Expr, a, b) : part];
  });
  return Object.fromEntries(parts) as E;
}

describe('the laws alone catch', () => {
  test('nothing in a form without a fault', async () => {
    expect(broken(await formNamed('x86_64', '6.12'))).toEqual([]);
  });

  test('a swapped bit in one helper', async () => {
    const form = await formNamed('x86_64', '6.12');
    const found = broken(
      withHelpers(form, 'pte', { mkyoung: set(ENTRY, form.mask('_PAGE_DIRTY')) }),
    );
    expect(names(found)).toContain('pte_young(pte_mkyoung(e))');
    expect(names(found)).toContain('pte_mkyoung(e) keeps the rest of e');
    const [first] = found.filter(({ law }) => law === 'pte_young(pte_mkyoung(e))');
    expect([first?.word, first?.bits]).toEqual([1n, '_PAGE_PRESENT']);
  });

  test('two bits swapped in all helpers of a level', async () => {
    const form = await formNamed('x86_64', '6.12');
    const [a, b] = [form.mask('_PAGE_RW'), form.mask('_PAGE_DIRTY')];
    const pte = Object.entries(form.definition.helpers.pte).map(
      ([name, body]) => [name, swapBits(body, a, b)] as const,
    );
    const found = names(broken(withHelpers(form, 'pte', Object.fromEntries(pte))));
    expect(found).toContain('pte_write(shared writable mapping)');
  });

  test('a special mark that ignores its level', async () => {
    const form = await formNamed('x86_64', '6.12');
    const claimed = broken(withGeometry(form, 'pud', { hasSpecial: false }));
    expect(names(claimed)).toContain('!pud_special(e) without special support');
    expect(names(claimed)).toContain('pud_mkspecial(e) = e without special support');
    const old = await formNamed('x86_64', '6.1');
    const missing = broken(withGeometry(old, 'pmd', { hasSpecial: true }));
    expect(names(missing)).toContain('pmd_special(pmd_mkspecial(e))');
    const s390x = await formNamed('s390x', '7.2');
    const real = withHelpers(s390x, 'pmd', {
      special: s390x.definition.helpers.pte.special as Expr,
      mkspecial: s390x.definition.helpers.pte.mkspecial as Expr,
    });
    expect(names(broken(real))).toContain('pmd_mkspecial(e) = e without special support');
  });

  test('a missing inversion, reading or building', async () => {
    const form = await formNamed('x86_64', '6.12');
    const frame = form.mask('PTE_PFN_MASK');
    const plainPfn = withHelpers(form, 'pte', { pfn: shr(and(ENTRY, frame), PAGE_SHIFT) });
    const reading = names(broken(plainPfn));
    expect(reading).toContain('pte_pfn(pfn_pte(pfn, prot)) = pfn');
    expect(reading).toContain('pte_pfn(pte_modify(e, prot)) = pte_pfn(e)');
    const plainEntry = or(and(shl(PFN, PAGE_SHIFT), frame), PROT);
    const building = names(broken(withFunctions(form, { pfn_pte: plainEntry })));
    expect(building).toContain('pte_pfn(pfn_pte(pfn, prot)) = pfn');
    const both = withFunctions(plainPfn, { pfn_pte: plainEntry });
    expect(names(broken(both))).toContain('pte_pfn(pte_modify(e, prot)) = pte_pfn(e)');
  });

  test('a wrong none mask, too wide or too narrow', async () => {
    const form = await formNamed('x86_64', '6.12');
    const ignored = form.mask('_PAGE_ACCESSED', '_PAGE_DIRTY', '_PAGE_PRESENT');
    const wide = names(broken(withHelpers(form, 'pte', { none: noneOf(ONES ^ ignored) })));
    expect(wide).toContain('!(pte_none(e) && pte_present(e))');
    const offset = form.mask('__swp_offset');
    const blind = names(broken(withHelpers(form, 'pte', { none: noneOf(ONES ^ offset) })));
    expect(blind).toContain('!pte_none and !pte_present of a swap entry');
    const other = form.mask('_PAGE_ACCESSED', '_PAGE_RW');
    const write = names(broken(withHelpers(form, 'pte', { none: noneOf(ONES ^ other) })));
    expect(write).toContain('what pte_none ignores');
    const narrow = names(broken(withHelpers(form, 'pte', { none: equal(ENTRY, 0n) })));
    expect(narrow).toContain('pmd_none agrees between levels');
    const s390x = await formNamed('s390x', '6.12');
    const zero = names(broken(withHelpers(s390x, 'pte', { none: equal(ENTRY, 0n) })));
    expect(zero).toContain('pte_none(after pte_clear)');
  });

  test('dirty lost by write protection', async () => {
    const form = await formNamed('x86_64', '6.12');
    const lost = clear(ENTRY, form.mask('_PAGE_RW', '_PAGE_DIRTY'));
    const found = names(broken(withHelpers(form, 'pte', { wrprotect: lost })));
    expect(found).toContain('pte_dirty(pte_wrprotect(pte_mkdirty(pte_mkwrite(e, vma))))');
    expect(found).toContain('pte_wrprotect(e) keeps the rest of e');
    const arm64 = await formNamed('arm64', '7.2');
    const hardware = set(clear(ENTRY, arm64.mask('PTE_WRITE')), arm64.mask('PTE_RDONLY'));
    const forgotten = names(broken(withHelpers(arm64, 'pte', { wrprotect: hardware })));
    expect(forgotten).toContain('pte_wrprotect(e) keeps the rest of e');
  });

  test('a swap offset that reaches into the type, a level that maps nothing, a wrong shift', async () => {
    const form = await formNamed('x86_64', '7.2');
    const { codecs } = form.definition.swap;
    const make = or(codecs.pte.make, shl({ op: 'arg', name: 'offset' } as Word, 60));
    const swap = { ...form.definition.swap, codecs: { ...codecs, pte: { ...codecs.pte, make } } };
    expect(names(broken(form.with({ swap })))).toContain(
      'pte_to_swp_entry(swp_entry_to_pte(type, offset))',
    );
    expect(names(broken(withGeometry(form, 'pmd', { shift: 22 })))).toContain('PXX_SHIFT');
  });
});
