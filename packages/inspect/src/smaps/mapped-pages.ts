import { ok, type Result, virtAddr } from '@pagewright/core';
import { type StructPages, structPages } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { KernelPages, PageFacts } from '../pages.js';
import type { AccountedFolio, AccountedPages, Mapcount } from './account.js';
import { AverageMapcounts } from './average-mapcount.js';

/** Struct pages are read this many at a time: one read, bounded whatever the folio claims. */
const PAGES_A_READ = 512;

/** Reads what smaps asks of mapped pages. */
export class MappedPages {
  private readonly structs: StructPages | undefined;
  private readonly averages: AverageMapcounts;
  private readonly mapcountAt: number | undefined;
  private readonly pageBytes: number;
  private readonly mostPages: number;

  constructor(
    private readonly kernel: Kernel,
    private readonly pages: KernelPages,
  ) {
    const { virtual, vmcoreinfo, types, form } = kernel;
    const found = structPages(virtual, vmcoreinfo);
    this.structs = found.ok ? found.value : undefined;
    this.averages = new AverageMapcounts(kernel, this.structs);
    this.mapcountAt = types.offset('page._mapcount');
    const { pageShift } = form.definition;
    this.pageBytes = 2 ** pageShift;
    this.mostPages = 2 ** ((form.geometry('pmd')?.shift ?? pageShift) - pageShift);
  }

  facts(frame: bigint): Result<PageFacts> {
    return this.pages.facts(frame);
  }

  /** The one page that an entry of the lowest table maps. Codes: those of `KernelPages.facts`. */
  single(frame: bigint): Result<AccountedPages> {
    const facts = this.pages.facts(frame);
    if (!facts.ok) return facts;
    const count = this.averages.of(facts.value) ?? counted(facts.value.mapcount);
    return ok({
      folio: folioOf(facts.value),
      count: 1,
      pageBytes: this.pageBytes,
      mapcounts: () => [count],
    });
  }

  /** The pages of the folio that an upper entry maps as one; its first page stands for it. */
  whole(frame: bigint): Result<AccountedPages> {
    const facts = this.pages.facts(frame);
    if (!facts.ok) return facts;
    const { head, order } = facts.value;
    const count = head === frame ? Math.min(2 ** order, this.mostPages) : 1;
    return ok({
      folio: folioOf(facts.value),
      count,
      pageBytes: this.pageBytes,
      mapcounts: () => this.mapcountsOf(facts.value, count),
    });
  }

  /** Each page's own count, read in bulk, and that of the whole folio. */
  private *mapcountsOf(facts: PageFacts, count: number): Generator<Mapcount> {
    const own: number[] = [];
    for (let first = 0; first < count; first += PAGES_A_READ) {
      own.push(...this.ownMapcounts(facts.pfn + BigInt(first), Math.min(PAGES_A_READ, count)));
    }
    const whole = facts.mapcount - (own[0] ?? facts.mapcount);
    for (let i = 0; i < count; i++) yield counted((own[i] ?? 0) + whole);
  }

  /** page->_mapcount of neighbours, 0 for pages whose word is a type; nothing if not in the dump. */
  private ownMapcounts(frame: bigint, count: number): readonly number[] {
    const { structs, mapcountAt } = this;
    const start = structs?.pageAddress(frame);
    if (structs === undefined || start === undefined || mapcountAt === undefined) return [];
    const read = this.kernel.virtual.read(virtAddr(start), count * structs.size);
    if (!read.ok) return [];
    const { buffer, byteOffset, byteLength } = read.value;
    const view = new DataView(buffer, byteOffset, byteLength);
    const little = this.kernel.virtual.byteOrder === 'little';
    return Array.from({ length: count }, (_, i) =>
      Math.max(view.getInt32(i * structs.size + mapcountAt, little) + 1, 0),
    );
  }
}

const counted = (mappings: number): Mapcount => ({ mappings, exclusive: mappings < 2 });

function folioOf({ flagNames, owner, refcount }: PageFacts): AccountedFolio {
  const has = (name: string) => flagNames.includes(name);
  return {
    anon: owner === 'anon' || owner === 'ksm',
    ksm: owner === 'ksm',
    swapBacked: has('swapbacked'),
    dirty: has('dirty'),
    referenced: has('referenced') || has('young'),
    refcount,
  };
}
