import { clear, ENTRY, EntryForm, type FormDefinition } from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { allLaws, LAW_GROUPS, type Law, lawsMarkdown, nameBits, runLaws } from '../src/index.js';
import { DEFINITION, DIRTY, PRESENT, WRITE } from './toy-form.js';

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

  test('names fields of entries that are not present in such entries alone', () => {
    const [present] = form.definition.bits;
    if (present === undefined) throw new Error('the toy has bits');
    const offset = { ...present, name: 'OFFSET', low: 12, width: 20, scope: 'absent' } as const;
    const swapping = form.with({ bits: [...form.definition.bits, offset] });
    expect(nameBits(swapping, 'pte', 0x5001n)).toBe('PRESENT FRAME=0x5');
    expect(nameBits(swapping, 'pte', 0x5000n)).toBe('FRAME=0x5 OFFSET=0x5');
  });
});
