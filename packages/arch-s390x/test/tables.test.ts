import {
  bits,
  decodeEntry,
  ok,
  type PhysicalMemory,
  physAddr,
  walk,
  withFields,
} from '@pagewright/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { s390x, s390xForm } from '../src/index.js';
import { levelsFromRootEntry } from '../src/kernel.js';
import { everyForm, formOf, title } from './forms.js';

const real = (name: string) => formOf(name).levels.filter((g) => !g.folded);

test('the three forms are roots of three types of table', () => {
  expect(real('s390x').map((g) => g.level)).toEqual(['pgd', 'p4d', 'pud', 'pmd', 'pte']);
  expect(real('s390x-4').map((g) => g.level)).toEqual(['p4d', 'pud', 'pmd', 'pte']);
  expect(real('s390x-3').map((g) => g.level)).toEqual(['pud', 'pmd', 'pte']);
  const limits = s390x.forms.map(({ name }) => formOf(name).definition.addressBits);
  expect(limits).toEqual([64, 53, 42]);
});

/** A page table, a segment table and three region tables below each other, one entry in each. */
function chainedTables(entries: Readonly<Record<string, bigint>>): PhysicalMemory {
  return {
    byteCount: 1n << 24n,
    read(address, length) {
      const out = new Uint8Array(length);
      const word = entries[address.toString(16)] ?? 0x20n;
      if (length === 8) new DataView(out.buffer).setBigUint64(0, word);
      return ok(out);
    },
  };
}

/** Indexes 1, 2, 3, 4 and 5 in the tables at 50000, 40000, 30000, 20000 and 10800. */
const ADDRESS = (1n << 53n) | (2n << 42n) | (3n << 31n) | (4n << 20n) | (5n << 12n) | 0x678n;
const MEMORY = chainedTables({
  '50008': 0x4000fn,
  '40010': 0x3000bn,
  '30018': 0x20007n,
  '20020': 0x10801n,
  '10828': 0xabcd315n,
});

test.each([
  ['s390x', 0x50000n, ADDRESS],
  ['s390x-4', 0x40000n, ADDRESS & ((1n << 53n) - 1n)],
  ['s390x-3', 0x30000n, ADDRESS & ((1n << 42n) - 1n)],
])('%s: an address is translated from its root', (name, root, address) => {
  const walked = walk(formOf(name), MEMORY, physAddr(root), address);
  expect(walked).toMatchObject({
    ok: true,
    value: { end: { kind: 'mapped', level: 'pte', pfn: 0xabcdn, physical: 0xabcd678n } },
  });
  const first = walked.ok ? (walked.value.steps[0]?.raw ?? 0n) : 0n;
  expect(levelsFromRootEntry(first)).toBe(real(name).length);
});

test('addresses above the limit of a process are refused', () => {
  const outside = walk(formOf('s390x-3'), MEMORY, physAddr(0x30000n), 1n << 42n);
  expect(outside).toMatchObject({ ok: false, problem: { code: 'address-outside-form' } });
  expect(walk(formOf('s390x-4'), MEMORY, physAddr(0x40000n), 1n << 53n).ok).toBe(false);
  expect(walk(formOf('s390x'), MEMORY, physAddr(0x50000n), (1n << 64n) - 1n).ok).toBe(true);
});

test('an entry of a lower table at the root is refused, and says how many levels there are', () => {
  const entry = bits(0x13e20007n);
  const decoded = decodeEntry(formOf('s390x'), 'pgd', entry);
  expect(decoded).toMatchObject({ kind: 'invalid', reason: expect.stringContaining('pgd_folded') });
  expect(levelsFromRootEntry(entry)).toBe(3);
  expect(decodeEntry(formOf('s390x-3'), 'pud', entry)).toMatchObject({
    kind: 'table',
    next: 0x13e20000n,
    attributes: 7n,
  });
});

test.each(everyForm.map((form) => [title(form), form] as const))(
  '%s: an entry counts as folded exactly where its type is a lower one',
  (_, form) => {
    const levelOf = { pud: 3, p4d: 4, pgd: 5 } as const;
    fc.assert(
      fc.property(fc.bigInt(0n, (1n << 64n) - 1n), (word) => {
        for (const [level, count] of Object.entries(levelOf) as [keyof typeof levelOf, number][]) {
          const folded = form.is(level, 'folded', bits(word));
          expect(folded).toBe(levelsFromRootEntry(word) < count);
          expect(folded && form.is(level, 'bad', bits(word))).toBe(false);
        }
      }),
    );
  },
);

test('moving a bit in the table moves it in helpers, decode and protections', () => {
  const own = formOf('s390x');
  const moved = s390xForm('s390x', {
    bits: withFields(own.definition.bits, {
      _PAGE_SPECIAL: { low: 7 },
      _PAGE_UNUSED: { low: 6 },
      _SEGMENT_ENTRY_LARGE: { low: 9 },
      _SEGMENT_ENTRY_PROTECT: { low: 10 },
    }),
  });
  if (!moved.ok) throw new Error(moved.problem.message);
  const page = bits(0x1355n);
  expect([own, moved.value].map((form) => form.is('pte', 'special', page))).toEqual([true, false]);
  expect(moved.value.apply('pte', 'mkspecial', bits(0x1315n))).toBe(0x1395n);
  expect(own.definition.namedProtections.SEGMENT_RO).toBe(0x4301n);
  expect(moved.value.definition.namedProtections.SEGMENT_RO).toBe(0x4501n);
  const kinds = [own, moved.value].map((form) => decodeEntry(form, 'pmd', bits(0x104401n)).kind);
  expect(kinds).toEqual(['leaf', 'table']);
});
