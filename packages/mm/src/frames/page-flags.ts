/** PG_* of the state's `Frame.flags`: the model's own bit numbers, since kernels' move. */
export const PAGE_FLAG = {
  anonExclusive: 1 << 0,
  locked: 1 << 1,
  dirty: 1 << 2,
  referenced: 1 << 3,
  uptodate: 1 << 4,
  active: 1 << 5,
  swapbacked: 1 << 6,
  swapcache: 1 << 7,
  writeback: 1 << 8,
  reserved: 1 << 9,
  mlocked: 1 << 10,
  hwpoison: 1 << 11,
  private: 1 << 12,
  secretmem: 1 << 13,
  young: 1 << 14,
  /** No PG_*: memory of a PCI device that lies free in the pool of its driver (gen_pool). */
  pooled: 1 << 15,
} as const;

/** What folio->mapping says (SPEC 1.4). A KSM page is anonymous too. */
export const OWNER = {
  none: 0,
  anon: 1,
  ksm: 2,
  file: 3,
  movable: 4,
  /** PAGE_MAPPING_DAX_SHARED, until 6.14: a DAX page of several files. Its bits look anonymous. */
  daxShared: 5,
} as const;

/** page_type of pages that must never be mapped, or whose type tells who has them. */
export const PAGE_TYPE = {
  none: 0,
  buddy: 1,
  slab: 2,
  table: 3,
  offline: 4,
  hugetlb: 5,
  guard: 6,
} as const;

/** Types of dev_pagemap (enum memory_type). */
export const PGMAP_TYPE = {
  private: 1,
  coherent: 2,
  fsdax: 3,
  generic: 4,
  p2pdma: 5,
} as const;

/** LRU lists. */
export const LRU = { none: 0, inactive: 1, active: 2 } as const;

/** MMF_* and what mm_forbids_zeropage() answers. */
export const MM_FLAG = {
  hasPinned: 1 << 0,
  hugeZeroFolio: 1 << 1,
  forbidsZeropage: 1 << 2,
  /** Soft-dirty tracking was begun (clear_refs). */
} as const;

/** mmap_lock as its holder has it. */
export const MMAP_LOCK = { none: 0, read: 1, write: 2 } as const;
