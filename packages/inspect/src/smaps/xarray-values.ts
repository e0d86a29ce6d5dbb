import { ok, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';

/** A run of indices that one value of an xarray stands for. */
export interface ArrayValue {
  readonly index: bigint;
  readonly indices: bigint;
}

/** Slots that a node has at most (XA_CHUNK_SIZE), and the shift that no node reaches. */
const MOST_SLOTS = 64;
const MOST_SHIFT = 64;
/** Internal entries up to this are siblings and marks, not nodes (xa_is_node()). */
const LAST_MARK = 4096n;

/** Reads value entries of xarrays: swap entries, in the page cache (include/linux/xarray.h). */
export class XarrayValues {
  private readonly node;
  private readonly slotsAt: bigint;
  private readonly slots: number;

  constructor(private readonly kernel: Kernel) {
    const { types } = kernel;
    this.node = types.record('xa_node', { shift: field.number('shift') });
    this.slotsAt = BigInt(types.offset('xa_node.slots') ?? 0);
    this.slots = Math.min(types.arrayLength('xa_node.slots') ?? 0, MOST_SLOTS);
  }

  /**
   * Values between two indices, the last included, by ascending index (xas_for_each()); one that
   * begins before the first index counts. A node that cannot be read, or that does not lie below its
   * parent, holds none; so do nodes beyond what the dump can hold.
   */
  *between(head: VirtAddr, first: bigint, last: bigint): Generator<ArrayValue> {
    const budget = { nodes: this.kernel.virtual.memory.byteCount / BigInt(8 * MOST_SLOTS) + 1n };
    if (isValue(head)) {
      if (first === 0n) yield { index: 0n, indices: 1n };
    } else yield* this.below(head, 0n, MOST_SHIFT, { first, last }, budget);
  }

  private *below(
    entry: bigint,
    base: bigint,
    under: number,
    wanted: { readonly first: bigint; readonly last: bigint },
    budget: { nodes: bigint },
  ): Generator<ArrayValue> {
    if ((entry & 3n) !== 2n || entry <= LAST_MARK || budget.nodes-- <= 0n) return;
    const node = this.nodeAt(entry & ~3n);
    if (!node.ok || node.value.shift >= under) return;
    const { shift, words } = node.value;
    for (let slot = 0; slot < words.length; slot++) {
      const index = base + (BigInt(slot) << BigInt(shift));
      if (index > wanted.last) return;
      const word = words[slot] as bigint;
      const indices = BigInt(1 + siblingsAfter(words, slot)) << BigInt(shift);
      if (index + indices <= wanted.first) continue;
      if (isValue(word)) yield { index, indices };
      else yield* this.below(word, index, shift, wanted, budget);
    }
  }

  private nodeAt(address: bigint): Result<{ shift: number; words: readonly bigint[] }> {
    const { virtual } = this.kernel;
    const { wordBytes } = virtual;
    const node = this.node.ok ? this.node.value.read(virtual, virtAddr(address)) : this.node;
    if (!node.ok) return node;
    const bytes = virtual.read(virtAddr(address + this.slotsAt), this.slots * wordBytes);
    if (!bytes.ok) return bytes;
    const view = new DataView(bytes.value.buffer, bytes.value.byteOffset, bytes.value.byteLength);
    const little = virtual.byteOrder === 'little';
    const word = (i: number): bigint =>
      wordBytes === 8 ? view.getBigUint64(8 * i, little) : BigInt(view.getUint32(4 * i, little));
    const words = Array.from({ length: this.slots }, (_, i) => word(i));
    return ok({ shift: node.value.shift, words });
  }
}

const isValue = (entry: bigint): boolean => (entry & 1n) === 1n;

/** Slots that only say that an earlier one goes on (xa_mk_sibling()). */
function siblingsAfter(words: readonly bigint[], slot: number): number {
  const sibling = (BigInt(slot) << 2n) | 2n;
  let count = 0;
  while (words[slot + 1 + count] === sibling) count++;
  return count;
}
