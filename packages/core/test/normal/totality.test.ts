import { describe, expect, test } from 'vitest';
import {
  FRAME_KINDS,
  type FrameKind,
  frameOfKind,
  type Kernel,
  type MappingLevel,
  makeKernel,
  normalFolio,
  normalPage,
  type Pfn,
  pfn,
  REVISIONS,
  RULES,
  type Verdict,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
  type VmOps,
  virtAddr,
  WARNING_IDS,
} from '../../src/index.js';

const FRAME = pfn(0x12345n);
const LEVELS: readonly MappingLevel[] = ['pte', 'pmd', 'pud'];
const MARKS: readonly (readonly MappingLevel[])[] = [
  [],
  ['pte'],
  ['pmd'],
  ['pte', 'pmd'],
  ['pte', 'pmd', 'pud'],
];
const HOOKS: readonly (VmOps | null)[] = [
  null,
  {},
  { findNormalPage: () => null },
  { findNormalPage: () => pfn(0x777n) },
];
const FRAMES = (Object.keys(FRAME_KINDS) as FrameKind[]).map(
  (kind) => [kind, frameOfKind(kind, FRAME)] as const,
);
const both = [false, true];

function kernels(revision: string): Kernel[] {
  return MARKS.flatMap((marked) =>
    both.flatMap((FIND_NORMAL_PAGE) =>
      both.flatMap((DEBUG_VM) =>
        both.map((TRANSPARENT_HUGEPAGE) => {
          const made = makeKernel({
            revision,
            form: { pageShift: 12, levels: marked.map((level) => ({ level, hasSpecial: true })) },
            config: { FIND_NORMAL_PAGE, DEBUG_VM, TRANSPARENT_HUGEPAGE },
          });
          if (!made.ok) throw new Error(made.problem.message);
          return made.value;
        }),
      ),
    ),
  );
}

/** What is wrong with an answer, or undefined. Plain code: `expect` is too slow for the product. */
function flaw(kernel: Kernel, kind: FrameKind, verdict: Verdict): string | undefined {
  if (verdict.because.length === 0) return 'no reason';
  if (verdict.because.some((rule) => RULES[rule.id as keyof typeof RULES] !== rule)) {
    return 'a reason that is no rule';
  }
  if (verdict.warns.length > 0 && !kernel.config.DEBUG_VM) return 'a warning without DEBUG_VM';
  const { answer } = verdict;
  if (answer === 'absent')
    return kernel.has('normal-page-pud') && verdict.function.endsWith('pud')
      ? 'absent form'
      : undefined;
  if (answer === 'page' && verdict.via === 'pfn') {
    if (verdict.page !== FRAME) return 'the page of another frame';
    if (kind === 'beyond' && !kernel.has('drop-bound-check') && !LOOSE.has(ruleOf(verdict))) {
      return 'a page beyond the memory map';
    }
    const silent = kernel.config.DEBUG_VM && verdict.warns.length === 0;
    if (kind === 'zero' && silent && kernel.has('common-normal-page')) {
      return 'the zeropage without a warning';
    }
  }
  return undefined;
}

const ruleOf = (verdict: Verdict): string => verdict.because.at(-1)?.id ?? '';
/** Rules that hand out a page before the bound is looked at. */
const LOOSE = new Set(['mixedmap-page', 'pfnmap-cow-anon']);

interface Sweep {
  readonly cells: number;
  readonly flaws: readonly string[];
  /** Ids of the rules and warnings that were met. */
  readonly met: ReadonlySet<string>;
}

const swept = new Map<string, Sweep>();

/** Asks every question of the product in one revision; once, whichever test comes first. */
function sweep(id: string): Sweep {
  const known = swept.get(id);
  if (known !== undefined) return known;
  const flaws: string[] = [];
  const met = new Set<string>();
  let cells = 0;
  const start = virtAddr(0x4000_0000n);
  for (const kernel of kernels(id)) {
    for (const level of LEVELS) {
      for (let bits = 0; bits < 1 << 7; bits++) {
        const is = (bit: number): boolean => (bits & (1 << bit)) !== 0;
        const flags =
          (is(0) ? VM_PFNMAP : 0n) |
          (is(1) ? VM_MIXEDMAP : 0n) |
          (is(2) ? VM_SHARED : 0n) |
          (is(3) ? VM_MAYWRITE : 0n);
        const entry = { pfn: FRAME, special: is(4), devmap: is(5) };
        const pgoff = is(6) ? FRAME : FRAME + 1n;
        for (const ops of HOOKS) {
          const vma = { start, end: virtAddr(0x8000_0000n), flags, pgoff, ops };
          for (const [kind, frames] of FRAMES) {
            const verdict = normalPage({ kernel, level, vma, addr: start, entry, frames });
            cells++;
            const wrong = flaw(kernel, kind, verdict);
            if (wrong !== undefined) flaws.push(`${level} ${kind} bits ${bits}: ${wrong}`);
            for (const rule of [...verdict.because, ...verdict.warns]) met.add(rule.id);
          }
        }
      }
    }
  }
  const result = { cells, flaws, met };
  swept.set(id, result);
  return result;
}

describe('every cell of the product has an answer and a reason', () => {
  test.each(REVISIONS.map(({ id }) => id))('%s', (id) => {
    const { cells, flaws } = sweep(id);
    expect(flaws.slice(0, 5)).toEqual([]);
    expect(cells).toBe(40 * 3 * 128 * 4 * 12);
  });

  test('and every rule is met somewhere', () => {
    const met = new Set(REVISIONS.flatMap(({ id }) => [...sweep(id).met]));
    // The one rule of the folio form alone; asked below.
    met.add('no-folio-pud-form');
    expect(Object.keys(RULES).filter((id) => !met.has(id))).toEqual([]);
  }, 120_000);
});

describe('rules', () => {
  test('have an id, a sentence and both sources; sentences differ', () => {
    const rules = Object.entries(RULES);
    expect(new Set(rules.map(([, { sentence }]) => sentence)).size).toBe(rules.length);
    for (const [id, rule] of rules) {
      expect(rule.id).toBe(id);
      expect(rule.sentence.length).toBeGreaterThan(25);
      expect(rule.source.kernel).toMatch(/\.[ch]\b/);
      expect(rule.source.spec).toMatch(/^SPEC(-7\.2)? \d/);
    }
    expect(WARNING_IDS.every((id) => RULES[id].sentence.startsWith('warning: '))).toBe(true);
  });
});

describe('folio forms', () => {
  const kernel = kernels('v6.18')[0] as Kernel;
  const start = virtAddr(0x4000_0000n);
  const vma = { start, end: virtAddr(0x8000_0000n), flags: VM_MAYWRITE, pgoff: 0n, ops: null };
  const entry = { pfn: FRAME, special: false, devmap: false };
  /** Folios of 512 pages. */
  const headOf = (page: Pfn): Pfn => pfn(page & ~0x1ffn);
  const folio = (level: MappingLevel, kind: FrameKind) =>
    normalFolio(
      { kernel, level, vma, addr: start, entry, frames: frameOfKind(kind, FRAME) },
      headOf,
    );

  test('answer the first frame of the folio', () => {
    expect(folio('pte', 'anon')).toMatchObject({ answer: 'folio', head: 0x12200n, via: 'pfn' });
  });

  test('answer NULL and reports as the page forms do', () => {
    expect(folio('pte', 'zero')).toMatchObject({ answer: 'none' });
    expect(folio('pmd', 'beyond')).toMatchObject({ answer: 'bad', level: 'pmd' });
  });

  test('do not exist for PUDs', () => {
    expect(folio('pud', 'anon')).toMatchObject({
      answer: 'absent',
      function: 'vm_normal_folio_pud',
      because: [{ id: 'no-folio-pud-form' }],
    });
  });
});
