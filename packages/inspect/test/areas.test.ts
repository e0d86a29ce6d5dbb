import { virtAddr } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AreaReader, addressSpace } from '../src/index.js';
import { BASE, MadeKernel } from './make-kernel.js';

const RANGE = { type: 'maple_range_64', slots: 16 } as const;
const NODES = {
  dense: { ...{ type: 'maple_node', slots: 31 }, number: 0n },
  leaf: { ...RANGE, number: 1n },
  range: { ...RANGE, number: 2n },
  arange: { type: 'maple_arange_64', slots: 10, number: 3n },
} as const;

/** A node: `[last index, entry]` in order; the last index of the last one need not be written. */
function node(made: MadeKernel, kind: keyof typeof NODES, parts: readonly [bigint, bigint][]) {
  const { type, slots, number } = NODES[kind];
  const members: Record<string, bigint> = {};
  for (const [i, [last, entry]] of parts.entries()) {
    if (kind !== 'dense' && i < slots - 1) members[`pivot[${i}]`] = last;
    members[`slot[${i}]`] = entry;
  }
  return made.object(type, members) | (number << 3n) | 4n;
}
const MOST = 2n ** 64n - 1n;

const area = (made: MadeKernel, start: bigint, end: bigint, more = {}) =>
  made.object('vm_area_struct', { vm_start: start, vm_end: end, ...more });

/** Reads all areas of an address space whose tree has this root. */
function areasOf(made: MadeKernel, root: bigint, mm = {}) {
  const path = made.shape.tree === 'red-black' ? 'mm_rb.rb_node' : 'mm_mt.ma_root';
  const always = { pgd: BASE, [path]: root };
  const kernel = made.opened();
  const space = addressSpace(kernel, virtAddr(made.object('mm_struct', { ...always, ...mm })));
  if (!space.ok) throw new Error(space.problem.message);
  const list = new AreaReader(kernel).areas(space.value);
  if (!list.ok) throw new Error(list.problem.message);
  return list.value;
}
const starts = (made: MadeKernel, root: bigint) =>
  areasOf(made, root).areas.map(({ start }) => start);

describe('maple trees', () => {
  test('no area, and a root that is an entry itself', () => {
    expect(areasOf(new MadeKernel(), 0n)).toEqual({ areas: [], misplaced: [] });
    const made = new MadeKernel();
    expect(starts(made, area(made, 0n, 1n))).toEqual([0n]);
  });

  test('areas that the tree has where they are not', () => {
    const made = new MadeKernel();
    const [a, b] = [area(made, 0x1000n, 0x2000n), area(made, 0x5000n, 0x7000n)];
    const leaf = node(made, 'leaf', [
      [0xfffn, 0n],
      [0x1fffn, a],
      [0x4fffn, 0n],
      [0x5fffn, b],
      [MOST, 0n],
    ]);
    expect(areasOf(made, leaf | 2n).misplaced).toMatchObject([
      { area: { start: 0x5000n }, place: { least: 0x5000n, most: 0x5fffn } },
    ]);
  });

  test('a leaf: gaps and the zero entry are nothing', () => {
    const made = new MadeKernel();
    const [a, b] = [area(made, 0x1000n, 0x2000n), area(made, 0x5000n, 0x6000n)];
    const leaf = node(made, 'leaf', [
      [0xfffn, 0n],
      [0x1fffn, a],
      [0x4fffn, 0x406n],
      [0x5fffn, b],
      [MOST, 0n],
    ]);
    expect(starts(made, leaf | 2n)).toEqual([0x1000n, 0x5000n]);
  });

  test('a full leaf uses its last slot', () => {
    const made = new MadeKernel();
    const parts = Array.from({ length: 16 }, (_, i): [bigint, bigint] => {
      const start = BigInt(i) * 0x1000n;
      return [i === 15 ? MOST : start + 0xfffn, area(made, start, start + 0x1000n)];
    });
    expect(starts(made, node(made, 'leaf', parts) | 2n).length).toBe(16);
  });

  test.each(['range', 'arange'] as const)('%s nodes over leaves', (kind) => {
    const made = new MadeKernel();
    const low = node(made, 'leaf', [
      [0xfffn, 0n],
      [0x1fffn, area(made, 0x1000n, 0x2000n)],
    ]);
    const high = node(made, 'leaf', [
      [0x8fffn, area(made, 0x8000n, 0x9000n)],
      [MOST, 0n],
    ]);
    const root = node(made, kind, [
      [0x1fffn, low],
      [MOST, high],
    ]);
    expect(starts(made, root | 2n)).toEqual([0x1000n, 0x8000n]);
  });

  test('a pivot of zero ends a node', () => {
    const made = new MadeKernel();
    const leaf = node(made, 'leaf', [
      [0x1fffn, area(made, 0x1000n, 0x2000n)],
      [0n, 0n],
      [0n, 0xdead_beefn],
    ]);
    expect(areasOf(made, leaf | 2n)).toMatchObject({ areas: [{ start: 0x1000n }] });
  });

  test('dense nodes have an index for each slot', () => {
    const made = new MadeKernel();
    const dense = node(made, 'dense', [
      [0n, area(made, 0n, 1n)],
      [1n, 0n],
      [2n, area(made, 2n, 3n)],
    ]);
    const after = node(made, 'leaf', [[MOST, area(made, 0x9000n, 0xa000n)]]);
    const root = node(made, 'range', [
      [30n, dense],
      [MOST, after],
    ]);
    expect(starts(made, root | 2n)).toEqual([0n, 2n, 0x9000n]);
  });

  test('a node that holds itself, pivots that fall, nodes of no type: what is sound is answered', () => {
    const made = new MadeKernel();
    const good = node(made, 'leaf', [[0x1fffn, area(made, 0x1000n, 0x2000n)]]);
    const at = made.room();
    const self = at | (2n << 3n);
    made.object('maple_range_64', { 'pivot[0]': 0x1fffn, 'slot[0]': good, 'slot[1]': self }, at);
    const looped = areasOf(made, self | 2n);
    expect(looped).toMatchObject({ areas: [{ start: 0x1000n }], problem: { code: 'bad-tree' } });

    const falling = node(made, 'leaf', [
      [0x5000n, 0n],
      [0x4000n, 0n],
    ]);
    expect(areasOf(made, falling | 2n)).toMatchObject({ problem: { code: 'bad-tree' } });
    expect(areasOf(made, made.room() | (9n << 3n) | 2n)).toMatchObject({
      areas: [],
      problem: { code: 'bad-tree' },
    });
  });

  test('an area in many slots is read once, and told', () => {
    const made = new MadeKernel();
    const same = area(made, 0x1000n, 0x2000n);
    const leaf = node(made, 'leaf', [
      [0x1fffn, same],
      [0x2fffn, same],
      [MOST, same],
    ]);
    expect(areasOf(made, leaf | 2n)).toMatchObject({
      areas: [{ start: 0x1000n }],
      problem: { code: 'bad-tree' },
    });
  });

  test('whatever the memory holds, reading ends', () => {
    const word = fc.bigInt({ min: 0n, max: 255n }).map((n) => BASE + n * 0x100n + 0x0cn);
    fc.assert(
      fc.property(fc.array(word, { minLength: 64, maxLength: 64 }), (words) => {
        const made = new MadeKernel();
        const nodes = words.map((slot) => node(made, 'range', [[MOST, slot]]));
        const { areas } = areasOf(made, (nodes[0] as bigint) | 2n);
        expect(areas.length).toBeLessThanOrEqual(64 * 16);
      }),
      { numRuns: 50 },
    );
  });
});

describe('red-black trees', () => {
  const linked = (made: MadeKernel, start: bigint, left = 0n, right = 0n) => {
    const members = { 'vm_rb.rb_left': left, 'vm_rb.rb_right': right };
    const rb = BigInt(made.types.offset('vm_area_struct.vm_rb') ?? 0);
    return area(made, start, start + 0x1000n, members) + rb;
  };

  test('left, itself, right', () => {
    const made = new MadeKernel({ tree: 'red-black', rss: 'shared' });
    const left = linked(made, 0x2000n, linked(made, 0x1000n), linked(made, 0x3000n));
    const root = linked(made, 0x4000n, left, linked(made, 0x6000n, linked(made, 0x5000n)));
    expect(starts(made, root)).toEqual([1n, 2n, 3n, 4n, 5n, 6n].map((n) => n * 0x1000n));
  });

  test('a node that is its own child is told once', () => {
    const made = new MadeKernel({ tree: 'red-black' });
    const root = linked(made, 0x4000n);
    const rb = BigInt(made.types.offset('vm_area_struct.vm_rb') ?? 0);
    made.object('vm_area_struct', { 'vm_rb.rb_left': root }, root - rb);
    expect(areasOf(made, root)).toMatchObject({
      areas: [{ start: 0x4000n }],
      problem: { code: 'bad-tree' },
    });
  });
});

describe('resident pages', () => {
  test.each([
    ['percpu', 'count', 'counters'],
    ['tree', 'bias', 'level0'],
  ] as const)('per CPU, %s: the common part and that of each CPU', (rss, common, perCpu) => {
    const made = new MadeKernel({ rss });
    const [offsets, cpus, parts] = [made.room(), made.room(), made.room()];
    const mask = made.room();
    made.name('__per_cpu_offset', offsets).name('nr_cpu_ids', cpus);
    made.name('__cpu_possible_mask', mask);
    made.object('atomic_t', { counter: 4 }, cpus);
    // CPU 3 is not possible: its offset leads nowhere.
    made.object('atomic_long_t', { counter: 0b0111 }, mask);
    for (const [at, value] of [
      [0n, 5],
      [0x40n, -7],
      [0x80n, 1],
    ] as const) {
      made.object('atomic_t', { counter: value }, parts + at);
    }
    // An array of words, which a node begins with as well.
    const pivots = { 'pivot[0]': 0x40n, 'pivot[1]': 0x80n, 'pivot[2]': MOST >> 1n };
    made.object('maple_range_64', { parent: 0n, ...pivots }, offsets);
    const mm = { pgd: BASE, [`rss_stat[1].${common}`]: 100, [`rss_stat[1].${perCpu}`]: parts };
    for (const i of [0, 2, 3]) Object.assign(mm, { [`rss_stat[${i}].${perCpu}`]: made.room() });
    const space = addressSpace(made.opened(), virtAddr(made.object('mm_struct', mm)));
    expect(space.ok && space.value.rss).toMatchObject({ ok: true, value: { form: 'percpu' } });
    expect(space.ok && space.value.rss.ok && space.value.rss.value.pages.get('MM_ANONPAGES')).toBe(
      99n,
    );
  });

  test('before 6.2: one word each', () => {
    const made = new MadeKernel({ rss: 'shared' });
    const mm = made.object('mm_struct', {
      pgd: BASE + 0x3000n,
      'mm_users.counter': 2,
      'pgtables_bytes.counter': 0x5000,
      'rss_stat.count[2].counter': 42,
    });
    const space = addressSpace(made.opened(), virtAddr(mm));
    expect(space).toMatchObject({ value: { root: 0x3000n, users: 2, tableBytes: 0x5000n } });
    const rss = space.ok ? space.value.rss : space;
    expect(rss.ok && [...rss.value.pages]).toEqual([
      ['MM_FILEPAGES', 0n],
      ['MM_ANONPAGES', 0n],
      ['MM_SWAPENTS', 42n],
      ['MM_SHMEMPAGES', 0n],
    ]);
  });
});
