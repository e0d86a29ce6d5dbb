import { arm64 } from '@pagewright/arch-arm64';
import { nopteSpecial } from '@pagewright/arch-nopte-special';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import {
  type ArchBackend,
  findRevision,
  makeKernel,
  REVISIONS,
  type Result,
  type Revision,
  revisionForm,
} from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { placeOf } from '../src/flips/layout.js';
import {
  bitRuns,
  boundLoss,
  countClasses,
  countReports,
  type Flip,
  type FlippedEntry,
  flipsMatrix,
  flipsOf,
  flipTable,
  foldKernels,
  kernelRuns,
  landing,
  parseMemory,
  pmdFlipsOf,
} from '../src/matrices.js';

const DEFAULT = '0-3G,4G-17G';

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}
const revision = (id: string): Revision => must(findRevision(id));

/** All flips of a form under one kernel. */
function flipsUnder(backend: ArchBackend, name: string, id: string, memory = DEFAULT) {
  const form = must(revisionForm(backend, name, revision(id)));
  const kernel = must(makeKernel({ revision: id, form: form.definition }));
  const entries = flipsOf(form, kernel, must(parseMemory(memory)));
  const of = (kind: string): FlippedEntry => {
    const found = entries.find((entry) => entry.kind === kind);
    if (found === undefined) throw new Error(`no ${kind} entry`);
    return found;
  };
  return { entries, of };
}

/** What a 4 KiB-page entry of RAM below the flipped bit maps, worked out by hand. */
function placeByHand(word: bigint, bits: number): string {
  const at = BigInt.asUintN(bits, word) & ~0xfffn;
  if (at < 3n << 30n) return 'memory';
  if (at < 4n << 30n) return 'hole';
  return at < 17n << 30n ? 'memory' : 'beyond';
}

describe('every bit of an x86 PTE of an anonymous page', () => {
  const byHand = (flip: Flip, hole: string, beyond: string): string => {
    if (flip.bit === 0) return 'bad swap';
    if (flip.bit === 9) return 'reported';
    if (flip.bit < 12 || flip.bit > 51) return 'same';
    const place = placeByHand(flip.word, 52);
    return place === 'memory' ? 'wrong page' : place === 'hole' ? hole : beyond;
  };

  it.each(['v5.18', 'v6.9', 'v6.12', 'v6.17', 'v6.18', 'v7.2'])(
    'is what SPEC 15.10 says in %s',
    (id) => {
      const { flips } = flipsUnder(x86, 'x86_64', id).of('normal');
      expect(flips.map(({ production }) => production)).toEqual(
        flips.map((flip) => byHand(flip, 'wild page', 'reported')),
      );
      expect(flips.map(({ debug }) => debug)).toEqual(flips.map(({ production }) => production));
    },
  );

  it('is a warning of DEBUG_VM, and else a wild page, after RFC patch 1', () => {
    const { flips } = flipsUnder(x86, 'x86_64', 'rfc-2025-06/1').of('normal');
    expect(flips.map(({ production }) => production)).toEqual(
      flips.map((flip) => byHand(flip, 'wild page', 'wild page')),
    );
    expect(flips.map(({ debug }) => debug)).toEqual(
      flips.map((flip) => byHand(flip, 'warned', 'warned')),
    );
  });
});

describe('the special bit', () => {
  it('lost from a raw frame of RAM gives a page whose mapcount goes below zero (SPEC 15.75)', () => {
    for (const [backend, name, bit] of [
      [x86, 'x86_64', 9],
      [arm64, 'arm64', 56],
      [s390x, 's390x', 6],
    ] as const) {
      for (const id of ['v5.18', 'v6.12', 'v7.2']) {
        const flip = flipsUnder(backend, name, id).of('special').flips[bit];
        expect(flip?.production, `${name} ${id}`).toBe('wrong page');
        expect(flip?.exit.unmapped).toContain('mapcount');
        expect(flip?.exit.unmapped).not.toContain('entry');
      }
    }
  });

  it('set on an anonymous page is reported without one, and a counter stays (SPEC 15.10)', () => {
    const flip = flipsUnder(s390x, 's390x', 'v6.18').of('normal').flips[6];
    expect(flip).toMatchObject({ production: 'reported', exit: { unmapped: ['entry', 'rss'] } });
  });

  it('lost from the zeropage is a page, of which later kernels warn (SPEC 18.3 S2)', () => {
    const of = (id: string) => flipsUnder(x86, 'x86_64', id).of('zero').flips[9];
    expect(of('v6.9')).toMatchObject({ debug: 'wrong page', production: 'wrong page' });
    expect(of('v6.12')).toMatchObject({ debug: 'warned', production: 'wrong page' });
  });

  it('marks another frame than the zeropage: reported wherever it lies', () => {
    const { flips } = flipsUnder(x86, 'x86_64', 'v6.18').of('zero');
    const frames = flips.filter(({ bit }) => bit >= 12 && bit <= 51);
    expect(new Set(frames.map(({ production }) => production))).toEqual(new Set(['reported']));
    expect(frames).toHaveLength(40);
  });

  it('does not exist on um: frames of a shared raw mapping go unnoticed', () => {
    const { entries, of } = flipsUnder(nopteSpecial, 'um', 'v6.18');
    expect(countClasses(of('special'), 'production')).toEqual({
      'bad swap': 1,
      special: 52,
      same: 11,
    });
    expect(entries.flatMap(({ flips }) => flips)).toHaveLength(4 * 64);
  });
});

describe('a swap entry', () => {
  it('is another slot while the offset stays inside of swap, else bad; printed by all', () => {
    const { flips } = flipsUnder(s390x, 's390x', 'v6.18').of('swap');
    const word = flips[0] === undefined ? 0n : flips[0].word ^ 1n;
    for (const { bit, word: flipped, production } of flips.slice(12)) {
      const offset = flipped >> 12n;
      expect(production, `bit ${bit}`).toBe(offset <= 4096n ? 'other slot' : 'bad swap');
    }
    expect(word >> 12n).toBe(0x2b6n);
  });

  it('is a bad page map besides at exit until 6.9', () => {
    const says = (id: string) => flipsUnder(x86, 'x86_64', id).of('swap').flips[63]?.exit.mapped;
    expect(says('v6.9')).toEqual(['entry', 'swap']);
    expect(says('v6.12')).toEqual(['swap']);
  });
});

describe('what exit says', () => {
  const normal = flipsUnder(x86, 'x86_64', 'v6.18').of('normal');

  it('is the mapcount of the page hit, at once or when its process exits', () => {
    expect(normal.flips[12]).toMatchObject({
      place: 'memory',
      exit: { unmapped: ['mapcount', 'rss'], mapped: ['later', 'rss'] },
    });
    expect(countReports(normal, 'unmapped')).toEqual({
      entry: 19,
      mapcount: 21,
      later: 0,
      oops: 1,
    });
    expect(countReports(normal, 'mapped')).toEqual({ entry: 19, mapcount: 0, later: 21, oops: 1 });
  });

  it('is nothing of bits that mean nothing to the lookup', () => {
    for (const bit of [1, 5, 6, 52, 63]) expect(normal.flips[bit]?.exit.unmapped).toEqual([]);
  });

  it('is not where the page-table check looks', () => {
    const says = (bit: number) => normal.flips[bit]?.tableCheck;
    expect(says(12)).toEqual({ unmapped: 'bug', mapped: 'later' });
    expect(says(30)).toEqual({ unmapped: 'blind', mapped: 'blind' });
    expect(says(40)).toEqual({ unmapped: 'blind', mapped: 'blind' });
    // Without _PAGE_USER the entry is not taken off the count, which is noticed when its page goes.
    expect(says(2)).toEqual({ unmapped: 'freed', mapped: 'freed' });
    expect(says(1)).toEqual({ unmapped: 'quiet', mapped: 'quiet' });
    // On s390x every present entry counts.
    const s390 = flipsUnder(s390x, 's390x', 'v7.2').of('normal').flips[10];
    expect(s390?.tableCheck.unmapped).toBe('quiet');
  });
});

describe('a PMD', () => {
  /** Production classes of the flips of a kind, by bit; none where the form has no such PMD. */
  const pmd = (backend: ArchBackend, name: string, id: string, kind: string, memory = DEFAULT) => {
    const form = must(revisionForm(backend, name, revision(id)));
    const kernel = must(makeKernel({ revision: id, form: form.definition }));
    const entries = pmdFlipsOf(form, kernel, must(parseMemory(memory)));
    return entries.find((entry) => entry.kind === kind)?.flips ?? [];
  };

  it('above the bound is no page in silence, a wild page, or reported (SPEC 15.10)', () => {
    for (const [id, expected] of [
      ['v6.17', ['special', 'special']],
      ['rfc-2025-06/1', ['warned', 'wild page']],
      ['v6.18', ['reported', 'reported']],
    ] as const) {
      const flip = pmd(x86, 'x86_64', id, 'normal')[40];
      expect([flip?.debug, flip?.production], id).toEqual(expected);
    }
  });

  it('that becomes special out of place is silent, a warning, or reported (SPEC 15.10)', () => {
    for (const [id, expected] of [
      ['v6.9', ['same', 'same']],
      ['v6.17', ['special', 'special']],
      ['rfc-2025-06/10', ['warned', 'special']],
      ['v6.18', ['reported', 'reported']],
    ] as const) {
      const flip = pmd(x86, 'x86_64', id, 'normal')[9];
      expect([flip?.debug, flip?.production], id).toEqual(expected);
    }
  });

  it('of the huge zero folio is a page to 6.18 where no PMD can be special (SPEC 15.13)', () => {
    const of = (id: string) => pmd(s390x, 's390x', id, 'zero')[1];
    expect(of('v6.17')?.debug).toBe('same');
    expect(of('v6.18')?.debug).toBe('warned');
    expect(of('v6.18-fixed')?.debug).toBe('same');
  });

  it('without its size bit is no pointer to a table either', () => {
    expect(pmd(x86, 'x86_64', 'v6.18', 'normal')[7]).toMatchObject({
      became: 'no pointer',
      production: 'bad pmd',
    });
  });

  it('is left out where a form has none, or memory no room', () => {
    expect(pmd(nopteSpecial, 'um', 'v6.18', 'normal')).toEqual([]);
    expect(pmd(arm64, 'arm64-64k', 'v6.18', 'normal', '0-512M')).toEqual([]);
    expect(pmd(s390x, 's390x', 'v6.18', 'swap')).toEqual([]);
    expect(pmd(s390x, 's390x', 'v7.2', 'swap')).toHaveLength(64);
  });
});

describe('memory', () => {
  it('decides which bits the bound catches', () => {
    const lost = (memory: string) => {
      const revisions = ['rfc-2025-06/0', 'rfc-2025-06/1'].map(revision);
      const formOf = (each: Revision) => revisionForm(x86, 'x86_64', each);
      const matrix = must(flipsMatrix(revisions, formOf, must(parseMemory(memory))));
      return boundLoss(matrix)?.find(({ kind }) => kind === 'normal');
    };
    expect(lost(DEFAULT)).toMatchObject({ warned: 18, invalid: 18, tableCheck: 0, oops: 18 });
    expect(bitRuns(lost(DEFAULT)?.bits ?? [])).toBe('34-51');
    // Memory of a device far up raises the bound: what lies below it is a hole, and not caught.
    const device = lost('0-3G,4G-17G,device:1024G-1040G');
    expect(bitRuns(device?.bits ?? [])).toBe('41-51');
    expect(device?.holes).toBe(1 + 6);
    expect(boundLossOf('v6.18')).toBeUndefined();
    const far = flipsUnder(x86, 'x86_64', 'v6.18', '0-3G,4G-17G,device:1024G-1040G');
    expect(far.of('normal').flips[40]).toMatchObject({
      place: 'device',
      production: 'wrong page',
      tableCheck: { unmapped: 'blind', mapped: 'blind' },
    });
  });

  const boundLossOf = (id: string) => {
    const formOf = (each: Revision) => revisionForm(x86, 'x86_64', each);
    return boundLoss(must(flipsMatrix([revision(id)], formOf, must(parseMemory(DEFAULT)))));
  };

  it('is read as ranges, and refused in words', () => {
    expect(must(parseMemory('1G-2G,device:4G-5G')).ranges).toEqual([
      { start: 2 ** 30, end: 2 ** 31, device: false },
      { start: 2 ** 32, end: 5 * 2 ** 30, device: true },
    ]);
    for (const [text, why] of [
      ['', 'must be ranges'],
      ['0-1', 'whole megabytes'],
      ['0-3G,2G-5G', 'follow each other'],
      ['3G-3G', 'follow each other'],
      ['0-32M', '64M of RAM'],
      ['device:0-4G', '64M of RAM'],
      ['0-999999T', '52 bits'],
      [Array.from({ length: 33 }, () => '0-3G').join(), 'more than 32'],
    ] as const) {
      const refused = parseMemory(text);
      expect(refused.ok, text).toBe(false);
      if (!refused.ok) expect(refused.problem).toMatchObject({ code: 'bad-memory' });
      if (!refused.ok) expect(refused.problem.message).toContain(why);
    }
  });

  it('is counted for all frames as counting them one by one does', () => {
    const layout = must(parseMemory('1M-70M,80M-83M,device:90M-93M,96M-97M'));
    for (let bit = 0; bit < 18; bit++) {
      const counts = { memory: 0, device: 0, hole: 0, beyond: 0 };
      for (let pfn = 0; pfn < 97 * 256; pfn++) {
        if (placeOf(layout, 12, pfn) !== 'memory') continue;
        counts[placeOf(layout, 12, pfn ^ (1 << bit))]++;
      }
      expect(landing(layout, 12, bit), `bit ${bit}`).toEqual(counts);
    }
  });
});

describe('kernels', () => {
  const formOf = (each: Revision) => revisionForm(nopteSpecial, 'um', each);

  it('that are put together answer alike one by one', () => {
    const layout = must(parseMemory(DEFAULT));
    const { groups } = must(flipsMatrix(REVISIONS, formOf, layout));
    expect(groups.flatMap(({ kernels }) => kernels).sort()).toEqual(
      REVISIONS.map(({ id }) => id).sort(),
    );
    for (const id of ['v6.1', 'zeropage-v1/1', 'dax-v6/24', 'rfc-2025-06/10', 'v7.2']) {
      const group = groups.find(({ kernels }) => kernels.includes(id));
      expect(group?.answer, id).toEqual(flipsUnder(nopteSpecial, 'um', id).entries);
    }
    const { columns, rows } = flipTable(groups, 'normal');
    expect(columns.map(({ kernels }) => kernelRuns(kernels))).toEqual([
      'v5.18 .. rfc-2025-06/0, v6.18 .. v7.2',
      'rfc-2025-06/1 .. rfc-2025-06/14',
    ]);
    expect(rows.at(-1)).toEqual({
      bits: '34-63',
      fields: 'PAGE_MASK',
      leads: 'beyond',
      cells: ['reported', 'warned / wild page'],
    });
  });

  it('are computed once for all that answer the same questions', () => {
    let computed = 0;
    const groups = foldKernels(REVISIONS, formOf, (_, kernel) => {
      computed++;
      return kernel.has('zeropage-support') ? kernel.has('large-mapcount') : 'before';
    });
    expect(must(groups).map(({ answer }) => answer)).toEqual(['before', false, true]);
    expect(computed).toBeLessThan(12);
  });

  it('are named as runs', () => {
    expect(kernelRuns(['v6.1', 'v5.18', 'v7.2'])).toBe('v5.18, v6.1, v7.2');
    expect(kernelRuns(REVISIONS.map(({ id }) => id))).toBe('v5.18 .. v7.2');
  });
});
