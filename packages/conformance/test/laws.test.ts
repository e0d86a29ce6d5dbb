import {
  and,
  any,
  clear,
  ENTRY,
  EntryForm,
  type FormDefinition,
  noneOf,
  or,
  PFN,
  PROT,
  set,
  shl,
  shr,
  swapTypes,
  type Word,
  word,
} from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { allLaws, LAW_GROUPS, type Law, lawsMarkdown, nameBits, runLaws } from '../src/index.js';

/** Bits of an architecture that no machine has: one level, 32-bit entries, few fields. */
const PRESENT = 0x1n;
const YOUNG = 0x2n;
const DIRTY = 0x4n;
const WRITE = 0x8n;
const FRAME = 0xffff_f000n;
const PAGE_SHIFT = 12;

const field = (name: string, low: number, width = 1) => ({
  name,
  low,
  width,
  levels: ['pte'] as const,
  meaning: name,
  source: 'this test',
});

const arg = (name: string): Word => ({ op: 'arg', name });

const DEFINITION: FormDefinition = {
  name: 'toy',
  arch: 'toy',
  headers: '7.2',
  summary: 'one level',
  wordBits: 32,
  byteOrder: 'big',
  pageShift: PAGE_SHIFT,
  addressBits: 16,
  canonical: 'unsigned',
  levels: [
    {
      level: 'pte',
      shift: PAGE_SHIFT,
      indexBits: 4,
      folded: false,
      mayMap: true,
      hasSpecial: false,
      decidedBy: 'pte',
    },
  ],
  bits: [
    field('PRESENT', 0),
    field('YOUNG', 1),
    field('DIRTY', 2),
    field('WRITE', 3),
    field('FRAME', 12, 20),
  ],
  helpers: {
    pte: {
      none: noneOf(0xffff_ffffn),
      present: any(PRESENT),
      young: any(YOUNG),
      dirty: any(DIRTY),
      write: any(WRITE),
      pfn: shr(and(ENTRY, FRAME), PAGE_SHIFT),
      mkyoung: set(ENTRY, YOUNG),
      mkold: clear(ENTRY, YOUNG),
      mkdirty: set(ENTRY, DIRTY),
      mkclean: clear(ENTRY, DIRTY),
      mkwrite_novma: set(ENTRY, WRITE),
      wrprotect: clear(ENTRY, WRITE),
      modify: or(and(ENTRY, FRAME | YOUNG | DIRTY), clear(PROT, FRAME | YOUNG | DIRTY)),
    },
    pmd: {},
    pud: {},
    p4d: {},
    pgd: {},
  },
  functions: { pfn_pte: or(shl(PFN, PAGE_SHIFT), PROT) },
  pointers: {},
  leaves: {
    pte: {
      attributes: clear(ENTRY, FRAME),
      compose: or(and(shl(PFN, PAGE_SHIFT), FRAME), ENTRY),
      permissions: {
        read: any(PRESENT),
        write: any(WRITE),
        execute: any(PRESENT),
        user: any(PRESENT),
      },
    },
  },
  tables: {},
  swap: {
    types: swapTypes('7.2', { devicePrivate: false, memoryFailure: false }),
    codecs: {
      pte: {
        type: and(shr(ENTRY, 4), word(31n)),
        offset: shr(ENTRY, 12),
        make: or(shl(arg('type'), 4), shl(arg('offset'), 12)),
      },
    },
    pfnBits: 20,
    typeShift: 26,
    migrationAgeBits: false,
    constants: {},
  },
  protectionMap: Array.from({ length: 16 }, (_, i) =>
    (i & 10) === 10 ? PRESENT | WRITE : PRESENT,
  ),
  namedProtections: {},
  supports: {
    softDirty: false,
    uffdWp: false,
    devmap: false,
    protnone: false,
    transparentHugepage: false,
    pudTransparentHugepage: false,
    thpMigration: false,
    gupFast: false,
    shadowStack: false,
    pgtableDeposit: false,
  },
  vmFlags: {},
};

const withPte = (changed: FormDefinition['helpers']['pte']): EntryForm => {
  const { helpers } = DEFINITION;
  return new EntryForm({
    ...DEFINITION,
    helpers: { ...helpers, pte: { ...helpers.pte, ...changed } },
  });
};

describe('the list of laws', () => {
  test('has names, sentences and sources, each name once', () => {
    expect(allLaws.length).toBeGreaterThanOrEqual(130);
    expect(new Set(allLaws.map(({ id }) => id)).size).toBe(allLaws.length);
    for (const { id, sentence, source, group } of allLaws) {
      expect([id, sentence.endsWith('.'), source.length > 5]).toEqual([id, true, true]);
      expect(LAW_GROUPS).toContain(group);
    }
    expect(new Set(allLaws.map(({ group }) => group)).size).toBe(LAW_GROUPS.length);
  });

  test('is documented law by law', () => {
    const text = lawsMarkdown(allLaws);
    for (const { id, source } of allLaws) {
      expect(text).toContain(`### \`${id}\``);
      expect(text).toContain(`Source: ${source}.`);
    }
    expect(lawsMarkdown(allLaws.slice(1))).not.toContain(`### \`${allLaws[0]?.id}\``);
  });
});

describe('running laws', () => {
  const form = new EntryForm(DEFINITION);

  test('breaks only what an architecture of a few lines cannot keep: it has no access to take away', () => {
    const { failed, held, notConcerned, checked } = runLaws(form);
    expect(failed.map(({ id }) => id)).toEqual([
      'read access of the protection map',
      'execute access of the protection map',
      'PAGE_NONE: not accessible, and still normal',
    ]);
    expect(held + failed.length + notConcerned.length).toBe(allLaws.length);
    expect(held).toBeGreaterThan(60);
    expect(checked).toBeGreaterThan(5000);
  });

  test('answers the same every time, the demo part with fewer checks', () => {
    expect(runLaws(form)).toEqual(runLaws(new EntryForm(DEFINITION)));
    const demo = runLaws(form, { part: 'demo' });
    expect(demo.part).toBe('demo');
    expect(demo.failed.length).toBe(3);
    expect(demo.checked).toBeLessThan(runLaws(form).checked / 2);
  });

  test('shrinks a failure to the bits that matter, and names them', () => {
    // Only an entry that is both dirty and writable loses its dirty bit.
    const both = DIRTY | WRITE;
    const faulty = withPte({
      wrprotect: {
        op: 'if',
        test: { op: 'masked', a: ENTRY, mask: both, value: both },
        chosen: clear(ENTRY, both),
        otherwise: clear(ENTRY, WRITE),
      },
    });
    const { failed } = runLaws(faulty);
    const found = failed.find(({ law }) => law === 'pte_wrprotect(e) keeps the rest of e');
    expect(found).toMatchObject({
      level: 'pte',
      word: PRESENT | DIRTY | WRITE,
      bits: 'PRESENT DIRTY WRITE',
      expected: 'pte_dirty() true',
      got: 'pte_dirty() false',
    });
    expect(found?.input).toEqual([PRESENT | DIRTY | WRITE]);
  });

  test('counts a form whose parts do not fit as broken, instead of ending', () => {
    const { failed } = runLaws(new EntryForm({ ...DEFINITION, leaves: {} }));
    const thrown = failed.filter(({ got }) => got.includes('no leaf codec'));
    expect(thrown.length).toBeGreaterThan(0);
  });

  test('runs the laws that it is given, and says which have nothing to say', () => {
    const law: Law = {
      id: 'pxx_present(e)',
      group: 'kinds',
      sentence: 'Everything is present.',
      source: 'nobody',
      over: 'words',
      at: (_form, level) =>
        level === 'pte'
          ? (e = 0n) => ((e & 1n) === 1n ? undefined : { expected: '1', got: '0' })
          : undefined,
    };
    const never: Law = { ...law, id: 'never', at: () => undefined };
    const report = runLaws(form, { laws: [law, never] });
    expect([report.held, report.notConcerned]).toEqual([0, ['never']]);
    expect(report.failed).toMatchObject([{ law: 'pte_present(e)', word: 0n, bits: 'no bit set' }]);
  });

  test('names bits by field, wide ones with their value, others as a number', () => {
    expect(nameBits(form, 'pte', 0x0012_3113n)).toBe('PRESENT YOUNG FRAME=0x123 0x110');
    expect(nameBits(form, 'pmd', 0x3n)).toBe('0x3');
  });
});
