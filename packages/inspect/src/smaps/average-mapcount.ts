import { virtAddr } from '@pagewright/core';
import { field, type StructPages } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { PageFacts } from '../pages.js';
import type { Mapcount } from './account.js';

/**
 * Mapcounts of pages of large folios in kernels that do not count by page (CONFIG_NO_PAGE_MAPCOUNT,
 * 6.15 on). No type tells of them: their mark is a page that an entry maps and whose count is 0.
 */
export class AverageMapcounts {
  private readonly folio;

  constructor(
    private readonly kernel: Kernel,
    private readonly structs: StructPages | undefined,
  ) {
    this.folio = kernel.types.record('folio', {
      mappings: field.number('_large_mapcount.counter'),
      ids: field.pointer('_mm_ids'),
    });
  }

  /**
   * The average over the folio, at least 1 (fs/proc/internal.h, folio_average_page_mapcount()), and
   * whether one process has it (include/linux/mm.h, folio_maybe_mapped_shared()). Undefined for
   * pages that are counted, and where the folio does not tell.
   */
  of({ mapcount, order, head, hugetlb }: PageFacts): Mapcount | undefined {
    if (mapcount !== 0 || order === 0 || hugetlb || !this.folio.ok) return undefined;
    const { virtual } = this.kernel;
    const address = this.structs?.pageAddress(head);
    const read =
      address === undefined ? undefined : this.folio.value.read(virtual, virtAddr(address));
    if (!read?.ok) return undefined;
    const all = read.value.mappings + 1;
    if (all <= 0) return undefined;
    const average = Math.floor((all + 2 ** (order - 1)) / 2 ** order);
    // FOLIO_MM_IDS_SHARED_BITNUM is the top bit of the word.
    const isShared = read.value.ids >> BigInt(8 * virtual.wordBytes - 1) === 1n;
    return { mappings: Math.max(average, 1), exclusive: all <= 1 || !isShared };
  }
}
