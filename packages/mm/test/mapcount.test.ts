import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wpCanReuseAnonFolio } from '../src/fault/wp-reuse.js';
import { allocFolio } from '../src/frames/allocate.js';
import {
  averagePageMapcount,
  folioMapcount,
  isAnonExclusive,
  pageMapcount,
} from '../src/frames/folio.js';
import { lruFolios } from '../src/frames/lru.js';
import { lruBatchAdd } from '../src/frames/lru-batch.js';
import { Frame, Global, newMm, newVma, run, Vma } from '../src/index.js';
import { addAnonRmap, addNewAnonRmap } from '../src/rmap/anon-rmap.js';
import { anonVmaPrepare } from '../src/rmap/anon-vma.js';
import { addFileRmap } from '../src/rmap/file-rmap.js';
import { folioMaybeMappedShared } from '../src/rmap/mm-id.js';
import { removeRmap } from '../src/rmap/remove.js';
import { pagesOfLevel } from '../src/tables/tables.js';
import { oneProcess, PRIVATE, quietly, VPN } from './processes.js';

const ORDER = 2;
const PAGES = 2 ** ORDER;

/** A new anonymous folio of four pages, mapped by PTEs. */
function largeFolio(revision: string, config = {}) {
  const { model, vma } = oneProcess('x86', revision, { config });
  anonVmaPrepare(model, vma);
  const folio = allocFolio(model, ORDER);
  quietly(model, () => addNewAnonRmap(model, folio, vma, VPN));
  return { model, vma, folio };
}

describe('mapcounts of a large folio', () => {
  it('begin with one of each page, all exclusive', () => {
    const { model, folio } = largeFolio('v6.18');
    expect(folioMapcount(model, folio)).toBe(PAGES);
    for (let i = 0; i < PAGES; i++) {
      expect([pageMapcount(model, folio + i), isAnonExclusive(model, folio + i)]).toEqual([
        1,
        true,
      ]);
    }
    expect(model.state.get(Global.nrAnonMapped, 0)).toBe(PAGES);
  });

  it('leave the pages alone without CONFIG_PAGE_MAPCOUNT', () => {
    const { model, vma, folio } = largeFolio('v6.18', { PAGE_MAPCOUNT: false });
    expect(model.state.get(Frame.mapcount, folio + 1)).toBe(0);
    expect(folioMapcount(model, folio)).toBe(PAGES);
    quietly(model, () => removeRmap(model, folio, PAGES, vma));
    expect(model.state.get(Global.nrAnonMapped, 0)).toBe(0);
  });

  it.each([
    ['v6.9', [1, 2, 3, 4]],
    ['v6.12', [1]],
    ['v6.18', [1]],
  ])('%s queues for deferred split after unmapping so many pages', (revision, after) => {
    const { model, vma, folio } = largeFolio(revision);
    const queued: number[] = [];
    for (let i = 0; i < PAGES; i++) {
      const { events } = run(model, () => removeRmap(model, folio + i, 1, vma));
      if (events.some((event) => event.kind === 'note' && event.id === 'defer-split')) {
        queued.push(i + 1);
      }
    }
    expect(queued).toEqual(after);
    expect(model.state.get(Frame.deferredSplit, folio)).toBe(1);
  });

  it('of a folio that a PMD maps count it once', () => {
    const { model, vma } = oneProcess('x86', 'v6.18', { ramFrames: 512 });
    anonVmaPrepare(model, vma);
    model.state.set(Vma.end, vma, VPN + 512);
    const folio = allocFolio(model, 9);
    quietly(model, () => addNewAnonRmap(model, folio, vma, VPN));
    expect(folioMapcount(model, folio)).toBe(1);
    expect(model.state.get(Frame.entireMapcount, folio)).toBe(1);
    expect(model.state.get(Global.nrAnonThps, 0)).toBe(pagesOfLevel(model, 'pmd'));
    quietly(model, () => addAnonRmap(model, folio, 512, vma, VPN, false));
    expect(model.state.get(Global.nrAnonMapped, 0)).toBe(512);
    quietly(model, () => removeRmap(model, folio, 512, vma, 'pmd'));
    expect(model.state.get(Global.nrAnonThps, 0)).toBe(0);
    expect([folioMapcount(model, folio), pageMapcount(model, folio + 5)]).toEqual([512, 1]);
  });
});

describe('the average mapcount of a folio of four pages', () => {
  it.each([
    [0, 0, 0],
    [1, 0, 1],
    [5, 0, 1],
    [6, 0, 2],
    [8, 0, 2],
    [2, 2, 2],
    [3, 1, 2],
    [2, 1, 1],
  ])('of %i mappings, %i of them whole, is %i', (mapcount, entire, average) => {
    const { model, folio } = largeFolio('v6.18');
    model.state.set(Frame.largeMapcount, folio, mapcount);
    model.state.set(Frame.entireMapcount, folio, entire);
    expect(averagePageMapcount(model, folio)).toBe(average);
  });
});

describe('what DEBUG_VM says of misused counts', () => {
  const idsOf = (operation: () => void, model: Parameters<typeof run>[0]): string[] =>
    run(model, operation).events.flatMap((event) => ('id' in event ? [event.id] : []));

  it('an exclusive page that gets a second mapping', () => {
    const { model, vma, folio } = largeFolio('v6.18');
    expect(idsOf(() => addAnonRmap(model, folio, 1, vma, VPN, true), model)).toEqual([
      'exclusive-mapped-twice',
    ]);
  });

  it('a mapping at an address where no walk would find it', () => {
    const { model, vma, folio } = largeFolio('v6.18');
    removeRmap(model, folio, 1, vma);
    expect(idsOf(() => addAnonRmap(model, folio, 1, vma, VPN + 1, false), model)).toEqual([
      'wrong-anon-index',
    ]);
  });

  it('pages of two folios at once; nothing with DEBUG_VM off', () => {
    for (const [DEBUG_VM, said] of [
      [true, ['rmap-across-folios']],
      [false, []],
    ] as const) {
      const { model, vma } = oneProcess('x86', 'v6.18', { config: { DEBUG_VM } });
      const file = allocFolio(model, 1);
      expect(idsOf(() => addFileRmap(model, file + 1, 2, vma), model)).toEqual(said);
    }
  });
});

describe('which address spaces map a large folio', () => {
  it('is never called one when there are more (property)', () => {
    const step = fc.record({ mm: fc.nat(2), adds: fc.boolean(), page: fc.nat(PAGES - 1) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { model, vma: first } = oneProcess('x86', 'v6.18');
        const parts = { start: VPN, end: VPN + 8, flags: PRIVATE };
        const vmas = [first, ...[1, 2].map(() => newVma(model, newMm(model), parts))];
        const file = allocFolio(model, ORDER);
        const maps = vmas.map(() => new Set<number>());
        for (const { mm, adds, page } of steps) {
          const [vma, has] = [vmas[mm] as number, maps[mm] as Set<number>];
          if (has.has(page) === adds) continue;
          quietly(model, () => (adds ? addFileRmap : removeRmap)(model, file + page, 1, vma));
          if (adds) has.add(page);
          else has.delete(page);
          const mapping = maps.filter(({ size }) => size > 0).length;
          if (mapping > 1) expect(folioMaybeMappedShared(model, file)).toBe(true);
          expect(folioMapcount(model, file)).toBe(maps.reduce((sum, { size }) => sum + size, 0));
        }
        for (const [i, has] of maps.entries()) {
          for (const page of has) removeRmap(model, file + page, 1, vmas[i] as number);
        }
        expect(folioMaybeMappedShared(model, file)).toBe(false);
        const left = [Frame.mmId0, Frame.mmId1, Frame.mmShared, Frame.pagesMapped, Frame.mapcount];
        expect(left.map((field) => model.state.get(field, file))).toEqual([0, 0, 0, 0, 0]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a written page whose folio waits in a per-CPU batch', () => {
  it('is reused all the same: the batch is drained first (SPEC 6.5)', () => {
    const { model, vma } = oneProcess('x86', 'v6.18');
    anonVmaPrepare(model, vma);
    const page = allocFolio(model);
    addNewAnonRmap(model, page, vma, VPN);
    quietly(model, () => lruBatchAdd(model, page, 'inactive'));
    expect(model.state.get(Frame.refcount, page)).toBe(2);
    expect(quietly(model, () => wpCanReuseAnonFolio(model, page, vma))).toBe(true);
    expect(lruFolios(model, 'inactive')).toEqual([page]);
    expect(model.state.get(Frame.refcount, page)).toBe(1);
  });
});
