import { describe, expect, it } from 'vitest';
import { decisionComparers } from '../src/decisions.js';
import { compareRows, RECORDED, revisionWith, sample } from './recorded.js';

/** `pagewright conform` compares every answer; here a part of each file that is soon done. */
const ANSWERS = 40_000;

describe.each(decisionComparers)('recorded answers of $group', (comparer) => {
  const files = RECORDED.filter(({ group }) => group === comparer.group);

  it('are there', () => {
    expect(files.length).toBeGreaterThan(2);
  });

  it.each(files)('$name', ({ revision, rows }) => {
    const found = compareRows(comparer, sample(rows(), ANSWERS), revisionWith(revision));
    expect(found.mismatches.slice(0, 5)).toEqual([]);
    expect(found.agreed).toBeGreaterThan(5);
  });
});

describe('a kernel with one change less is caught', () => {
  it.each([
    ['insert', 'v6.12', 'page-count-in-validation'],
    ['insert', 'v6.12', 'zeropage-in-readonly-vma'],
    ['insert', 'rfc-2025-06/3', 'compare-only-present'],
    ['insert', 'rfc-2025-06/11', 'drop-linear-cow-rule'],
    ['remap', 'rfc-2025-06/11', 'drop-linear-cow-rule'],
    ['small', 'v6.18', 'slab-is-page-type'],
    ['gup', 'v6.9', 'longterm-breaks-cow', 'gup_must_unshare'],
    ['gup', 'v6.9', 'file-write-pin-refused'],
    ['gup', 'v6.12', 'gup-refuses-hugetlb-split'],
    ['gup', 'v6.12', 'gup-fast-checks-secretmem-folio', 'gup_fast_folio_allowed'],
    ['gup', 'v6.17', 'fsdax-not-longterm', 'folio_is_longterm_pinnable'],
    ['gup', 'v6.17', 'pincount-by-order', 'folio_needs_cow_for_dma'],
    ['folio_walk', 'rfc-2025-06/13', 'normal-page-pud'],
  ] as [string, string, string, string?][])(
    '%s: %s without %s',
    (group, revision, change, fn = '') => {
      const comparer = decisionComparers.find((each) => each.group === group);
      const file = RECORDED.find((each) => each.group === group && each.revision === revision);
      if (comparer === undefined || file === undefined) throw new Error('no such file');
      // A sample may lack functions of few answers.
      const all = file.rows();
      const rows = fn === '' ? sample(all, ANSWERS) : all.filter((row) => row.fn === fn);
      const changed = revisionWith(revision, { undoes: [change] });
      expect(compareRows(comparer, rows, revisionWith(revision)).mismatches).toEqual([]);
      expect(compareRows(comparer, rows, changed).mismatches.length).toBeGreaterThan(0);
    },
  );
});

describe('a kernel with one change more is caught', () => {
  it.each([['zeropage-in-readonly-vma'], ['page-count-in-validation']])(
    'small: zeropage-v1/2 with %s',
    (change) => {
      const comparer = decisionComparers.find(({ group }) => group === 'small');
      const file = RECORDED.find(({ revision }) => revision === 'zeropage-v1/2');
      if (comparer === undefined || file === undefined) throw new Error('no such file');
      const changed = revisionWith('zeropage-v1/2', { changes: [change] });
      expect(compareRows(comparer, file.rows(), changed).mismatches.length).toBeGreaterThan(0);
    },
  );
});

describe('a row that says something nobody knows', () => {
  const insert = decisionComparers.find(({ group }) => group === 'insert');
  const ROW = {
    fn: 'insert_page',
    cfg: { pte_special: 1 },
    page: 'file_small',
    entry: 'none',
    mkwrite: '0',
    trail: [
      ['vma', 'private_writable'],
      ['prot_write', '0', '1'],
    ],
    out: 'ab',
    dict: { a: '0 P:new ref+1 map+1 FILE+1 NR_FILE_MAPPED+1', b: 'EBUSY =' },
  };
  const compare = (changes: Readonly<Record<string, unknown>>) => () => {
    if (insert === undefined) throw new Error('no comparer');
    return compareRows(insert, [{ ...ROW, ...changes }], revisionWith('v6.12'));
  };

  it('is compared when all of it is known', () => {
    const { agreed, mismatches } = compare({})();
    expect(agreed).toBe(1);
    expect(mismatches).toEqual([
      '1 insert_page page=file_small entry=none mkwrite=0 cfg.pte_special=1 vma=private_writable ' +
        'prot_write=1: EBUSY =, not 0 PW:new ref+1 map+1 FILE+1 NR_FILE_MAPPED+1',
    ]);
  });

  it.each([
    ['page', { page: 'moon' }, /page "moon" is unknown/],
    ['entry', { entry: 'moon' }, /entry "moon" is unknown/],
    ['vma', { trail: [['vma', 'toString']], out: 'a' }, /vma "toString" is unknown/],
    ['no entry', { entry: undefined }, /entry "undefined" is unknown/],
    ['trail', { trail: 'x' }, /trail is no list/],
    ['too few answers', { out: 'a' }, /out has 1 answers, the trail 2/],
    ['no such letter', { out: 'az' }, /an answer is not in dict/],
  ])('%s', (_, changes, message) => {
    expect(compare(changes)).toThrow(message);
  });

  it('counts functions without a model, with their answers', () => {
    expect(compare({ fn: 'frobnicate' })().left).toEqual({
      'insert/frobnicate: no model of this function': 2,
    });
  });

  it('leaves out combinations that do not exist', () => {
    const { agreed, mismatches } = compare({ dict: { ...ROW.dict, b: '-' } })();
    expect([agreed, mismatches]).toEqual([1, []]);
  });
});
