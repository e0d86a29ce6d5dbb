import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DecisionComparer } from '../src/decisions.js';
import type { Model } from '../src/model.js';
import { compareRows, RECORDED, revisionWith } from './recorded.js';

/** Comparers over a model of which one module is replaced by a faulty one. */
async function comparersWith(
  module: string,
  fault: (real: Record<string, unknown>) => Record<string, unknown>,
): Promise<readonly DecisionComparer[]> {
  vi.resetModules();
  vi.doMock(module, async (original) => {
    const real = (await original()) as Record<string, unknown>;
    return { ...real, ...fault(real) };
  });
  return (await import('../src/decisions.js')).decisionComparers;
}

afterEach(() => {
  vi.doUnmock('../src/rmap/file-rmap.js');
  vi.doUnmock('../src/vma/vma.js');
  vi.doUnmock('../src/gup/must-unshare.js');
  vi.doUnmock('../src/frames/folio.js');
  vi.doUnmock('../src/insert/pfn-modify-allowed.js');
  vi.doUnmock('../src/insert/pfnmap-normal-page.js');
});

function mismatches(
  comparers: readonly DecisionComparer[],
  group: string,
  revision: string,
): number {
  const comparer = comparers.find((each) => each.group === group);
  const file = RECORDED.find((each) => each.group === group && each.revision === revision);
  if (comparer === undefined || file === undefined) throw new Error('no such file');
  return compareRows(comparer, file.rows(), revisionWith(revision)).mismatches.length;
}

describe('a fault in an operation is found', () => {
  it('a page inserted without its mapping being counted', async () => {
    const comparers = await comparersWith('../src/rmap/file-rmap.js', () => ({
      addFileRmap: () => {},
    }));
    expect(mismatches(comparers, 'insert', 'v6.18')).toBeGreaterThan(1000);
  });

  it('an entry made writable in a VMA that is not', async () => {
    const comparers = await comparersWith('../src/vma/vma.js', () => ({
      maybeMkwrite: (model: Model, _vma: number, _space: unknown, entry: number) =>
        model.pte.mkwrite(entry as never),
    }));
    expect(mismatches(comparers, 'insert', 'v6.9')).toBeGreaterThan(1000);
  });

  it('a frame mapped that the processor must not see', async () => {
    const comparers = await comparersWith('../src/insert/pfn-modify-allowed.js', () => ({
      pfnModifyAllowed: () => true,
    }));
    expect(mismatches(comparers, 'remap', 'v6.18')).toBeGreaterThan(100);
  });

  it('a pin of a page that is not exclusive', async () => {
    const comparers = await comparersWith('../src/gup/must-unshare.js', () => ({
      gupMustUnshare: () => false,
    }));
    expect(mismatches(comparers, 'gup', 'v7.2')).toBeGreaterThan(10);
  }, 60_000);

  it('a zeropage that a walker is shown unasked', async () => {
    const comparers = await comparersWith('../src/frames/folio.js', () => ({
      isZeroFrame: () => false,
    }));
    expect(mismatches(comparers, 'folio_walk', 'v6.12')).toBeGreaterThan(50);
  });

  it('a private copy that the RFC does not recognise', async () => {
    const comparers = await comparersWith('../src/insert/pfnmap-normal-page.js', () => ({
      pfnmapNormalPage: () => -1,
    }));
    expect(mismatches(comparers, 'remap', 'rfc-2025-06/11')).toBeGreaterThan(10);
  });
});
