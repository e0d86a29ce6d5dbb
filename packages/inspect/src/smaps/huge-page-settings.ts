import type { Kernel as Rules } from '@pagewright/core';
import type { Kernel } from '../kernel.js';

/** Values of shared memory's `huge=` (mm/shmem.c); the last two are for the whole system alone. */
export const SHMEM_HUGE = {
  never: 0,
  always: 1,
  withinSize: 2,
  advise: 3,
  deny: -1,
  force: -2,
} as const;

/** Largest folio that the page cache takes: what two nodes of an xarray hold (MAX_XAS_ORDER). */
const MOST_CACHE_ORDER = 11;

/** What the system allows of transparent huge pages. Sets of orders have bit n for order n. */
export interface HugePageSettings {
  /** Built in, and the machine can. */
  readonly supported: boolean;
  /** /sys/kernel/mm/transparent_hugepage/enabled. */
  readonly always: boolean;
  readonly onAdvice: boolean;
  readonly pmdOrder: number;
  /** Orders of anonymous memory; absent in kernels that have one size alone (before 6.8). */
  readonly anon?: OrderSettings;
  /** Orders of anonymous shared memory; absent before 6.11. */
  readonly shmem?: OrderSettings & { readonly withinSize: bigint };
  /** Orders that files may have, and that device memory may. */
  readonly fileOrders: bigint;
  readonly specialOrders: bigint;
  /** The same, of a file in shared memory (`huge=` for the whole system). */
  readonly shmemHuge: number;
  /** The orders that shared memory allows are held against those that fit (6.18). */
  readonly masksShmemOrders: boolean;
  /** Handlers of huge faults in drivers and file systems are counted on (6.6). */
  readonly trustsHugeFault: boolean;
}

/** Which orders are on always, when advised, and when the system's setting says so. */
export interface OrderSettings {
  readonly always: bigint;
  readonly onAdvice: bigint;
  readonly inherit: bigint;
}

/** All orders up to one, without single pages. */
const ordersTo = (order: number): bigint => (1n << BigInt(order + 1)) - 2n;

/** Reads the settings; what a symbol does not show is off. */
export function hugePageSettings(kernel: Kernel, rules: Rules): HugePageSettings {
  const { types, form } = kernel;
  const { pageShift } = form.definition;
  const pmdOrder = (form.geometry('pmd')?.shift ?? pageShift) - pageShift;
  const pudShift = form.hasTable('pud') ? form.geometry('pud')?.shift : undefined;
  const flags = word(kernel, 'transparent_hugepage_flags') ?? 0n;
  const flag = (name: string) => {
    const bit = types.enumerator(`TRANSPARENT_HUGEPAGE_${name}`);
    return bit !== undefined && ((flags >> bit) & 1n) === 1n;
  };
  const anon = orderSettings(kernel, 'huge_anon_orders');
  const shmem = orderSettings(kernel, 'huge_shmem_orders');
  const pmd = 1n << BigInt(pmdOrder);
  const huge = pudShift === undefined ? pmd : pmd | (1n << BigInt(pudShift - pageShift));
  const cacheOrder = Math.min(MOST_CACHE_ORDER, pmdOrder);
  return {
    supported: rules.config.TRANSPARENT_HUGEPAGE && !flag('UNSUPPORTED') && !flag('NEVER_DAX'),
    always: flag('FLAG'),
    onAdvice: flag('REQ_MADV_FLAG'),
    pmdOrder,
    ...(anon && { anon }),
    ...(shmem && {
      shmem: { ...shmem, withinSize: word(kernel, 'huge_shmem_orders_within_size') ?? 0n },
    }),
    fileOrders: shmem ? ordersTo(cacheOrder) : anon ? huge : pmd,
    specialOrders: anon ? huge : pmd,
    shmemHuge: shmemHuge(kernel),
    masksShmemOrders: types.has('enum tva_type'),
    trustsHugeFault: types.has('mem_size_stats.ksm'),
  };
}

function orderSettings(kernel: Kernel, prefix: string): OrderSettings | undefined {
  const always = word(kernel, `${prefix}_always`);
  if (always === undefined) return undefined;
  return {
    always,
    onAdvice: word(kernel, `${prefix}_madvise`) ?? 0n,
    inherit: word(kernel, `${prefix}_inherit`) ?? 0n,
  };
}

/** A variable of the kernel, an unsigned long. */
function word({ symbol, virtual }: Kernel, name: string): bigint | undefined {
  const address = symbol(name);
  const found = address === undefined ? undefined : virtual.pointer(address);
  return found?.ok ? found.value : undefined;
}

function shmemHuge({ symbol, virtual }: Kernel): number {
  const address = symbol('shmem_huge');
  const found = address === undefined ? undefined : virtual.u32(address);
  return found?.ok ? found.value | 0 : SHMEM_HUGE.never;
}
