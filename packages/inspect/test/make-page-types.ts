import type { BtfMaker } from '../../dump/test/make-btf.js';

/** Releases between which struct page changed. */
export type MadePageShape = '6.1' | '6.12' | '6.18' | '7.2';

/** Bytes of a struct page. */
export const PAGE_STRUCT_BYTES = 64;

/** Numbers of the flags that made pages use: 6.1 had others (include/linux/page-flags.h). */
export const PAGE_FLAGS = {
  '6.1': { PG_locked: 0, PG_uptodate: 2, PG_lru: 4, PG_slab: 9, PG_reserved: 12, PG_head: 16 },
  later: { PG_locked: 0, PG_uptodate: 3, PG_lru: 5, PG_head: 6, PG_reserved: 13 },
} as const;

interface Scalars {
  readonly u64: number;
  readonly u32: number;
  readonly pointer: number;
  readonly atomic: number;
}

/** struct page and folio of a release, the flags, and the names that the release is known by. */
export function addPageTypes(btf: BtfMaker, shape: MadePageShape, scalars: Scalars): void {
  const { u64, u32, pointer, atomic } = scalars;
  const at = (name: string, type: number, byte: number) => ({ name, type, bitOffset: 8 * byte });
  const isOld = shape === '6.1';
  const wrapsFlags = shape === '6.18' || shape === '7.2';
  const flags = wrapsFlags ? btf.composite('struct', 'memdesc_flags', 8, [at('f', u64, 0)]) : u64;
  const u8 = btf.int('unsigned char', 1);
  btf.composite('struct', 'page', PAGE_STRUCT_BYTES, [
    at('flags', flags, 0),
    at(shape === '7.2' ? 'compound_info' : 'compound_head', u64, 8),
    ...(isOld
      ? [
          at('compound_dtor', u8, 16),
          at('compound_order', u8, 17),
          at('compound_mapcount', atomic, 20),
        ]
      : []),
    at('mapping', pointer, 24),
    at('index', u64, 32),
    at('private', u64, 40),
    at('_mapcount', atomic, 48),
    at('page_type', u32, 48),
    at('_refcount', atomic, 52),
  ]);
  if (!isOld) {
    btf.composite('struct', 'folio', 2 * PAGE_STRUCT_BYTES, [
      at('_flags_1', u64, PAGE_STRUCT_BYTES),
      at('_entire_mapcount', atomic, PAGE_STRUCT_BYTES + 24),
    ]);
    btf.enum('pagetype', {
      PGTY_buddy: 0xf0,
      PGTY_table: 0xf2,
      PGTY_hugetlb: 0xf4,
      PGTY_slab: 0xf5,
    });
    btf.enum('rmap_level', { RMAP_LEVEL_PTE: 0, RMAP_LEVEL_PMD: 1 });
    btf.composite('struct', 'follow_pfnmap_args', 8, [at('pfn', u64, 0)]);
  } else btf.enum('compound_dtor_id', { NULL_COMPOUND_DTOR: 0, HUGETLB_PAGE_DTOR: 2 });
  if (wrapsFlags) btf.enum('pgtable_level', { PGTABLE_LEVEL_PTE: 0, PGTABLE_LEVEL_PMD: 1 });
  btf.enum('pageflags', PAGE_FLAGS[isOld ? '6.1' : 'later']);
}
