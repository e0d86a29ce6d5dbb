/**
 * What the state is made of: kinds of record, each with its fields. A field is a column, one word a
 * record, 0 at first. References to records are stored plus one, so that 0 is "none"
 * (`State.ref`, `State.setRef`). SPEC 1.
 */

declare const column: unique symbol;
/** Number of a column among all columns. */
export type Column = number & { readonly [column]: true };

/** Kinds of record. */
export const RECORDS = [
  'global',
  'frame',
  'mm',
  'vma',
  'anonVma',
  'avc',
  'mapping',
  'cacheSlot',
  'swapSlot',
  'reference',
  'pgmap',
  'waiter',
  'table',
  'slot',
  'inFlight',
  'kept',
] as const;
/** A kind of record. */
export type RecordKind = (typeof RECORDS)[number];

/** How a column's words are to be read outside of the run that made them. */
export type ColumnKind = 'number' | 'entry' | 'savedEntry' | 'vmFlags' | 'prot';

/** A column as declared. */
export interface ColumnInfo {
  readonly record: RecordKind;
  readonly field: string;
  readonly kind: ColumnKind;
}

const declared: ColumnInfo[] = [];

function columns<const F extends string>(
  record: RecordKind,
  fields: readonly F[],
  kinds: { readonly [K in F]?: ColumnKind } = {},
): Readonly<Record<F, Column>> {
  const numbers = fields.map((field) => {
    declared.push({ record, field, kind: kinds[field] ?? 'number' });
    return [field, (declared.length - 1) as Column] as const;
  });
  return Object.fromEntries(numbers) as Record<F, Column>;
}

/** What there is one of. */
export const Global = columns('global', [
  /** huge_zero_folio: reference to its first frame. */
  'hugeZero',
  /** huge_zero_refcount. */
  'hugeZeroRefs',
  /** TAINT_BAD_PAGE. */
  'tainted',
  /** NR_ANON_MAPPED, NR_FILE_MAPPED, NR_ANON_THPS in pages or folios, NR_FOLL_PIN_* in references. */
  'nrAnonMapped',
  'nrFileMapped',
  'nrFileThps',
  'nrAnonThps',
  'nrShmemThps',
  'pinsAcquired',
  'pinsReleased',
  /** Ends of the LRU lists, as references to folios. */
  'inactiveHead',
  'inactiveTail',
  'activeHead',
  'activeTail',
  /** Folios in per-CPU batches, on their way to the lists. */
  'lruBatched',
  /** log2 of the pages that faults of anonymous memory try to have at once (mTHP). */
  'anonOrder',
  /** No page table can be allocated. */
  'tablesRunOut',
  /** pfn_modify_allowed(): pfns from here on must not be mapped; 0 for no limit. */
  'modifyLimit',
  /** Cache-mode tracking (track_pfn_*, pfnmap_*) answers this errno; 0 lets everything pass. */
  'trackingError',
]);

/** `struct page` and `struct folio`; fields of the folio are those of its first frame. */
export const Frame = columns('frame', [
  /** PG_* of the page, `PAGE_FLAG` bits. */
  'flags',
  /** _mapcount + 1: mappings of this page by PTEs. */
  'mapcount',
  /** page_type, 0 for none, `PAGE_TYPE` numbers. */
  'type',
  /** First frame of the folio, as a reference; none for a frame of its own. */
  'head',
  /** Pages of the folio as a power of two. */
  'order',
  /** _refcount: 0 for a free page. */
  'refcount',
  /** What folio->mapping says it is, `OWNER`. */
  'owner',
  /** anon_vma or mapping, as a reference. */
  'ownerId',
  /** folio->index. */
  'index',
  /** _entire_mapcount + 1. */
  'entireMapcount',
  /** _large_mapcount + 1. */
  'largeMapcount',
  /** _nr_pages_mapped. */
  'pagesMapped',
  /** _pincount. */
  'pincount',
  /** References that somebody holds of whom the model has no other record: a driver, a scenario. */
  'heldRefs',
  /** _mm_id[] as references to address spaces, their _mm_id_mapcount[] + 1, and the shared mark. */
  'mmId0',
  'mmId0Mapcount',
  'mmId1',
  'mmId1Mapcount',
  'mmShared',
  /** Device memory: its dev_pagemap, as a reference. */
  'pgmap',
  /** DAX: number of file offsets that share the page. */
  'share',
  /** What the page holds: equal numbers are equal contents, 0 is all zeros. */
  'content',
  /** Swap slot of a folio in the swap cache, as a reference. */
  'swapSlot',
  /** LRU list, `LRU`; and the neighbours on it towards head and tail, as references. */
  'lru',
  'lruPrevious',
  'lruNext',
  /** The folio waits in a per-CPU batch, which holds a reference, for one of the lists: `LRU`. */
  'lruBatch',
  /** The folio waits to be split. */
  'deferredSplit',
]);

/** `struct mm_struct`. */
export const Mm = columns('mm', [
  'used',
  /** The root table, as a reference. */
  'root',
  /** Resident and swapped pages by kind: MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES. */
  'filePages',
  'anonPages',
  'swapEntries',
  'shmemPages',
  /** PTE tables, deposited ones included, and tables of the levels above (pgtables_bytes). */
  'nrPtes',
  'nrPmds',
  'nrPuds',
  /** MMF_* and what mm_forbids_zeropage() answers, `MM_FLAG` bits. */
  'flags',
  /** First VMA by address, as a reference. */
  'firstVma',
  /** write_protect_seq: odd while fork write-protects. */
  'writeProtectSeq',
  /** mmap_lock: `MMAP_LOCK`. */
  'mmapLock',
  /** ksm_zero_pages. */
  'ksmZeroPages',
]);

/** `struct vm_area_struct`. Addresses are page numbers. */
export const Vma = columns(
  'vma',
  [
    'used',
    /** As references: the address space, the VMA behind this one, the file's mapping. */
    'mm',
    'next',
    'mapping',
    'start',
    /** First page behind the VMA. */
    'end',
    /** vm_flags. */
    'flags',
    /** vm_page_prot. */
    'pageProt',
    'pgoff',
    /** vm_ops by number in the machine, as a reference: none for anonymous memory. */
    'ops',
    'anonVma',
    /** First anon_vma_chain, oldest first. */
    'firstAvc',
    /** What the driver keeps here (vm_private_data). */
    'private',
    /** 1: userfaultfd resolves write protection by itself (UFFD_FEATURE_WP_ASYNC). */
    'uffdWpAsync',
    /** 1: arch_vma_access_permitted() says no, as a protection key would have it. */
    'accessDenied',
  ],
  { flags: 'vmFlags', pageProt: 'prot' },
);

/** `struct anon_vma`. */
export const AnonVma = columns('anonVma', [
  'used',
  'refcount',
  /** VMAs that it is linked to: entries of its interval tree (rb_root). */
  'linked',
  'root',
  'parent',
  'numChildren',
  'numActiveVmas',
  /** The counter that both replaced. */
  'degree',
  /** 1 while somebody else holds the lock; asked of the root. */
  'locked',
]);

/** `struct anon_vma_chain`: this VMA may map pages of that anon_vma. */
export const Avc = columns('avc', ['used', 'vma', 'anonVma', 'next']);

/** `struct address_space` of a file. */
export const Mapping = columns('mapping', [
  'used',
  /** Kind of file by number in the machine. */
  'kind',
  /** First cache slot, and how many there are: pages of the file. */
  'firstSlot',
  'slots',
  /** i_size in pages. */
  'size',
  'tagged',
  /** 1 while somebody else holds i_mmap_rwsem. */
  'locked',
  /** DAX: the device that the file's blocks, or a DAX device's pages, are of, as a reference. */
  'pgmap',
  /** A DAX device's alignment: log2 of the pages that every fault maps. */
  'alignOrder',
]);

/** One entry of a file's xarray. */
export const CacheSlot = columns('cacheSlot', [
  /** What lies there: `CACHE`. */
  'kind',
  /** A frame as a reference, or the DAX entry's page. */
  'frame',
  /** DAX_* bits, and PAGECACHE_TAG_* bits. */
  'bits',
  'tags',
  /** What storage holds there: read into a page when it is first asked for. */
  'stored',
  /** DAX: the frame of the block that lies there, as a reference; none for a hole. */
  'block',
]);

/** A slot of swap space. */
export const SwapSlot = columns('swapSlot', [
  /** Entries that refer to it (swap_map). */
  'count',
  /** The folio in the swap cache, as a reference. */
  'frame',
  'content',
]);

/** References that somebody holds besides mappings: what GUP handed out. */
export const Reference = columns('reference', [
  'used',
  'mm',
  'frame',
  /** Address as page number, FOLL_* bits that asked for it, pages. */
  'vpn',
  'follFlags',
  'pages',
]);

/** `struct dev_pagemap`. */
export const Pgmap = columns('pgmap', [
  'used',
  'type',
  'owner',
  'dying',
  /** References of those who use its memory (percpu_ref): it cannot go while there are any. */
  'users',
  /** Its frames: the first one, and how many. */
  'firstFrame',
  'frames',
  /** FS_DAX: the file system that lies on it, by number in `FILE_SYSTEMS`. */
  'fileSystem',
]);

/** A task that changes a DAX file, and sleeps while somebody uses what it wants (`dax/waiter.ts`). */
export const Waiter = columns('waiter', [
  'used',
  /** What it does to which file: `WORK`, and the mapping as a reference. */
  'work',
  'mapping',
  /** First index, and the one behind the last, of what it frees. */
  'start',
  'end',
  /** How far it is: `PHASE`, and the index that it looks at next. */
  'phase',
  'cursor',
  /** What it sleeps on: `SLEEPS_ON`, and the frame or cache slot; 0 while it does not sleep. */
  'sleepsOn',
  'object',
  /** It was woken and has not gone on yet: `WOKEN`. */
  'woken',
  /** 1: it has waited for a page. */
  'waited',
  /** What its stack holds where the kernel answers without having set its answer. */
  'unset',
  /** 0 or a negative errno, once it is done. */
  'answer',
]);

/** A page table. */
export const Table = columns('table', [
  'used',
  'mm',
  /** Level by its position from the leaf tables up. */
  'level',
  /** Page tables deposited for huge leaves of this table. */
  'deposits',
  /** Of them, tables that were freed all the same: whoever takes one out has freed memory. */
  'freedDeposits',
  /** 1: freed while entries still led here; what it holds is not cleared yet. */
  'stale',
]);

/** Entries of page tables, as the numbers that `EntrySpace` gives words. */
export const Slot = columns('slot', ['entry'], { entry: 'entry' });

/** Operations in progress, of those that run in steps between which others run (`race/`). */
export const InFlight = columns(
  'inFlight',
  [
    'used',
    /** What it does: `IN_FLIGHT`; and how it departs from the kernel's way: `DEPARTURE`. */
    'kind',
    'departure',
    /** How many of its steps are done. */
    'step',
    /** As references: whose memory it is about, the VMA, the page; the address as a page number. */
    'mm',
    'vma',
    'frame',
    'vpn',
    /** FOLL_* bits, or `SWITCHES` of its kind. */
    'flags',
    /** `IN_FLIGHT_MARK` bits. */
    'marks',
    /** write_protect_seq as it was read. */
    'sequence',
    /** fork: the child's VMA, as a reference. */
    'child',
    /** Number of the level of the entry that was read, and the entry. */
    'level',
    'entry',
  ],
  { entry: 'savedEntry' },
);

/** Words that whoever runs the model keeps in its states: what else a state is to them. */
export const Kept = columns('kept', ['word']);

/** First column of a kind of record, and the one behind its last. */
export const COLUMN_RANGE: Readonly<Record<RecordKind, readonly [number, number]>> =
  Object.fromEntries(
    RECORDS.map((record) => [
      record,
      [
        declared.findIndex((info) => info.record === record),
        declared.findLastIndex((info) => info.record === record) + 1,
      ],
    ]),
  ) as never;

/** Every column, by its number. */
export const COLUMNS: readonly ColumnInfo[] = declared;
