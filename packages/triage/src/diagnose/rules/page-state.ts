import type { Facts } from '../facts.js';
import { popcount } from '../patterns.js';
import { at, type Rule, type Say } from '../rule.js';

/** Words of page_type as they read as a mapcount (include/linux/page-flags.h until 6.11). */
const BUDDY_COUNT = -128;
const TABLE_COUNT = -1024;
/** A counter with a bit this high was not counted up to there. */
const HIGHEST_COUNT = 2 ** 16;

const pageState = ({ report }: Facts): boolean => report.kind === 'bad_page_state';

/** The page's type by its printed name, or by the mapcount that it shows as. */
const hasType = ({ page, mapcount }: Facts, name: RegExp, count: number): boolean =>
  mapcount === count || name.test(page?.pageType?.value ?? '');

/** What fields of a page say when it is freed or handed out (mm/page_alloc.c bad_page()). */
export const PAGE_STATE_RULES: readonly Rule[] = [
  {
    id: 'page-is-table',
    sentence: 'The type of a page that is freed says page table (shown as mapcount -1024).',
    source: 'include/linux/page-flags.h PG_table; FORMATS 3',
    applies: (f) =>
      pageState(f) && hasType(f, /\((?:page|pg)?table\)/i, TABLE_COUNT)
        ? [
            {
              finding: 'freed-with-table-type',
              weight: 12,
              sentence: 'the page still has the type of a page table',
              proof: true,
              ...at(f.page?.pageType?.at ?? f.page?.mapcount?.at),
            },
          ]
        : [],
  },
  {
    id: 'page-is-free',
    sentence: 'The type of a page that is freed or handed out says buddy (shown as mapcount -128).',
    source: 'include/linux/page-flags.h PG_buddy; FORMATS 3',
    applies: (f) =>
      pageState(f) && hasType(f, /\(buddy\)/i, BUDDY_COUNT)
        ? [
            {
              finding: 'page-already-free',
              weight: 9,
              sentence: 'the page is in the lists of free pages already',
              ...at(f.page?.pageType?.at ?? f.page?.mapcount?.at),
            },
          ]
        : [],
  },
  {
    id: 'reserved-freed',
    sentence: 'A page is freed that is marked reserved.',
    source: 'mm/page_alloc.c free_page_is_bad(); FORMATS 3',
    applies: (f) => {
      if (!pageState(f) || f.page?.flagNames.includes('reserved') !== true) return [];
      const boot = f.inStack(/free_reserved|free_initmem|memblock|vfree|vunmap|kasan_(?:de)?pop/);
      const user = f.inStack(
        /unmap_|uprobe|zap_|wp_page|put_page|folio_put|pages_and_swap|tlb_|exit_mmap|unpin/,
      );
      const place = at(f.page.flags?.at);
      return [
        {
          finding: 'zero-page-counted',
          weight: user === undefined ? 2 : 6,
          sentence: `${user === undefined ? '' : `${user}() dropped it: `}a reserved page, as the zero page is one`,
          ...place,
        },
        {
          finding: 'reserved-page-freed',
          weight: boot === undefined ? 3 : 7,
          sentence: `the page is marked reserved${boot === undefined ? '' : `, and ${boot}() frees it`}`,
          ...place,
        },
      ];
    },
  },
  {
    id: 'count-below-zero',
    sentence: 'The count of references is below zero.',
    source: 'mm/page_alloc.c page_bad_reason(); FORMATS 3',
    applies: (f) =>
      pageState(f) && f.refcount !== undefined && f.refcount < 0
        ? [
            {
              finding: 'reference-dropped-twice',
              weight: 6,
              sentence: `the count of references is ${f.refcount}`,
              ...at(f.page?.refcount?.at),
            },
          ]
        : [],
  },
  {
    id: 'counter-with-one-bit',
    sentence: 'A counter is a single high bit.',
    source: 'FORMATS 7',
    applies: ({ page }) =>
      [page?.refcount, page?.mapcount].flatMap((field): readonly Say[] => {
        const value = field?.value ?? 0;
        if (value < HIGHEST_COUNT || !Number.isInteger(Math.log2(value))) return [];
        const sentence = `a counter of ${value} is a single bit, far above any count`;
        return [{ finding: 'counter-bit', weight: 7, sentence, ...at(field?.at) }];
      }),
  },
  {
    id: 'mapping-with-one-bit',
    sentence: 'The mapping of a page is a single bit.',
    source: 'FORMATS 2',
    applies: ({ page }) => {
      const value = page?.mapping?.value ?? 0n;
      // The lowest bits say of what kind a mapping is (include/linux/page-flags.h PAGE_MAPPING_FLAGS).
      if (value < 4n || popcount(value) !== 1) return [];
      const sentence = 'the mapping is a single bit, and no pointer';
      return [{ finding: 'counter-bit', weight: 7, sentence, ...at(page?.mapping?.at) }];
    },
  },
  {
    id: 'slab-page-freed',
    sentence: 'A page of the slab allocator is freed as a page.',
    source: 'mm/slub.c; FORMATS 3',
    applies: (f) => {
      if (!pageState(f) || f.page?.flagNames.includes('slab') !== true) return [];
      const sentence = 'the page belongs to the slab allocator';
      return [{ finding: 'slab-freed-as-page', weight: 7, sentence, ...at(f.page.flags?.at) }];
    },
  },
  {
    id: 'freed-by-table-code',
    sentence: 'Code that frees tables meets a page whose words are in use.',
    source: 'mm/mmu_gather.c; FORMATS 3',
    applies: (f) => {
      const code = f.inStack(
        /^tlb_(?:flush_mmu|finish_mmu|remove_table)|^arch_tlb_finish|free_pgtables|p[gum]d_free|pte_free|free_pgd_range/,
      );
      const mapped = f.page?.flagNames.some((name) => /lru|swapbacked|uptodate/.test(name));
      if (!pageState(f) || code === undefined || mapped === true) return [];
      const sentence = `${code}() frees it, and it is no page that a process maps`;
      return [{ finding: 'table-is-slab', weight: 5, sentence, ...at(f.page?.at) }];
    },
  },
  {
    id: 'mapping-left',
    sentence: 'A page is freed with the mapping of a driver or file system in it.',
    source: 'mm/page_alloc.c page_expected_state(); FORMATS 3',
    applies: (f) => {
      if (!pageState(f) || !/non-NULL mapping/.test(f.page?.because?.value ?? '')) return [];
      const aops = f.page?.aops?.value;
      const driver = aops !== undefined && !/ext[234]|xfs|btrfs|shmem|swap|nfs|def_blk/.test(aops);
      const sentence =
        aops === undefined
          ? 'the mapping was not cleared before the page was freed'
          : `the mapping left in the page is of ${aops}`;
      return [
        {
          finding: 'driver-page-fields',
          weight: driver ? 7 : 3,
          sentence,
          ...at(f.page?.mapping?.at),
        },
      ];
    },
  },
  {
    id: 'slab-words-left',
    sentence: 'Mapping and mapcount of a free page lie where a slab keeps its cache and counters.',
    source: 'include/linux/mm_types.h struct page; FORMATS 3',
    applies: (f) => {
      const { page } = f;
      if (!pageState(f) || !/non-NULL mapping/.test(page?.because?.value ?? '')) return [];
      if (page?.aops !== undefined || page?.flagNames.length !== 0 || f.refcount !== 0) return [];
      if ((f.mapcount ?? 0) <= 0) return [];
      const place = at(page.mapping?.at);
      const sentence = 'no file has the mapping, and mapcount is no count: words of a slab';
      return [
        { finding: 'table-is-slab', weight: 5, sentence, ...place },
        { finding: 'slab-freed-as-page', weight: 4, sentence, ...place },
      ];
    },
  },
  {
    id: 'page-pool',
    sentence: 'The page still belongs to a page pool of a network driver.',
    source: 'net/core/page_pool.c; mm/page_alloc.c page_bad_reason()',
    applies: ({ page }) =>
      /page_pool/.test(page?.because?.value ?? '')
        ? [
            {
              finding: 'driver-page-fields',
              weight: 8,
              sentence: 'a network driver gave the page back without its page pool',
              ...at(page?.because?.at),
            },
          ]
        : [],
  },
  {
    id: 'still-referenced',
    sentence: 'A page is freed or handed out that somebody has a reference to.',
    source: 'mm/page_alloc.c page_bad_reason()',
    applies: (f) => {
      if (!pageState(f) || !/nonzero _(?:ref)?count/.test(f.page?.because?.value ?? '')) return [];
      if ((f.refcount ?? -1) < 0 || (f.refcount ?? 0) >= HIGHEST_COUNT) return [];
      const sentence = 'somebody has a reference to a page that is free';
      const place = at(f.page?.because?.at);
      return [
        { finding: 'reference-dropped-twice', weight: 4, sentence, ...place },
        { finding: 'driver-page-fields', weight: 3, sentence, ...place },
      ];
    },
  },
  {
    id: 'still-in-use',
    sentence: 'A page is freed while its flags say that it is in use.',
    source: 'include/linux/page-flags.h PAGE_FLAGS_CHECK_AT_FREE',
    applies: (f) => {
      if (!pageState(f) || !/FLAGS_CHECK|flags? set/.test(f.page?.because?.value ?? '')) return [];
      const names = f.page?.flagNames ?? [];
      const place = at(f.page?.flags?.at);
      if (names.includes('hwpoison')) {
        const sentence = 'the page is marked as broken memory';
        return [{ finding: 'machine-error', weight: 5, sentence, ...place }];
      }
      const used = names.filter((name) =>
        /^(?:lru|active|locked|writeback|private|mlocked)$/.test(name),
      );
      if (used.length === 0) return [];
      const sentence = `the page is freed with ${used.join(', ')} set`;
      return [
        { finding: 'assertion-failed', weight: 3, sentence, ...place },
        { finding: 'reference-dropped-twice', weight: 2, sentence, ...place },
      ];
    },
  },
  {
    id: 'still-charged',
    sentence: 'A page is freed that is still charged to a control group.',
    source: 'mm/page_alloc.c page_bad_reason()',
    applies: (f) =>
      pageState(f) && /charged to cgroup/.test(f.page?.because?.value ?? '')
        ? [
            {
              finding: 'assertion-failed',
              weight: 3,
              sentence: 'the page was freed without being uncharged',
              ...at(f.page?.because?.at),
            },
          ]
        : [],
  },
  {
    id: 'driver-frees',
    sentence: 'A driver is in the stack of a page that is freed.',
    source: 'FORMATS 3',
    applies: (f) => {
      const code = f.inStack(
        /^(?:skb_|napi_|net_rx|i915_|amdgpu_|nouveau_|drm_|ttm_|nv_|usb_|scsi_|snd_|fb_|dma_free|page_frag_free|vb2_)/,
      );
      if (!pageState(f) || code === undefined) return [];
      const sentence = `${code}() is on the way to it`;
      return [{ finding: 'driver-page-fields', weight: 2, sentence, ...at(f.page?.at) }];
    },
  },
  {
    id: 'mapped-page-freed',
    sentence: 'A page is freed that is still mapped, or was unmapped too often.',
    source: 'mm/page_alloc.c page_bad_reason()',
    applies: (f) => {
      const count = f.mapcount ?? 0;
      if (!pageState(f) || count === 0 || count < -2 || count > 1024) return [];
      const sentence =
        count < 0 ? 'the page was unmapped too often' : `the page is still mapped ${count} times`;
      return [{ finding: 'unmapped-too-often', weight: 2, sentence, ...at(f.page?.mapcount?.at) }];
    },
  },
  {
    id: 'tail-page-fields',
    sentence: 'Tail pages of a block are not as their allocator left them.',
    source: 'mm/page_alloc.c free_tail_page_prepare()',
    applies: (f) =>
      /tail page|compound/.test(f.page?.because?.value ?? '') && pageState(f)
        ? [
            {
              finding: 'driver-page-fields',
              weight: 4,
              sentence: 'fields of a tail page were written to by its user',
              ...at(f.page?.because?.at),
            },
          ]
        : [],
  },
];
