import type { Facts } from '../facts.js';
import { repeated } from '../patterns.js';
import { at, type Rule } from '../rule.js';

/** Counts beyond any that a page has had. */
const ABSURD = 1_000_000;

/** All ones, as counts are, or a poisoned list pointer (include/linux/poison.h). */
const isPoison = (word: bigint): boolean =>
  /^f+$|^dead|^5deadbeef/.test(word.toString(16)) || (word & 0xffffffffn) === 0xffffffffn;

/** All words of the dumped struct page are zero, or nearly. */
const isZeroed = ({ page }: Facts): boolean =>
  page !== undefined && page.raw.length >= 4 && page.raw.filter((word) => word !== 0n).length <= 1;

/** A 32-bit word of one repeated byte, neither zeros nor ones. */
function isFill(word: bigint): boolean {
  const half = word & 0xffffffffn;
  return half !== 0n && half !== 0xffffffffn && repeated(half, 32) === (half & 0xffn);
}

/** The memmap itself is the victim, or was never set up (FORMATS 3). */
export const STRUCT_PAGE_RULES: readonly Rule[] = [
  {
    id: 'struct-page-at-boot',
    sentence: 'Bad pages while the kernel boots.',
    source: 'mm/mm_init.c; FORMATS 3',
    applies: (f) => {
      const boot =
        f.near('boot') ?? (f.inStack(/memblock_free|free_all_bootmem|mem_init/) && f.page);
      if (f.report.kind !== 'bad_page_state' || !boot) return [];
      return [
        {
          finding: 'struct-page-unset',
          weight: 3,
          sentence: 'the kernel was still booting, when struct pages are made',
          ...at(boot.at),
        },
        {
          finding: 'reserved-page-freed',
          weight: 2,
          sentence: 'the kernel was still booting, when reserved memory is given back',
          ...at(boot.at),
        },
      ];
    },
  },
  {
    id: 'struct-page-zeroed',
    sentence: 'The words of struct page are zero, which shows as mapcount 1.',
    source: 'mm/debug.c __dump_page(): _mapcount + 1; FORMATS 3',
    applies: (f) =>
      f.report.kind === 'bad_page_state' &&
      f.mapcount === 1 &&
      f.refcount === 0 &&
      (isZeroed(f) || f.page?.flags?.value === 0n)
        ? [
            {
              finding: 'struct-page-unset',
              weight: 5,
              sentence: 'mapcount 1 with nothing else set is a struct page of zeros',
              ...at(f.page?.mapcount?.at),
            },
          ]
        : [],
  },
  {
    id: 'struct-page-absurd',
    sentence: 'Several fields of struct page are nonsense at once.',
    source: 'mm/debug.c; FORMATS 3',
    applies: (f) => {
      const { page, mapcount = 0, refcount = 0 } = f;
      if (page === undefined || f.report.kind !== 'bad_page_state') return [];
      const absurd = Math.abs(mapcount) > ABSURD || Math.abs(refcount) > ABSURD;
      const single = [mapcount, refcount].some(
        (count) => Number.isInteger(Math.log2(count)) && count > ABSURD,
      );
      const words = page.raw.filter((word) => word > 0x10000n && !isPoison(word));
      const same = words.length >= 4 && new Set(words.map((word) => word >> 16n)).size <= 2;
      const unreadable = page.mapping?.value === null;
      if ((!absurd || single) && !same) return [];
      return [
        {
          finding: 'struct-page-unset',
          weight: same || unreadable || f.near('boot') !== undefined ? 6 : 4,
          sentence: 'counts and words of struct page are no values that a page has',
          ...at(page.at),
        },
        {
          finding: 'stray-entry',
          weight: 2,
          sentence: 'the memmap may have been overwritten',
          ...at(page.at),
        },
      ];
    },
  },
  {
    id: 'struct-page-filled',
    sentence: 'Several words of struct page are one byte, repeated.',
    source: 'FORMATS 3',
    applies: ({ page, mapcount, refcount }) => {
      if (page === undefined) return [];
      const counts = [refcount, mapcount === undefined ? undefined : mapcount - 1];
      const words = [page.mapping?.value, page.flags?.value, page.index?.value, ...page.raw];
      const filled = [
        ...words.filter((word) => word !== undefined && word !== null && isFill(word)),
        ...counts.filter(
          (count) => count !== undefined && isFill(BigInt.asUintN(32, BigInt(count))),
        ),
      ];
      if (filled.length < 2) return [];
      const sentence = 'words of struct page repeat one byte: the memmap was written over';
      return [{ finding: 'byte-fill', weight: 9, sentence, ...at(page.at) }];
    },
  },
  {
    id: 'struct-page-user-words',
    sentence: 'Words of struct page look like user addresses or repeat.',
    source: 'FORMATS 3',
    applies: (f) => {
      if (f.addressBits !== 64 || f.page === undefined) return [];
      const user = f.page.raw.filter((word) => word >> 40n === 0x55n || word >> 40n === 0x7fn);
      if (user.length < 2) return [];
      const sentence = `${user.length} words of struct page are user addresses`;
      return [{ finding: 'struct-page-unset', weight: 6, sentence, ...at(f.page.at) }];
    },
  },
  {
    id: 'freed-at-boot-twice',
    sentence: 'Memory given back at boot was free already.',
    source: 'mm/page_alloc.c free_reserved_area(); FORMATS 3',
    applies: (f) => {
      const code = f.inStack(/free_reserved_area|free_initmem|prom_free|free_init_pages/);
      if (f.report.kind !== 'bad_page_state' || code === undefined) return [];
      const sentence = `${code}() gives memory to the allocator`;
      return [{ finding: 'reserved-page-freed', weight: 4, sentence, ...at(f.report.page?.at) }];
    },
  },
];
