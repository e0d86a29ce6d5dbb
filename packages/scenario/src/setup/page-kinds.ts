import { OWNER, PAGE_FLAG, PAGE_TYPE, type PGMAP_TYPE, type Zone } from '@pagewright/mm';

/** What a page that scenarios declare is. */
export interface PageKind {
  readonly about: string;
  /** Where its frames come from: ordinary memory, those of the machine's own, or a range apart. */
  readonly from: 'ram' | 'zeropage' | 'huge-zero' | 'apart';
  readonly owner?: number;
  readonly flags?: number;
  readonly type?: number;
  /** References at first; 1 unless told otherwise. */
  readonly refcount?: number;
  /** What the memory of a device is to the kernel: its type of dev_pagemap. */
  readonly device?: keyof typeof PGMAP_TYPE;
  readonly zone?: Zone;
  readonly memmap?: false;
  readonly aboveHighest?: true;
}

const RESERVED = { flags: PAGE_FLAG.reserved };

/** Kinds of page. */
export const PAGE_KINDS = {
  driver: { about: 'a page that a driver allocated', from: 'ram' },
  free: { about: 'the page that is allocated next', from: 'ram' },
  file: { about: 'a page of the page cache', from: 'ram', owner: OWNER.file },
  shmem: {
    about: 'a page of shared memory',
    from: 'ram',
    owner: OWNER.file,
    flags: PAGE_FLAG.swapbacked,
  },
  anon: {
    about: "somebody's anonymous page",
    from: 'ram',
    owner: OWNER.anon,
    flags: PAGE_FLAG.swapbacked,
  },
  ksm: { about: 'a page of KSM', from: 'ram', owner: OWNER.ksm, flags: PAGE_FLAG.swapbacked },
  slab: { about: 'a page of the slab allocator', from: 'ram', type: PAGE_TYPE.slab },
  offline: { about: 'a page of a type that is never mapped', from: 'ram', type: PAGE_TYPE.offline },
  reserved: { about: 'a reserved page, as the vDSO', from: 'ram', ...RESERVED },
  unreferenced: { about: 'a page nobody refers to', from: 'ram', refcount: 0 },
  movable: {
    about: 'a page cache page that may move',
    from: 'apart',
    owner: OWNER.file,
    zone: 'movable',
  },
  zeropage: { about: 'the shared zeropage', from: 'zeropage' },
  'huge-zero': { about: 'the huge zero folio', from: 'huge-zero' },
  fsdax: {
    about: 'memory that a file system hands out directly (FS_DAX)',
    from: 'apart',
    device: 'fsdax',
    zone: 'device',
  },
  devdax: {
    about: 'memory of a DAX character device',
    from: 'apart',
    device: 'generic',
    zone: 'device',
  },
  'device-private': {
    about: 'memory that the processor cannot reach',
    from: 'apart',
    device: 'private',
    zone: 'device',
  },
  p2pdma: {
    about: 'memory of a PCI device',
    from: 'apart',
    device: 'p2pdma',
    zone: 'device',
  },
  registers: { about: 'device registers, without struct page', from: 'apart', memmap: false },
  beyond: { about: 'a frame above highest_memmap_pfn', from: 'apart', aboveHighest: true },
} as const satisfies Readonly<Record<string, PageKind>>;
