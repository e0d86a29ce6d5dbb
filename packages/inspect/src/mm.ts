import { ok, type PhysAddr, type Result, type VirtAddr } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from './kernel.js';
import { type RssCounters, rssCounters } from './rss.js';

/** An address space (`mm_struct`). */
export interface AddressSpace {
  readonly address: VirtAddr;
  /** `pgd`: the root table, where the kernel sees it. */
  readonly pgd: VirtAddr;
  /** The root table in memory. */
  readonly root: PhysAddr;
  /** `mm_users`: threads and others that use the mappings. */
  readonly users: number;
  /** `mm_count`: references to the structure itself. */
  readonly count: number;
  /** `map_count`: number of VMAs. */
  readonly mapCount: number;
  /** Bytes of page tables (`pgtables_bytes`), or their numbers in kernels before 4.15. */
  readonly tableBytes?: bigint;
  /** `nr_ptes` of kernels before 4.15. */
  readonly tableCount?: bigint;
  readonly startBrk: VirtAddr;
  readonly brk: VirtAddr;
  readonly startStack: VirtAddr;
  /** `context.vdso`, where the architecture keeps it. */
  readonly vdso?: VirtAddr;
  /** `context.asce`: what names the root table's type, where the architecture has such a word. */
  readonly asce?: bigint;
  /** Pages by kind as the kernel counted them; or why they could not be read. */
  readonly rss: Result<RssCounters>;
}

const MM = {
  pgd: field.pointer('pgd'),
  users: field.number('mm_users.counter'),
  count: field.number('mm_count.counter'),
  mapCount: field.number('map_count'),
  tableBytes: field.optional(field.int('pgtables_bytes.counter')),
  tableCount: field.optional(field.int('nr_ptes.counter')),
  startBrk: field.pointer('start_brk'),
  brk: field.pointer('brk'),
  startStack: field.pointer('start_stack'),
  vdso: field.optional(field.pointer('context.vdso')),
  asce: field.optional(field.int('context.asce')),
};

/** Reads an address space. Codes: those of types and of reading. */
export function addressSpace(kernel: Kernel, address: VirtAddr): Result<AddressSpace> {
  const reader = kernel.types.record('mm_struct', MM);
  const read = reader.ok ? reader.value.read(kernel.virtual, address) : reader;
  if (!read.ok) return read;
  const { tableBytes, tableCount, vdso, asce, ...always } = read.value;
  const root = kernel.virtual.physical(always.pgd);
  if (!root.ok) return root;
  return ok({
    address,
    ...always,
    root: root.value,
    ...(tableBytes === undefined ? {} : { tableBytes }),
    ...(tableCount === undefined ? {} : { tableCount }),
    ...(vdso === undefined ? {} : { vdso }),
    ...(asce === undefined ? {} : { asce: BigInt.asUintN(64, asce) }),
    rss: rssCounters(kernel, address),
  });
}
