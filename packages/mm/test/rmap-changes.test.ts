import { describe, expect, it } from 'vitest';
import { decisionComparers } from '../src/decisions.js';
import { compareRows, RECORDED, revisionWith } from './recorded.js';

/** Mismatches of a group's file with a revision that lacks some changes. */
function mismatches(group: string, id: string, undoes: readonly string[]): number {
  const comparer = decisionComparers.find((each) => each.group === group);
  const file = RECORDED.find((each) => each.group === group && each.revision === id);
  if (comparer === undefined || file === undefined) throw new Error('no such file');
  const rows = file.rows().filter(({ fn }) => group !== 'small' || String(fn).startsWith('wp_'));
  const changed = { ...revisionWith(id, { undoes }), id: `${id} without ${undoes.join()}` };
  return compareRows(comparer, rows, changed).mismatches.length;
}

describe('recorded answers tell a kernel from one without', () => {
  it.each([
    ['rmap', 'v6.9', ['rmap-by-level']],
    ['rmap', 'v6.12', ['large-mapcount']],
    ['rmap', 'v6.12', ['rmap-counts-by-owner']],
    ['rmap', 'v6.12', ['zeropage-rmap-check']],
    ['rmap', 'v6.17', ['anon-vma-refcount-check']],
    ['mm_id', 'v6.17', ['mm-ids']],
    ['small', 'v6.17', ['mm-ids']],
  ])('%s, %s: %j', (group, revision, undoes) => {
    expect(mismatches(group, revision, [])).toBe(0);
    expect(mismatches(group, revision, undoes)).toBeGreaterThan(0);
  });
});
