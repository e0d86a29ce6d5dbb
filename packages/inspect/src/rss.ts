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

interface Shape {
  readonly form: RssCounters['form'];
  /** Member of mm_struct with what is counted in common. */
  readonly common: (index: bigint) => string;
  /** Member that points to what each CPU counted. */
  readonly perCpu?: (index: bigint) => string;
}

/** Newest first; told apart by the members that one mm_struct has. */
const SHAPES: readonly Shape[] = [
  // struct percpu_counter_tree (lib/percpu_counter_tree.c): CPUs hold all of it, carried or not.
  { form: 'percpu', common: (i) => `rss_stat[${i}].bias`, perCpu: (i) => `rss_stat[${i}].level0` },
  {
    form: 'percpu',
    common: (i) => `rss_stat[${i}].count`,
    perCpu: (i) => `rss_stat[${i}].counters`,
  },
  { form: 'shared', common: (i) => `rss_stat.count[${i}].counter` },
];

/**
 * The counters of get_mm_counter_sum(), per CPU since 6.2 (`rss_stat[i]` is a percpu_counter, later a
 * percpu_counter_tree), one word each before (`rss_stat.count[i]`). Codes: `no-rss` for other shapes,
 * those of reading.
 */
export function rssCounters(kernel: Kernel, mm: VirtAddr): Result<RssCounters> {
  const { types, virtual } = kernel;
  const shape = SHAPES.find(({ common, perCpu }) =>
    [common, perCpu].every((path) => path === undefined || types.has(`mm_struct.${path(0n)}`)),
  );
  if (shape === undefined) return fail('no-rss', 'mm_struct has no rss_stat of a known shape');
  const { form, common, perCpu } = shape;
  const offsets = perCpu === undefined ? ok([]) : percpuOffsets(kernel);
  if (!offsets.ok) return offsets;
  const view = types.view(virtual, mm, 'mm_struct');
  if (!view.ok) return view;
  const pages = new Map<string, bigint>();
  for (const name of COUNTERS) {
    const index = types.enumerator(name);
    if (index === undefined) continue;
    const shared = view.value.int(common(index));
    if (!shared.ok) return shared;
    let value = shared.value;
    if (perCpu !== undefined) {
      const cpuPart = view.value.get(field.pointer(perCpu(index)));
      const sum = cpuPart.ok ? sumOverCpus(kernel, cpuPart.value, offsets.value) : cpuPart;
      if (!sum.ok) return sum;
      value += sum.value;
    }
    pages.set(name, value);
  }
  return ok({ pages, form });
}

/** Sum of a 32-bit per-cpu variable (percpu_counter_sum()). */
function sumOverCpus(
  { virtual }: Kernel,
  variable: VirtAddr,
  offsets: readonly bigint[],
): Result<bigint> {
  let sum = 0n;
  for (const offset of offsets) {
    const found = virtual.u32(virtAddr(BigInt.asUintN(64, variable + offset)));
    if (!found.ok) return found;
    sum += BigInt(found.value | 0);
  }
  return ok(sum);
}

/**
 * `__per_cpu_offset` of each possible CPU. A kernel of one CPU has no such array: there a per-cpu
 * pointer is the variable's own address.
 */
function percpuOffsets(kernel: Kernel): Result<readonly bigint[]> {
  const { symbol, virtual } = kernel;
  const array = symbol('__per_cpu_offset');
  if (array === undefined) return ok([0n]);
  const counted = symbol('nr_cpu_ids');
  const count = counted === undefined ? ok(1) : virtual.u32(counted);
  if (!count.ok) return count;
  const mask = symbol('__cpu_possible_mask');
  const offsets: bigint[] = [];
  for (let cpu = 0; cpu < Math.min(count.value, MOST_CPUS); cpu++) {
    const possible = mask === undefined ? ok(true) : hasBit(kernel, mask, cpu);
    if (!possible.ok) return possible;
    if (!possible.value) continue;
    const at = BigInt.asUintN(64, array + BigInt(cpu * virtual.wordBytes));
    const found = virtual.pointer(virtAddr(at));
    if (!found.ok) return found;
    offsets.push(found.value);
  }
  return ok(offsets);
}

/** test_bit(): bits are counted through words of the machine. */
function hasBit({ virtual }: Kernel, words: VirtAddr, bit: number): Result<boolean> {
  const wordBits = 8 * virtual.wordBytes;
  const at = words + BigInt(Math.floor(bit / wordBits) * virtual.wordBytes);
  const word = virtual.pointer(virtAddr(BigInt.asUintN(64, at)));
  return word.ok ? ok(((word.value >> BigInt(bit % wordBits)) & 1n) === 1n) : word;
}
