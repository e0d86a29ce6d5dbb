import {
  fail,
  hex,
  ok,
  type PhysAddr,
  physAddr,
  type Result,
  type VirtAddr,
  virtAddr,
} from '@pagewright/core';
import { field, type StructPages, structPages } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';

/** Types of swap entries, real or not: five bits (MAX_SWAPFILES_SHIFT). */
const MOST_SWAP_TYPES = 32;
/** Bits of a byte of swap_map (include/linux/swap.h). */
const SWAP_HAS_CACHE = 0x40;
const COUNT_CONTINUED = 0x80;
/** Largest counts of a byte of swap_map, and of a byte that continues one. */
const SWAP_MAP_MAX = 0x3e;
const SWAP_CONT_MAX = 0x7f;
/** A chain of continuations that is longer counts beyond any number of processes. */
const MOST_CONTINUATIONS = 8;
/** Bits of a word of the swap table that count (mm/swap_table.h, SWP_TB_COUNT_BITS). */
const TABLE_COUNT_BITS = 4;

/** Where a kernel counts the references to swap slots. */
interface SlotCounts {
  count(area: VirtAddr, offset: bigint): Result<number>;
}

/** References to swap slots, as swp_swapcount() answers (mm/swapfile.c). */
export class SwapSlots {
  private readonly areas = new Map<number, Result<VirtAddr>>();
  private readonly counts: SlotCounts;

  constructor(private readonly kernel: Kernel) {
    const hasMap = kernel.types.has('swap_info_struct.swap_map');
    this.counts = hasMap ? new MapCounts(kernel) : new TableCounts(kernel);
  }

  /** Codes: `no-symbol`, `bad-swap-map`, `no-swap-table`, those of types and of reading. */
  references(type: number, offset: bigint): Result<number> {
    if (type >= MOST_SWAP_TYPES) return fail('bad-swap-map', `no swap area has number ${type}`);
    let area = this.areas.get(type);
    if (area === undefined) {
      area = this.area(type);
      this.areas.set(type, area);
    }
    return area.ok ? this.counts.count(area.value, offset) : area;
  }

  private area(type: number): Result<VirtAddr> {
    const { symbol, virtual } = this.kernel;
    const areas = symbol('swap_info');
    if (areas === undefined) return fail('no-symbol', 'the symbol table has no swap_info');
    return virtual.pointer(virtAddr(areas + BigInt(type * virtual.wordBytes)));
  }
}

const at = (address: bigint, offset: bigint): VirtAddr =>
  virtAddr(BigInt.asUintN(64, address + offset));

/** A byte for each slot; large counts go on in pages that hang on the page of the byte (to 7.0). */
class MapCounts implements SlotCounts {
  private readonly structs: Result<StructPages>;
  private readonly info;

  constructor(private readonly kernel: Kernel) {
    this.structs = structPages(kernel.virtual, kernel.vmcoreinfo);
    this.info = kernel.types.record('swap_info_struct', { map: field.pointer('swap_map') });
  }

  count(area: VirtAddr, offset: bigint): Result<number> {
    const { virtual } = this.kernel;
    const info = this.info.ok ? this.info.value.read(virtual, area) : this.info;
    if (!info.ok) return info;
    const byteAt = at(info.value.map, offset);
    const byte = virtual.u8(byteAt);
    if (!byte.ok) return byte;
    const first = byte.value & ~SWAP_HAS_CACHE;
    if ((first & COUNT_CONTINUED) === 0) return ok(first);
    return this.continued(first & ~COUNT_CONTINUED, byteAt);
  }

  /** Digits of a number in pages linked by page->lru, lowest first. */
  private continued(first: number, byteAt: VirtAddr): Result<number> {
    const { virtual } = this.kernel;
    let count = first;
    let unit = SWAP_MAP_MAX + 1;
    let page = virtual.physical(byteAt);
    for (let n = 0; n < MOST_CONTINUATIONS; n++) {
      page = page.ok ? this.nextPage(page.value) : page;
      if (!page.ok) return page;
      const digit = virtual.memory.read(page.value, 1);
      if (!digit.ok) return digit;
      const value = digit.value[0] ?? 0;
      count += (value & ~COUNT_CONTINUED) * unit;
      if ((value & COUNT_CONTINUED) === 0) break;
      unit *= SWAP_CONT_MAX + 1;
    }
    return ok(count);
  }

  /** The same byte in the page that follows in the list. */
  private nextPage(physical: PhysAddr): Result<PhysAddr> {
    const { virtual, types, form } = this.kernel;
    if (!this.structs.ok) return this.structs;
    const shift = BigInt(form.definition.pageShift);
    const lru = types.offset('page.lru');
    const struct = this.structs.value.pageAddress(physical >> shift);
    if (struct === undefined || lru === undefined) return lost(physical);
    const next = virtual.pointer(at(struct, BigInt(lru)));
    if (!next.ok) return next;
    const frame = this.structs.value.pfnOfPage(at(next.value, -BigInt(lru)));
    if (frame === undefined) return lost(physical);
    return ok(physAddr((frame << shift) + (physical & ((1n << shift) - 1n))));
  }
}

const lost = (physical: bigint): Result<never> =>
  fail('bad-swap-map', `the count at ${hex(physical)} goes on nowhere`, { physical });

/** The top bits of a word for each slot, in a table a cluster (7.1 on; mm/swap_table.h). */
class TableCounts implements SlotCounts {
  private readonly info;
  private readonly clusters;

  constructor(private readonly kernel: Kernel) {
    const { types } = kernel;
    this.info = types.record('swap_info_struct', { clusters: field.pointer('cluster_info') });
    this.clusters = types.record('swap_cluster_info', {
      table: field.pointer('table'),
      large: field.optional(field.pointer('extend_table')),
    });
  }

  count(area: VirtAddr, offset: bigint): Result<number> {
    const { virtual, types } = this.kernel;
    const info = this.info.ok ? this.info.value.read(virtual, area) : this.info;
    if (!info.ok) return info;
    const slots = types.arrayLength('swap_table.entries');
    const clusterBytes = types.sizeOf('swap_cluster_info');
    if (!slots || clusterBytes === undefined) {
      return fail('no-swap-table', 'the types tell of no swap table');
    }
    const index = offset / BigInt(slots);
    const slot = Number(offset % BigInt(slots));
    const clusterAt = at(info.value.clusters, index * BigInt(clusterBytes));
    const cluster = this.clusters.ok ? this.clusters.value.read(virtual, clusterAt) : this.clusters;
    if (!cluster.ok) return cluster;
    const { table, large } = cluster.value;
    if (table === 0n) return ok(0);
    const word = virtual.pointer(at(table, BigInt(slot * virtual.wordBytes)));
    if (!word.ok) return word;
    const count = Number(word.value >> BigInt(8 * virtual.wordBytes - TABLE_COUNT_BITS));
    const isLarge = count === 2 ** TABLE_COUNT_BITS - 1 && large !== undefined && large !== 0n;
    return isLarge ? virtual.u32(at(large, BigInt(4 * slot))) : ok(count);
  }
}
