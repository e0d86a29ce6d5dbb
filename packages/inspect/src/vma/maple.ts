import {
  fail,
  hex,
  ok,
  type Problem,
  type Result,
  type VirtAddr,
  virtAddr,
} from '@pagewright/core';
import type { Kernel } from '../kernel.js';

/** What a tree holds, ascending, as far as it could be followed. */
export interface TreeEntries {
  readonly entries: readonly VirtAddr[];
  /** The indexes that each entry has, one for each of `entries`; absent in trees that keep none. */
  readonly places?: readonly TreePlace[];
  /** The first thing that went wrong: `bad-tree`, `too-many-nodes`, `too-many-entries`, or a read that failed. */
  readonly problem?: Problem;
}

/** First and last index of an entry. */
export interface TreePlace {
  readonly least: bigint;
  readonly most: bigint;
}

/** Bytes that nodes are aligned to: the low bits of a pointer to one say its type. */
const NODE_ALIGNMENT = 256n;
const TYPE_SHIFT = 3n;
const TYPE_MASK = 0xfn;
/** Four times what systems with many mappings allow a process (sysctl vm.max_map_count). */
const MOST_ENTRIES = 1 << 20;
/** Values below are no pointers (MAPLE_RESERVED_RANGE). */
const RESERVED = 4096n;
/** Deeper than any tree of 2^64 indexes with at least two slots a node. */
const DEEPEST = 64;

/** Where a kind of node keeps pivots and slots, from BTF. */
interface NodeShape {
  readonly leaf: boolean;
  readonly pivots: number;
  readonly pivotsAt: number;
  readonly slots: number;
  readonly slotsAt: number;
}

/** Kinds by their names in `enum maple_type`, with the struct that each is laid out as. */
const KINDS = [
  { name: 'maple_dense', struct: 'maple_node', slot: 'slot', leaf: true },
  { name: 'maple_leaf_64', struct: 'maple_range_64', slot: 'slot', leaf: true },
  { name: 'maple_range_64', struct: 'maple_range_64', slot: 'slot', leaf: false },
  { name: 'maple_arange_64', struct: 'maple_arange_64', slot: 'slot', leaf: false },
] as const;

/** xa_is_internal(): the root where it is a node, and the zero entry. Pointers between nodes are not. */
const isInternal = (entry: bigint): boolean => (entry & 3n) === 2n;

/**
 * Entries of a maple tree (lib/maple_tree.c) by ascending index, without those that stand for
 * nothing. A root that is no node is an entry itself. Code when it cannot begin: `no-maple-tree`.
 */
export function mapleEntries(kernel: Kernel, root: VirtAddr): Result<TreeEntries> {
  const shapes = nodeShapes(kernel);
  if (!shapes.ok) return shapes;
  const walk = new MapleWalk(kernel, shapes.value);
  if (isInternal(root) && root > RESERVED) walk.node(root, 0n, (1n << 64n) - 1n, 0);
  else walk.entry(root, 0n, 0n);
  return ok(walk.found());
}

class MapleWalk {
  private readonly entries: VirtAddr[] = [];
  private readonly places: TreePlace[] = [];
  private readonly seen = new Set<bigint>();
  private readonly mostNodes: bigint;
  private problem: Problem | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly shapes: ReadonlyMap<bigint, NodeShape>,
  ) {
    this.mostNodes = kernel.virtual.memory.byteCount / NODE_ALIGNMENT;
  }

  found(): TreeEntries {
    const { entries, places, problem } = this;
    return problem === undefined ? { entries, places } : { entries, places, problem };
  }

  entry(entry: bigint, least: bigint, most: bigint): void {
    if (isInternal(entry) || entry < RESERVED) return;
    if (this.entries.length >= MOST_ENTRIES) {
      this.broken('too-many-entries', `a maple tree of more than ${MOST_ENTRIES} entries`);
      return;
    }
    this.entries.push(virtAddr(entry));
    this.places.push({ least, most });
  }

  /** A node whose slots cover the indexes from `least` to `most`. */
  node(encoded: bigint, least: bigint, most: bigint, depth: number): void {
    const address = virtAddr(encoded & ~(NODE_ALIGNMENT - 1n));
    const shape = this.shapes.get((encoded >> TYPE_SHIFT) & TYPE_MASK);
    if (shape === undefined || depth > DEEPEST || this.seen.has(address)) {
      const why = shape === undefined ? 'of no known type' : 'reached a second time';
      this.broken('bad-tree', `maple node ${hex(encoded)} is ${why}`);
      return;
    }
    this.seen.add(address);
    if (BigInt(this.seen.size) > this.mostNodes) {
      this.broken('too-many-nodes', 'more maple nodes than the dump can hold');
      return;
    }
    const words = this.read(address, shape);
    if (words !== undefined) this.slots(address, shape, words, least, most, depth);
  }

  private slots(
    address: VirtAddr,
    shape: NodeShape,
    word: (offset: number) => bigint,
    least: bigint,
    most: bigint,
    depth: number,
  ): void {
    const { wordBytes } = this.kernel.virtual;
    const { leaf, pivots, pivotsAt, slots, slotsAt } = shape;
    let from = least;
    for (let i = 0; i < slots; i++) {
      const entry = word(slotsAt + i * wordBytes);
      // Without pivots each slot is one index. A pivot of 0 behind others means: up to the end.
      const pivot = i < pivots ? word(pivotsAt + i * wordBytes) : pivots === 0 ? from : 0n;
      const last = pivot === 0n && (i > 0 || least > 0n) ? most : pivot;
      if (last < from || last > most) {
        this.broken('bad-tree', `pivots of maple node ${hex(address)} do not ascend`);
        return;
      }
      if (leaf) this.entry(entry, from, last);
      else if (entry >= RESERVED) this.node(entry, from, last, depth + 1);
      else if (entry !== 0n) {
        this.broken('bad-tree', `slot ${i} of maple node ${hex(address)} holds ${hex(entry)}`);
      }
      if (last === most) return;
      from = last + 1n;
    }
  }

  private read(address: VirtAddr, shape: NodeShape): ((offset: number) => bigint) | undefined {
    const { virtual } = this.kernel;
    const { pivots, pivotsAt, slots, slotsAt } = shape;
    const { wordBytes } = virtual;
    const length = Math.max(pivotsAt + pivots * wordBytes, slotsAt + slots * wordBytes);
    const found = virtual.read(address, length);
    if (!found.ok) {
      this.problem ??= found.problem;
      return undefined;
    }
    const copy = new DataView(found.value.slice().buffer);
    const little = virtual.byteOrder === 'little';
    return (offset) =>
      wordBytes === 8 ? copy.getBigUint64(offset, little) : BigInt(copy.getUint32(offset, little));
  }

  private broken(code: string, message: string): void {
    this.problem ??= { code, message };
  }
}

/** Shapes by the number of the type. */
function nodeShapes({ types, virtual }: Kernel): Result<ReadonlyMap<bigint, NodeShape>> {
  const shapes = new Map<bigint, NodeShape>();
  for (const { name, struct, slot, leaf } of KINDS) {
    const number = types.enumerator(name);
    const slotsAt = types.offset(`${struct}.${slot}`);
    const slots = types.arrayLength(`${struct}.${slot}`);
    if (number === undefined || slotsAt === undefined || slots === undefined) {
      return fail('no-maple-tree', `the types do not describe ${name}`);
    }
    const pivotsAt = leaf && struct === 'maple_node' ? undefined : types.offset(`${struct}.pivot`);
    const pivots = pivotsAt === undefined ? 0 : (types.arrayLength(`${struct}.pivot`) ?? 0);
    const most = Number(NODE_ALIGNMENT) / virtual.wordBytes;
    if (slots > most || pivots > most) {
      return fail('no-maple-tree', `${struct} is larger than a node`);
    }
    shapes.set(number, { leaf, pivots, pivotsAt: pivotsAt ?? 0, slots, slotsAt });
  }
  return ok(shapes);
}
