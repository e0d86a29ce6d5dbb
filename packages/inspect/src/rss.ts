import { fail, ok, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from './kernel.js';

/** Resident pages by the names of `enum`'s counters: MM_FILEPAGES, MM_ANONPAGES ... */
export interface RssCounters {
  readonly pages: ReadonlyMap<string, bigint>;
  /** `percpu`: summed over all CPUs. `shared`: threads may hold back some more (before 6.2). */
  readonly form: 'percpu' | 'shared';
}

/** Counters of mm_struct (include/linux/mm_types_task.h); the first kernels lack the later ones. */
const COUNTERS = ['MM_FILEPAGES', 'MM_ANONPAGES', 'MM_SWAPENTS', 'MM_SHMEMPAGES'] as const;
/** CONFIG_NR_CPUS has no larger value anywhere. */
const MOST_CPUS = 8192;

/**
 * The counters of get_mm_counter(), per CPU since 6.2 (`rss_stat[i]` is a percpu_counter), one word
 * each before (`rss_stat.count[i]`). Codes: `no-rss` for other shapes, those of reading.
 */
export function rssCounters(kernel: Kernel, mm: VirtAddr): Result<RssCounters> {
  const { types, virtual } = kernel;
  const percpu = types.has('mm_struct.rss_stat[0].counters');
  if (!percpu && !types.has('mm_struct.rss_stat.count[0]')) {
    return fail('no-rss', 'mm_struct has no rss_stat of a known shape');
  }
  const view = types.view(virtual, mm, 'mm_struct');
  if (!view.ok) return view;
  const pages = new Map<string, bigint>();
  for (const name of COUNTERS) {
    const index = types.enumerator(name);
    if (index === undefined) continue;
    const path = percpu ? `rss_stat[${index}].count` : `rss_stat.count[${index}].counter`;
    const shared = view.value.int(path);
    if (!shared.ok) return shared;
    let value = shared.value;
    if (percpu) {
      const cpuPart = view.value.get(field.pointer(`rss_stat[${index}].counters`));
      const sum = cpuPart.ok ? sumOverCpus(kernel, cpuPart.value) : cpuPart;
      if (!sum.ok) return sum;
      value += sum.value;
    }
    pages.set(name, value);
  }
  return ok({ pages, form: percpu ? 'percpu' : 'shared' });
}

/** Sum of a 32-bit per-cpu variable over the possible CPUs (percpu_counter_sum()). */
function sumOverCpus(kernel: Kernel, variable: VirtAddr): Result<bigint> {
  const { virtual } = kernel;
  // A kernel of one CPU has no per-cpu areas: the pointer is the variable's own address.
  const offsets = percpuOffsets(kernel) ?? [0n];
  let sum = 0n;
  for (const offset of offsets) {
    const found = virtual.u32(virtAddr(BigInt.asUintN(64, variable + offset)));
    if (!found.ok) return found;
    sum += BigInt(found.value | 0);
  }
  return ok(sum);
}

/** `__per_cpu_offset` of each possible CPU; undefined where the kernel has no such array. */
function percpuOffsets({ symbol, virtual }: Kernel): readonly bigint[] | undefined {
  const array = symbol('__per_cpu_offset');
  const cpuCount = symbol('nr_cpu_ids');
  if (array === undefined) return undefined;
  const count = cpuCount === undefined ? undefined : virtual.u32(cpuCount);
  const cpus = Math.min(count?.ok ? count.value : 1, MOST_CPUS);
  const offsets: bigint[] = [];
  for (let cpu = 0; cpu < cpus; cpu++) {
    const at = BigInt.asUintN(64, array + BigInt(cpu * virtual.wordBytes));
    const found = virtual.pointer(virtAddr(at));
    if (!found.ok) break;
    offsets.push(found.value);
  }
  return offsets;
}
