import { EntryForm } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Facts, runVectors, type Tally, type VectorReport } from '../src/index.js';
import { factsProblem } from '../src/vectors/facts-shape.js';
import { DEFINITION } from './toy-form.js';

const form = new EntryForm(DEFINITION);

/** Runs one file of rows, each an object or the text of a line. */
function run(name: string, rows: readonly unknown[], facts?: Facts): VectorReport {
  const lines = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)));
  const files = [{ name, lines: () => lines }];
  const report = runVectors(form, { name: 'toy', files, ...(facts && { facts }) });
  if (!report.ok) throw new Error(report.problem.message);
  return report.value;
}

const vectors = (name: string, ...rows: readonly unknown[]): Tally => run(name, rows).vectors;
const leftOut = (tally: Tally): Record<string, number> =>
  Object.fromEntries([...tally.notCompared].map(([key, { count }]) => [key, count]));

/** Frame 0x12, present, dirty. */
const ENTRY = '0x12005';
/** Type 1, offset 0x34. */
const SWAP = '0x34010';

describe('rows about an entry', () => {
  test('every helper, outcome of modify and member of swp is one value', () => {
    const tally = vectors(
      'pte.vectors.jsonl',
      {
        in: ENTRY,
        present: true,
        pfn: '0x12',
        mkclean: '0x12001',
        modify: [
          { prot: '0x9', out: '0x1200d' },
          { prot: '0x1', out: '0x12005' },
        ],
      },
      { in: SWAP, none: false, swp: { type: 1, offset: '0x34', is_migration_entry: false } },
    );
    expect(tally.mismatches).toEqual([]);
    expect([tally.compared, tally.notComparedCount]).toEqual([9, 0]);
  });

  test('a wrong answer is told with its place', () => {
    const tally = vectors('pte.jsonl', '', { in: ENTRY, present: false, pfn: '0x12' });
    expect(tally.mismatches).toEqual([
      { file: 'toy/pte.jsonl', line: 2, key: 'pte.present', in: ENTRY, expected: false, got: true },
    ]);
    expect(tally.mismatchCount).toBe(1);
  });

  test('what cannot be compared is counted, value by value', () => {
    const swp = { type: 1, offset: '0x34' };
    expect(
      leftOut(
        vectors(
          'pte.jsonl',
          { in: ENTRY, no_such: 1, toString: 2, swp: { phase: 1 } },
          { in: ENTRY, swp: 5, modify: 'all' },
          { in: ENTRY, modify: [{ out: '0x1' }] },
          { present: true, swp, modify: [1, 2, 3] },
        ),
      ),
    ).toEqual({
      'pte.no_such': 1,
      'pte.toString': 1,
      'pte.swp.phase': 1,
      'pte.swp': 1,
      'pte.modify': 2,
      'pte.in': 6,
    });
    expect(leftOut(vectors('moon.jsonl', { in: ENTRY, swp, present: true }))).toEqual({ moon: 3 });
  });
});

describe('rows about an operation', () => {
  test('functions, pointers and built swap entries', () => {
    const tally = vectors(
      'build.jsonl',
      { op: 'pfn_pte', pfn: '0x12', prot: '0x1', prot_name: 'R', out: '0x12001' },
      { op: 'pte_access_permitted', pte: ENTRY, write: true, out: false },
      { op: 'ptep_get_and_clear', mem: ENTRY, ret: ENTRY, mem_after: '0x0' },
      { op: 'swp_entry', type: 1, offset: '0x34', pte: SWAP, back_type: 1, back_offset: '0x34' },
      { op: 'make_readable_migration_entry', pfn: '0x12', type: 28 },
    );
    expect(tally.mismatches).toEqual([]);
    expect([tally.compared, leftOut(tally)]).toEqual([8, {}]);
  });

  test('inputs that are missing, of the wrong kind or out of range leave the answer out', () => {
    expect(
      leftOut(
        vectors(
          'build.jsonl',
          { op: 'pfn_pte', pfn: '0x12', out: '0x1' },
          { op: 'pfn_pte', pfn: true, prot: '0x1', out: '0x1' },
          { op: 'pte_access_permitted', pte: ENTRY, write: '0x1', out: true },
          { op: 'ptep_get_and_clear', mem: 7, ret: '0x7' },
          { op: 'swp_entry', type: 1.5, offset: '0x34', pte: SWAP },
          { op: 'swp_entry', type: -1, offset: '0x34', pte: SWAP },
          { op: 'make_readable_migration_entry+old', pfn: '0x12', pte: '0x0' },
          { op: 'constructor', out: '0x0' },
        ),
      ),
    ).toEqual({
      pfn_pte: 2,
      pte_access_permitted: 1,
      'ptep_get_and_clear.ret': 1,
      'swp_entry.pte': 2,
      'make_readable_migration_entry+old': 1,
      constructor: 1,
    });
  });

  test('any JSON in place of an input ends in counts, never in an exception', () => {
    const ops = [...form.functionNames, ...form.pointerNames, 'swp_entry', 'make_pte_marker'];
    const keys = ['in', 'pfn', 'prot', 'mem', 'entry', 'type', 'offset', 'marker', 'write', 'out'];
    const value = fc.oneof(
      fc.jsonValue(),
      fc.bigInt(0n, 2n ** 64n - 1n).map((n) => `0x${n.toString(16)}`),
    );
    const row = fc.dictionary(fc.constantFrom(...keys, 'swp', 'modify', 'pte', 'toString'), value);
    fc.assert(
      fc.property(row, fc.option(fc.constantFrom(...ops)), (fields, op) => {
        const tally = vectors('pte.jsonl', op === null ? fields : { ...fields, op });
        expect(tally.compared).toBeGreaterThanOrEqual(tally.mismatchCount);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each(['nonsense', '[1]', '"x"', 'null'])('a line that is no row ends the run: %s', (line) => {
  const files = [{ name: 'pte.jsonl', lines: () => ['{"in":"0x0"}', '', line] }];
  expect(runVectors(form, { name: 'toy', files })).toMatchObject({
    ok: false,
    problem: { code: 'bad-row', message: 'toy/pte.jsonl:3: not a JSON object' },
  });
});

describe('facts', () => {
  const facts = (parsed: object): Tally => {
    expect(factsProblem(parsed)).toBeUndefined();
    return run('pte.jsonl', [], parsed as Facts).facts;
  };

  test('only what the file says is compared', () => {
    expect(facts({}).compared).toBe(0);
    expect(facts({ levels: { pte: {} } }).compared).toBe(0);
    const tally = facts({
      page_shift: 12,
      word_bits: 32,
      levels: { pte: { shift: 12, size: '0x1000', ptrs_per: 16, compile_time_folded: false } },
      protection_map: [{ index: 3, pgprot: '0x1' }],
      holds: { ARCH_HAS_PTE_SPECIAL: false },
      vm_flags: { VM_PFNMAP: '0x400' },
      swap: { constants: { MAX_SWAPFILES: '0x1c', SWP_TYPE_SHIFT: 26 } },
    });
    expect(tally.mismatches).toEqual([]);
    expect([tally.compared, tally.notComparedCount]).toEqual([11, 0]);
  });

  test('names that the form does not know are left out', () => {
    const tally = facts({
      levels: { pgd: { shift: 12 } },
      protection_map: [
        { index: 16, pgprot: '0x1' },
        { index: 'length', pgprot: '0x1' },
      ],
      pgprots: { toString: '0x1' },
      prot_ops: [
        { op: 'pfn_pte', prot: '0x1', out: '0x1' },
        { op: 'pgprot_nx', prot: '0x1', out: '0x1' },
      ],
      holds: { constructor: true },
      vm_flags: { VM_MOON: '0x1' },
      swap: { constants: { valueOf: '0x1' } },
    });
    expect(tally.compared).toBe(0);
    expect(tally.notComparedCount).toBe(9);
  });

  test.each([
    [[], 'not a JSON object'],
    [{ levels: [] }, 'levels: not a JSON object'],
    [{ levels: { pte: { shift: {} } } }, 'levels: pte: shift: not a single value'],
    [{ protection_map: {} }, 'protection_map: not a list'],
    [{ swap: { constants: { A: [1] } } }, 'swap: constants: A: not a single value'],
  ])('%j cannot be compared', (parsed, why) => {
    expect(factsProblem(parsed)).toBe(why);
  });
});
