import { type Frames, fail, hex, ok, type Pfn, pfn, type Result, virtAddr } from '@pagewright/core';
import { type StructPages, structPages } from '@pagewright/dump';
import { hugeZeroByContent } from './huge-zero.js';
import type { Kernel } from './kernel.js';
import { type PageLayout, type PageValues, pageLayout } from './page-layout.js';
import type { Ground } from './probes.js';
import { specialFrames } from './special-frames.js';

/** Whom a page belongs to, by the low bits of page->mapping (include/linux/page-flags.h). */
export type PageOwner = 'none' | 'anon' | 'movable' | 'ksm' | 'file';

/** What struct page says of a frame. */
export interface PageFacts {
  readonly pfn: Pfn;
  /** page->flags as stored, with zone and node in its upper bits; of tail pages mostly other data. */
  readonly flags: bigint;
  /**
   * Names of the flags that are set, without `PG_`, the first name of each bit. A page of a large
   * folio has its folio's, save the few that each page has of its own (`PF_ANY`).
   */
  readonly flagNames: readonly string[];
  /** References to the folio. */
  readonly refcount: number;
  /** Mappings of this page, those of its whole folio included; 0 for pages that have a type. */
  readonly mapcount: number;
  /** Owner of the folio. */
  readonly owner: PageOwner;
  /** First frame of the folio, and log2 of its pages. */
  readonly head: Pfn;
  readonly order: number;
  readonly hugetlb: boolean;
  /** What page_type says: `slab`, `table`, `hugetlb`. */
  readonly type: string | null;
}

/** What frames are to a dumped kernel: answers the decision, and reads struct pages. */
export interface KernelPages extends Frames {
  readonly layout: PageLayout;
  /** What is known of the special frames, and from where. */
  readonly grounds: readonly Ground[];
  /**
   * Frames from which on something else holds, ascending: between two of them all questions but
   * `isAnon` and `isSlab` are answered alike. Absent where each frame's contents are asked.
   */
  readonly bounds?: readonly bigint[];
  /** Codes: `no-struct-page`, `bad-struct-page`, and those of reading. */
  facts(frame: bigint): Result<PageFacts>;
}

/** _mapcount below this is a page_type (PAGE_MAPCOUNT_RESERVE). */
const LEAST_MAPCOUNT = -128;
const OWNERS: readonly PageOwner[] = ['file', 'anon', 'movable', 'ksm'];
/** A folio of a larger order would be larger than any memory. */
const MOST_ORDER = 40;

/** Finds the struct pages of a kernel and how they are laid out. Codes: those of both. */
export function kernelPages(kernel: Kernel): Result<KernelPages> {
  const pages = structPages(kernel.virtual, kernel.vmcoreinfo);
  if (!pages.ok) return pages;
  const layout = pageLayout(kernel.types, pages.value.size);
  return layout.ok ? ok(new DumpedPages(kernel, pages.value, layout.value)) : layout;
}

class DumpedPages implements KernelPages {
  readonly highest: Pfn;
  readonly grounds: readonly Ground[];
  readonly isZero: (frame: Pfn) => boolean;
  readonly bounds?: readonly bigint[];
  private readonly hugeZeroHead: (frame: bigint) => Pfn | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly pages: StructPages,
    readonly layout: PageLayout,
  ) {
    const special = specialFrames(kernel, pages, (frame) => this.has(frame, 'reserved'));
    this.highest = special.highest;
    this.grounds = special.grounds;
    this.isZero = special.isZero;
    const { hugeZero } = special;
    const { form } = kernel;
    const shift = form.geometry('pmd')?.shift ?? form.definition.pageShift;
    // Pages of a folio as large as a pmd maps (HPAGE_PMD_NR).
    const hugePages = 1n << BigInt(shift - form.definition.pageShift);
    const end = typeof hugeZero === 'bigint' ? hugeZero + hugePages : 0n;
    this.hugeZeroHead =
      hugeZero === 'unnamed'
        ? hugeZeroByContent(kernel, hugePages, (frame) => this.facts(frame))
        : (frame) =>
            hugeZero !== undefined && frame >= hugeZero && frame < end ? hugeZero : undefined;
    if (special.zero !== undefined && hugeZero !== 'unnamed') {
      this.bounds = ascending([
        ...pages.runs.flatMap(({ firstPfn, endPfn }) => [firstPfn, endPfn]),
        ...special.zero,
        ...(hugeZero === undefined ? [] : [hugeZero, hugeZero + 1n, hugeZero + hugePages]),
        this.highest + 1n,
      ]);
    }
  }

  memmap(frame: Pfn): boolean {
    return this.pages.pageAddress(frame) !== undefined;
  }
  isHugeZero(frame: Pfn): boolean {
    return this.hugeZeroHead(frame) !== undefined;
  }
  isHugeZeroHead(frame: Pfn): boolean {
    return this.hugeZeroHead(frame) === frame;
  }
  isAnon(frame: Pfn): boolean {
    const facts = this.facts(frame);
    return facts.ok && (facts.value.owner === 'anon' || facts.value.owner === 'ksm');
  }
  isSlab(frame: Pfn): boolean {
    const facts = this.facts(frame);
    return facts.ok && (facts.value.type === 'slab' || facts.value.flagNames.includes('slab'));
  }

  facts(frame: bigint): Result<PageFacts> {
    const words = this.words(frame);
    if (!words.ok) return words;
    const head = this.headOf(frame, words.value);
    if (!head.ok) return head;
    const first = head.value === frame ? words : this.words(head.value);
    if (!first.ok) return first;
    const { flags, mapcount, pageType } = words.value;
    const isLarge = head.value !== frame || this.isHead(first.value);
    const order = isLarge ? this.orderOf(head.value) : ok(0);
    if (!order.ok) return order;
    const type = this.typeOf(first.value) ?? this.typeOf({ mapcount, pageType });
    const isTyped = mapcount < LEAST_MAPCOUNT;
    const owner = ownerOf(first.value.mapping);
    const hugetlb = isLarge && (type === 'hugetlb' || this.hasHugetlbDestructor(head.value));
    const countsWhole = isLarge && (hugetlb || owner !== 'file' || !this.layout.filePagesCountAll);
    const whole = countsWhole ? this.wholeMapcount(head.value) : 0;
    return ok({
      pfn: pfn(frame),
      flags,
      flagNames: this.flagNames(flags, head.value === frame ? undefined : first.value.flags),
      refcount: first.value.refcount,
      mapcount: (isTyped ? 0 : mapcount + 1) + whole,
      owner,
      head: pfn(head.value),
      order: order.value,
      hugetlb,
      type: type ?? null,
    });
  }

  /** @param folio flags of the head page, for a tail page */
  private flagNames(own: bigint, folio: bigint | undefined): readonly string[] {
    const { flags, ownBits } = this.layout;
    const set = folio === undefined ? own : (folio & ~ownBits) | (own & ownBits);
    const isSet = ({ name, bit }: { name: string; bit: number }) =>
      (set >> BigInt(bit)) & 1n && !(folio !== undefined && name === 'head');
    return flags.filter(isSet).map(({ name }) => name);
  }

  private words(frame: bigint): Result<PageValues> {
    const address = this.pages.pageAddress(frame);
    if (address === undefined) {
      return fail('no-struct-page', `frame ${hex(frame)} has no struct page`, { frame });
    }
    return this.layout.words.read(this.kernel.virtual, address);
  }

  private has(frame: bigint, flag: string): boolean {
    const bit = this.layout.flagBit(flag);
    const words = this.words(frame);
    return bit !== undefined && words.ok && ((words.value.flags >> BigInt(bit)) & 1n) === 1n;
  }

  private isHead({ flags }: PageValues): boolean {
    const bit = this.layout.flagBit('head');
    return bit !== undefined && ((flags >> BigInt(bit)) & 1n) === 1n;
  }

  /**
   * compound_head(). A hugetlb folio may have its first struct pages mapped again in place of the
   * others (hugetlb_free_vmemmap): what looks like a head there is told by the page after it, which
   * is a tail of the true one (page_fixed_fake_head()).
   */
  private headOf(frame: bigint, words: PageValues): Result<bigint> {
    if ((words.head & 1n) === 1n) return this.linkedHead(frame, words.head);
    const address = this.pages.pageAddress(frame) as bigint;
    const pageBytes = 1n << BigInt(this.kernel.form.definition.pageShift);
    if (!this.isHead(words) || address % pageBytes !== 0n) return ok(frame);
    const next = this.words(frame + 1n);
    if (!next.ok || (next.value.head & 1n) === 0n) return ok(frame);
    return this.linkedHead(frame + 1n, next.value.head);
  }

  /** The head that a tail page names: it holds head + 1, or a mask that leads to it. */
  private linkedHead(frame: bigint, head: bigint): Result<bigint> {
    const bits = 8 * this.kernel.virtual.wordBytes;
    const link = head - 1n;
    const own = this.pages.pageAddress(frame) as bigint;
    const size = BigInt.asUintN(bits, -link);
    const isMask = size !== 0n && (size & (size - 1n)) === 0n;
    const found = this.pages.pfnOfPage(isMask ? own & link : link);
    if (found !== undefined && found <= frame) return ok(found);
    const message = `struct page of ${hex(frame)}: its head would be ${hex(link)}`;
    return fail('bad-struct-page', message, { frame, head });
  }

  private typeOf({ mapcount, pageType }: Pick<PageValues, 'mapcount' | 'pageType'>) {
    return mapcount < LEAST_MAPCOUNT ? this.layout.pageTypes.get(pageType >>> 24) : undefined;
  }

  private inFolio(head: bigint, bytes: number | undefined) {
    const address = this.pages.pageAddress(head);
    if (address === undefined || bytes === undefined) return undefined;
    return virtAddr(BigInt.asUintN(64, address + BigInt(bytes)));
  }

  private orderOf(head: bigint): Result<number> {
    const at = this.inFolio(head, this.layout.order);
    if (at === undefined) return fail('bad-struct-page', 'the kernel keeps no order of folios');
    const found = this.kernel.virtual.u8(at);
    if (!found.ok || found.value <= MOST_ORDER) return found;
    return fail('bad-struct-page', `folio of ${hex(head)} has order ${found.value}`, { head });
  }

  /**
   * Mappings of the whole folio. To 6.1 each page of one that is also mapped by pages is counted once
   * more, which the flag in its second page says (mm/util.c, __page_mapcount(), PageDoubleMap()).
   */
  private wholeMapcount(head: bigint): number {
    const at = this.inFolio(head, this.layout.entireMapcount);
    const found = at === undefined ? undefined : this.kernel.virtual.u32(at);
    const entire = found?.ok ? (found.value | 0) + 1 : 0;
    return this.has(head + 1n, 'double_map') ? entire - 1 : entire;
  }

  private hasHugetlbDestructor(head: bigint): boolean {
    const { destructor } = this.layout;
    const at = this.inFolio(head, destructor?.at);
    const found = at === undefined ? undefined : this.kernel.virtual.u8(at);
    return found?.ok === true && found.value === destructor?.hugetlb;
  }
}

const ownerOf = (mapping: bigint): PageOwner =>
  mapping === 0n ? 'none' : (OWNERS[Number(mapping & 3n)] as PageOwner);

const ascending = (frames: readonly bigint[]): readonly bigint[] =>
  [...new Set(frames)].sort((a, b) => (a < b ? -1 : 1));
