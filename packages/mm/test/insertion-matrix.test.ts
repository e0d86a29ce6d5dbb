import { arm64 } from '@pagewright/arch-arm64';
import { nopteSpecial } from '@pagewright/arch-nopte-special';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import {
  type ArchBackend,
  findRevision,
  type MappingLevel,
  makeKernel,
  type Result,
  revisionForm,
  swapWord,
} from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { offsetMatching } from '../src/insertion-matrix/encodings.js';
import {
  encodedKinds,
  encodingRows,
  insertionsOf,
  insertionText,
  PRIMITIVES,
} from '../src/matrices.js';

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

const formOf = (backend: ArchBackend, name: string, id: string) =>
  must(revisionForm(backend, name, must(findRevision(id))));

/** Answers of a primitive by occupant. */
function answers(
  [backend, name]: readonly [ArchBackend, string],
  id: string,
  level: MappingLevel,
  primitive: string,
): Readonly<Record<string, string>> {
  const form = formOf(backend, name, id);
  const kernel = must(makeKernel({ revision: id, form: form.definition }));
  const row = insertionsOf(form, kernel, level).find((each) => each.primitive === primitive);
  return Object.fromEntries(
    (row?.answers ?? []).map((answer) => [answer.occupant, insertionText(answer)]),
  );
}

const X86 = [x86, 'x86_64'] as const;

describe('a slot that is taken', () => {
  it('is busy to vm_insert_page(), whatever it holds', () => {
    const { nothing, ...taken } = answers(X86, 'v6.18', 'pte', 'vm_insert_page');
    expect(nothing).toBe('0: mapped');
    expect(new Set(Object.values(taken))).toEqual(new Set(['-EBUSY']));
    expect(Object.keys(taken)).toHaveLength(11);
  });

  it('is compared by writes: same, other, zeropage (SPEC 3.3)', () => {
    const write = (id: string) => answers(X86, id, 'pte', 'vmf_insert_page_mkwrite, write');
    expect(write('v6.18')).toMatchObject({
      'same page': 'NOPAGE: writable',
      'other page': 'SIGBUS, WARN',
      zeropage: 'SIGBUS',
      swap: 'SIGBUS, WARN',
      'swap, same bits': 'NOPAGE: edited',
      marker: 'SIGBUS, WARN',
    });
    expect(write('rfc-2025-06/3')).toMatchObject({
      'other page': 'SIGBUS, WARN',
      swap: 'NOPAGE',
      'swap, same bits': 'NOPAGE',
      marker: 'NOPAGE',
    });
    expect(write('v6.12')).toEqual({});
  });

  it('stops remap_pfn_range()', () => {
    const { nothing, ...taken } = answers(X86, 'v6.9', 'pte', 'remap_pfn_range');
    expect(nothing).toBe('0: mapped');
    expect(new Set(Object.values(taken))).toEqual(new Set(['BUG']));
  });

  it('makes a hole fall back to PTEs, or not, from RFC patch 7 on (SPEC 15.8)', () => {
    for (const [id, expected] of [
      ['rfc-2025-06/6', 'FALLBACK'],
      ['rfc-2025-06/7', 'NOPAGE'],
      ['v6.17', 'FALLBACK'],
      ['v6.18', 'NOPAGE'],
    ] as const) {
      const hole = answers(X86, id, 'pmd', 'dax_pmd_load_hole');
      expect(hole.nothing).toBe('NOPAGE: mapped');
      expect(hole.zeropage, id).toBe(expected);
      expect(hole.table, id).toBe(expected);
    }
  });

  it('warns of a table where a PMD or PUD is written, and of all but the same (SPEC 3.13)', () => {
    expect(answers(X86, 'v6.18', 'pmd', 'vmf_insert_folio_pmd, write')).toMatchObject({
      'same page': 'NOPAGE: writable',
      'other page': 'NOPAGE, WARN',
      zeropage: 'NOPAGE',
      table: 'NOPAGE, WARN',
    });
    expect(answers(X86, 'v6.18', 'pud', 'vmf_insert_pfn_pud, write')).toMatchObject({
      'same raw': 'NOPAGE: writable',
      'other raw': 'NOPAGE, WARN',
    });
  });

  it('by a migration entry of the very page matches where that reads as itself', () => {
    const over = (form: readonly [ArchBackend, string]) =>
      answers(form, 'v6.18', 'pte', 'vmf_insert_mixed_mkwrite').migration;
    expect(over(X86)).toBe('NOPAGE, WARN');
    expect(over([arm64, 'arm64'])).toBe('NOPAGE: edited');
    expect(over([s390x, 's390x'])).toBe('NOPAGE: edited');
  });

  it('has no PMDs on um', () => {
    const form = formOf(nopteSpecial, 'um', 'v6.18');
    const kernel = must(makeKernel({ revision: 'v6.18', form: form.definition }));
    expect(insertionsOf(form, kernel, 'pmd')).toEqual([]);
    expect(insertionsOf(form, kernel, 'pte')).toHaveLength(
      PRIMITIVES.filter(({ level }) => level === 'pte').length,
    );
  });
});

describe('entries that are not present, as a compare reads them', () => {
  it('are counted as one by one, over all offsets of a 32-bit form', () => {
    const form = formOf(nopteSpecial, 'm68k', 'v6.18');
    const [pfn, zero] = [0x2340n, 0x2a5n];
    const ranges = [
      [0x10n, 0x4321n],
      [0x8000n, 0x9001n],
    ] as const;
    const kinds = encodedKinds(form, 'pte', { pfn, zero, all: ranges });
    const migration = kinds.find(({ kind }) => kind === 'migration-read');
    const type = form.definition.swap.types.numbers['migration-read'] ?? 0;
    const counted = { entries: 0n, matching: 0n, zero: 0n, matchingSome: 0n };
    for (let offset = 0n; offset < 1n << BigInt(migration?.offsetBits ?? 0); offset++) {
      const read: bigint = form.pfn('pte', swapWord(form, 'pte', { type, offset }));
      counted.entries++;
      if (read === pfn) counted.matching++;
      if (read === zero) counted.zero++;
      if (ranges.some(([first, end]) => read >= first && read < end)) counted.matchingSome++;
    }
    expect(migration).toMatchObject(counted);
    expect(migration?.warning).toBe(counted.entries - counted.matching - counted.zero);
    expect(counted.entries).toBe(1n << 20n);
  });

  it.each([
    [x86, 'x86_64', 'v6.1', -3],
    [x86, 'x86_64', 'v6.18', -3],
    [arm64, 'arm64', 'v6.1', -4],
    [arm64, 'arm64', 'v6.18', 0],
    [s390x, 's390x', 'v6.18', 0],
    [nopteSpecial, 'um', 'v6.18', -1],
  ] as const)('%#: %s moves offsets as counted', (backend, name, id, shift) => {
    const form = formOf(backend, name, id);
    const kinds = encodedKinds(form, 'pte', { pfn: 0x92340n, zero: 0x2a50n, all: [[0n, 1n]] });
    const migration = kinds.find(({ kind }) => kind === 'migration-read');
    expect(migration?.shift).toBe(shift);
    const type = form.definition.swap.types.numbers['migration-read'] ?? 0;
    for (let i = 0n; i < 200n; i++) {
      const offset = (i * 0x9e3779b97f4a7c15n) % (1n << 34n);
      const read: bigint = form.pfn('pte', swapWord(form, 'pte', { type, offset }));
      expect(read, `offset ${offset}`).toBe(offset >> BigInt(-shift));
      // The way back: some entry of every kind that reads as the frame.
      const back = offsetMatching(form, 'pte', 'migration-read', read) ?? -1n;
      expect(form.pfn('pte', swapWord(form, 'pte', { type, offset: back }))).toBe(read);
    }
  });

  it('are shown with equal kinds together', () => {
    const form = formOf(s390x, 's390x', 'v6.18');
    const rows = encodingRows(
      encodedKinds(form, 'pte', { pfn: 0x92340n, zero: 0x2a50n, all: [[0n, 1n << 20n]] }),
    );
    expect(rows).toEqual([
      {
        level: 'pte',
        kinds: ['swap'],
        entries: '28 x 2^52',
        matching: '28',
        zero: '28',
        warning: '1.26e17',
        matchingSome: '1 in 4.29e9',
        readsAs: 'X',
      },
      {
        level: 'pte',
        kinds: ['migration-read', 'migration-read-exclusive', 'migration-write', 'marker'],
        entries: '2^52',
        matching: '1',
        zero: '1',
        warning: '4.50e15',
        matchingSome: '1 in 4.29e9',
        readsAs: 'X',
      },
    ]);
  });
});
