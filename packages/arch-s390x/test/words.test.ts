import { bits, decodeEntry, encodeEntry, type Helper, isAbsentHelper } from '@pagewright/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { everyForm, title } from './forms.js';

const forms = everyForm.map((form) => [title(form), form] as const);

test.each(forms)('%s: every word is written back as it was read', (_, form) => {
  for (const { level } of form.levels.filter((g) => !g.folded)) {
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 64n) - 1n), (word) => {
        const decoded = decodeEntry(form, level, bits(word));
        expect(encodeEntry(form, level, decoded)).toEqual({ ok: true, value: word });
      }),
    );
  }
});

test.each(forms)('%s: every frame of ptes and pmds survives every protection', (_, form) => {
  const call = (name: string) => {
    const helper = form.function(name);
    if (isAbsentHelper(helper)) throw new Error(`no ${name}()`);
    return helper as Helper;
  };
  const cases = [
    ['pte', call('pfn_pte'), 0n],
    ['pmd', call('mk_huge_pmd'), 8n],
  ] as const;
  for (const [level, make, order] of cases) {
    const frames = fc.bigInt(0n, (1n << (52n - order)) - 1n);
    fc.assert(
      fc.property(frames, fc.constantFrom(...form.definition.protectionMap), (block, prot) => {
        const pfn = block << order;
        const raw = bits(make.bits(pfn, prot) as bigint);
        expect(decodeEntry(form, level, raw)).toMatchObject({ kind: 'leaf', pfn });
        expect(form.is(level, 'young', raw)).toBe(true);
        const codec = form.definition.leaves[level];
        const writable = codec && form.codec(`${level} may write`, codec.permissions.write);
        expect(writable?.bits(raw)).toBe(form.is(level, 'write', raw));
      }),
    );
  }
});
