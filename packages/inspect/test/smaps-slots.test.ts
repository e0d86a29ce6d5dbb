import { virtAddr } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { pagesOfRuns } from '../../dump/src/struct-pages/runs.js';
import type { PageFacts } from '../src/pages.js';
import { AverageMapcounts } from '../src/smaps/average-mapcount.js';
import { SwapSlots } from '../src/smaps/swap-slots.js';
import { XarrayValues } from '../src/smaps/xarray-values.js';
import { BASE, MadeMemory } from './smaps-memory.js';

const at = (offset: number): bigint => BASE + BigInt(offset);

describe('SwapSlots', () => {
  const withMap = () =>
    new MadeMemory()
      .struct('swap_info_struct', 64, { swap_map: ['u64', 16] })
      .variable('swap_info', 0x100, 0n)
      .word(0x108, at(0x200))
      .word(0x210, at(0x300));

  it('counts by the byte of a slot, whether it is cached or not', () => {
    const memory = withMap();
    memory.bytes.set([0, 1, 3, 0x40 | 2], 0x300);
    const slots = new SwapSlots(memory.kernel());
    const counts = [0n, 1n, 2n, 3n].map((offset) => slots.references(1, offset));
    expect(counts.map((count) => count.ok && count.value)).toEqual([0, 1, 3, 2]);
  });

  it('says when a count goes on where the dump does not show it', () => {
    const memory = withMap();
    memory.bytes[0x300] = 0x80 | 62;
    const found = new SwapSlots(memory.kernel()).references(1, 0n);
    expect(found.ok).toBe(false);
  });

  it('refuses areas that no kernel has, and kernels without the symbol', () => {
    const slots = new SwapSlots(withMap().kernel());
    expect(slots.references(40, 0n)).toMatchObject({ problem: { code: 'bad-swap-map' } });
    const bare = new MadeMemory().struct('swap_info_struct', 64, { swap_map: ['u64', 16] });
    const found = new SwapSlots(bare.kernel()).references(0, 0n);
    expect(found).toMatchObject({ problem: { code: 'no-symbol' } });
  });

  it('counts by the top bits of the swap table, and by its extension where they do not do', () => {
    const memory = new MadeMemory()
      .struct('swap_info_struct', 64, { cluster_info: ['u64', 8] })
      .struct('swap_cluster_info', 32, { table: ['u64', 8], extend_table: ['u64', 16] })
      .struct('swap_table', 4 * 8, { entries: ['u64', 0, 4] })
      .variable('swap_info', 0x100, at(0x200))
      .word(0x208, at(0x300));
    // The second cluster of four slots.
    memory.word(0x300 + 32 + 8, at(0x400)).word(0x300 + 32 + 16, at(0x500));
    memory.word(0x400, (2n << 60n) | 1n).word(0x408, (15n << 60n) | 2n);
    memory.view.setUint32(0x504, 77, true);
    const slots = new SwapSlots(memory.kernel());
    const counts = [4n, 5n, 6n, 0n].map((offset) => slots.references(0, offset));
    expect(counts.map((count) => count.ok && count.value)).toEqual([2, 77, 0, 0]);
  });
});

describe('AverageMapcounts', () => {
  const facts = { mapcount: 0, order: 2, head: 5n, hugetlb: false } as unknown as PageFacts;
  const averages = (mappings: number, ids: bigint) => {
    const memory = new MadeMemory()
      .struct('atomic_t', 4, { counter: ['i32', 0] })
      .struct('folio', 128, { _large_mapcount: ['atomic_t', 64], _mm_ids: ['u64', 72] })
      .word(0x1000 + 72, ids);
    memory.view.setInt32(0x1000 + 64, mappings - 1, true);
    const run = { firstPfn: 5n, endPfn: 9n, start: at(0x1000) };
    return new AverageMapcounts(memory.kernel(), pagesOfRuns('flat', 64, [run]));
  };

  it('rounds, and answers 1 at least', () => {
    const of = (mappings: number) => averages(mappings, 0n).of(facts)?.mappings;
    expect([1, 5, 6, 9, 10].map(of)).toEqual([1, 1, 2, 2, 3]);
    expect(of(0)).toBeUndefined();
  });

  it('calls a folio shared when it is mapped twice and its mark says so', () => {
    expect(averages(4, 1n << 63n).of(facts)?.exclusive).toBe(false);
    expect(averages(4, 1n << 31n).of(facts)?.exclusive).toBe(true);
    expect(averages(1, 1n << 63n).of(facts)?.exclusive).toBe(true);
  });

  it('leaves pages alone that have counts', () => {
    expect(averages(4, 0n).of({ ...facts, mapcount: 1 })).toBeUndefined();
    expect(averages(4, 0n).of({ ...facts, order: 0 })).toBeUndefined();
    expect(averages(4, 0n).of({ ...facts, hugetlb: true })).toBeUndefined();
  });
});

describe('XarrayValues', () => {
  const SLOTS = 64;
  const node = (
    memory: MadeMemory,
    offset: number,
    shift: number,
    slots: Record<number, bigint>,
  ) => {
    memory.bytes[offset] = shift;
    for (const [slot, value] of Object.entries(slots)) {
      memory.word(offset + 8 + 8 * Number(slot), value);
    }
    return at(offset) | 2n;
  };
  const made = () =>
    new MadeMemory().struct('xa_node', 8 + 8 * SLOTS, {
      shift: ['u8', 0],
      slots: ['u64', 8, SLOTS],
    });
  const found = (memory: MadeMemory, head: bigint, first: bigint, last: bigint) =>
    [...new XarrayValues(memory.kernel()).between(virtAddr(head), first, last)].map(
      ({ index, indices }) => [Number(index), Number(indices)],
    );
  const value = (n: bigint): bigint => (n << 1n) | 1n;
  const page = at(0x8000);

  it('finds the values among pages, in order and within the bounds', () => {
    const memory = made();
    const leaf = node(memory, 0x1000, 0, { 0: page, 3: value(1n), 5: value(2n), 63: value(3n) });
    const low = node(memory, 0x2000, 0, { 1: value(4n) });
    const head = node(memory, 0x3000, 6, { 0: leaf, 2: low });
    expect(found(memory, head, 0n, 1000n)).toEqual([
      [3, 1],
      [5, 1],
      [63, 1],
      [129, 1],
    ]);
    expect(found(memory, head, 4n, 63n)).toEqual([
      [5, 1],
      [63, 1],
    ]);
  });

  it('takes siblings for the rest of a value, from wherever it is met', () => {
    const memory = made();
    const sibling = (4n << 2n) | 2n;
    const head = node(memory, 0x1000, 0, { 4: value(9n), 5: sibling, 6: sibling, 7: sibling });
    expect(found(memory, head, 0n, 63n)).toEqual([[4, 4]]);
    expect(found(memory, head, 6n, 6n)).toEqual([[4, 4]]);
  });

  it('counts a value in an upper node for all indices below it, and a lone one for index 0', () => {
    const memory = made();
    const head = node(memory, 0x1000, 6, { 1: value(9n) });
    expect(found(memory, head, 0n, 500n)).toEqual([[64, 64]]);
    expect(found(memory, value(5n), 0n, 0n)).toEqual([[0, 1]]);
    expect(found(memory, value(5n), 1n, 9n)).toEqual([]);
  });

  it('ends at nodes that contain themselves, and at those that are not there', () => {
    const memory = made();
    const self = node(memory, 0x1000, 6, {});
    for (let slot = 0; slot < SLOTS; slot++) memory.word(0x1008 + 8 * slot, self);
    expect(found(memory, self, 0n, 1n << 40n)).toEqual([]);
    expect(found(memory, 0xffff_0000_0000_0002n, 0n, 9n)).toEqual([]);
  });
});
