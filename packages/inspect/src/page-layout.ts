import { ok, type Result } from '@pagewright/core';
import { field, type Types } from '@pagewright/dump';

/** A flag of struct page by name, without `PG_`. */
export interface PageFlag {
  readonly name: string;
  readonly bit: number;
}

/** The words that tell what a page is, read at once. */
type PageWords = Extract<ReturnType<typeof wordsOf>, { readonly ok: true }>['value'];

/** What those words hold. */
export type PageValues = ReturnType<PageWords['decode']>;

/** Where a kernel keeps what struct page says. */
export interface PageLayout {
  /** The words of every struct page. */
  readonly words: PageWords;
  /** Flags of enum pageflags, the first name of each bit. */
  readonly flags: readonly PageFlag[];
  /** Bit of a flag by any of its names, without `PG_`; undefined where the kernel has none. */
  flagBit(name: string): number | undefined;
  /** Bits that every page of a large folio has of its own. */
  readonly ownBits: bigint;
  /** Types of pages (page_type) by their value: `slab`, `hugetlb`. */
  readonly pageTypes: ReadonlyMap<number, string>;
  /** Bytes from the head page on to the order of a folio, and to its count of whole mappings. */
  readonly order: number | undefined;
  readonly entireMapcount: number | undefined;
  /** The count of each page of a file has the mappings of its whole folio in it (to 6.1). */
  readonly filePagesCountAll: boolean;
  /** Byte behind the head page that says what destroys it, and its value for hugetlb (to 6.5). */
  readonly destructor?: { readonly at: number; readonly hugetlb: number };
}

/** The member that links a tail page to its head: renamed when it became a mask (7.2). */
const HEAD_MEMBERS = ['compound_info', 'compound_head'] as const;

/** Flags that are read of the page itself, tail or not (policy PF_ANY). */
const OWN_FLAGS = ['anon_exclusive', 'hwpoison'] as const;

/** Finds the members by probing; codes of `Types.record` for a struct page without them. */
export function pageLayout(types: Types, pageBytes: number): Result<PageLayout> {
  const words = wordsOf(types);
  if (!words.ok) return words;
  const bits = new Map<string, number>();
  const names = new Map<number, string>();
  for (const { name, value } of types.enumerators('pageflags')) {
    if (!name.startsWith('PG_')) continue;
    const [flag, bit] = [name.slice(3), Number(value)];
    bits.set(flag, bit);
    if (!names.has(bit)) names.set(bit, flag);
  }
  const inTail = (member: string): number | undefined => {
    const offset = types.offset(`page.${member}`);
    return offset === undefined ? undefined : pageBytes + offset;
  };
  // The lowest byte of _flags_1, which lies last where bytes are big-endian.
  const flags1 = types.offset('folio._flags_1');
  const lowest = types.byteOrder === 'little' ? 0 : types.pointerBytes - 1;
  const destructor = inTail('compound_dtor');
  // Only kernels with the byte have the constant, and searching all constants takes a while.
  const hugetlb = destructor === undefined ? undefined : types.enumerator('HUGETLB_PAGE_DTOR');
  return ok({
    words: words.value,
    flags: [...names].map(([bit, name]) => ({ name, bit })).sort((a, b) => a.bit - b.bit),
    flagBit: (name) => bits.get(name),
    ownBits: OWN_FLAGS.reduce((mask, name) => {
      const bit = bits.get(name);
      return bit === undefined ? mask : mask | (1n << BigInt(bit));
    }, 0n),
    pageTypes: new Map(
      types
        .enumerators('pagetype')
        .filter(({ name }) => name.startsWith('PGTY_'))
        .map(({ name, value }) => [Number(value), name.slice(5)]),
    ),
    order: inTail('compound_order') ?? (flags1 === undefined ? undefined : flags1 + lowest),
    entireMapcount: types.offset('folio._entire_mapcount') ?? inTail('compound_mapcount'),
    filePagesCountAll: types.has('page.compound_mapcount'),
    ...(destructor !== undefined &&
      hugetlb !== undefined && { destructor: { at: destructor, hugetlb: Number(hugetlb) } }),
  });
}

function wordsOf(types: Types) {
  const head = HEAD_MEMBERS.find((member) => types.has(`page.${member}`)) ?? HEAD_MEMBERS[1];
  return types.record('page', {
    flags: field.pointer(types.has('page.flags.f') ? 'flags.f' : 'flags'),
    head: field.pointer(head),
    mapping: field.pointer('mapping'),
    mapcount: field.number('_mapcount.counter'),
    refcount: field.number('_refcount.counter'),
    pageType: field.number('page_type'),
  });
}
