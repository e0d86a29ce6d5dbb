import {
  type BitField,
  type BitTable,
  type HeaderGeneration,
  type Level,
  withFields,
} from '@pagewright/core';

/** How a frame's address lies in an entry: 48 to 50 bits in place, or 52 with some moved low. */
export type AddressEncoding = 'plain' | 'lpa' | 'lpa2';

/** What the bit table depends on. */
export interface TableChoice {
  readonly pageShift: number;
  readonly encoding: AddressEncoding;
  readonly headers: HeaderGeneration;
  /** Generation 6.12 only: revisions from v6.17 on have lost the devmap bit. */
  readonly devmap: boolean;
}

const HWDEF = 'arch/arm64/include/asm/pgtable-hwdef.h';
const PROT = 'arch/arm64/include/asm/pgtable-prot.h';
const PGTABLE = 'arch/arm64/include/asm/pgtable.h';

/** Memory types by index into MAIR_EL1 (asm/memory.h MT_*). */
export const MEMORY_TYPES = {
  MT_NORMAL: 0,
  MT_NORMAL_TAGGED: 1,
  MT_NORMAL_NC: 2,
  MT_DEVICE_nGnRnE: 3,
  MT_DEVICE_nGnRE: 4,
} as const;

const PAGE: readonly Level[] = ['pte'];
const SWAP: readonly Level[] = ['pte', 'pmd'];
const LEAF: readonly Level[] = ['pte', 'pmd', 'pud'];
const TABLES: readonly Level[] = ['pmd', 'pud', 'p4d', 'pgd'];
const EVERY: readonly Level[] = [...PAGE, ...TABLES];

const leaf = (name: string, low: number, meaning: string, source = HWDEF): BitField => ({
  name,
  low,
  levels: LEAF,
  scope: 'leaf',
  meaning,
  source,
});

const absent = (
  name: string,
  low: number,
  width: number,
  meaning: string,
  source = PGTABLE,
  levels = SWAP,
): BitField => ({ name, low, width, levels, scope: 'absent', meaning, source });

/** Upper levels name the bits of their table descriptors apart: PMD_TABLE_PXN, PUD_TABLE_PXN ... */
const tableFields = (suffix: string, low: number, meaning: string): BitField[] =>
  TABLES.map((level) => ({
    name: `${level.toUpperCase()}_TABLE_${suffix}`,
    low,
    levels: [level],
    scope: 'table',
    meaning,
    source: HWDEF,
  }));

/** Bits that every granule and generation has, as the 6.12 headers lay them out. */
const COMMON: BitTable = [
  { name: 'PTE_VALID', low: 0, levels: EVERY, meaning: 'the processor uses it', source: HWDEF },
  {
    name: 'PTE_TABLE_BIT',
    low: 1,
    levels: EVERY,
    scope: 'present',
    meaning: 'page or table; clear: block (7.2 has no name for this bit alone)',
    source: HWDEF,
  },
  {
    ...leaf('PTE_ATTRINDX', 2, 'memory type, index into MAIR_EL1'),
    width: 3,
    values: Object.fromEntries(Object.entries(MEMORY_TYPES).map(([name, n]) => [n, name])),
  },
  leaf('PTE_USER', 6, 'user may access (AP[1])'),
  leaf('PTE_RDONLY', 7, 'read-only (AP[2]); with PTE_WRITE: writable but clean'),
  {
    ...leaf('PTE_SHARED', 8, 'shareability'),
    width: 2,
    values: { 0: 'non', 2: 'outer', 3: 'inner' },
  },
  leaf('PTE_AF', 10, 'accessed'),
  leaf('PTE_NG', 11, 'not global; in an entry that is not valid: present all the same'),
  leaf('PTE_GP', 50, 'guarded page (BTI)'),
  leaf('PTE_WRITE', 51, 'writable (DBM: the processor may clear PTE_RDONLY)', PROT),
  leaf('PTE_CONT', 52, 'one of a contiguous run'),
  leaf('PTE_PXN', 53, 'kernel must not execute'),
  leaf('PTE_UXN', 54, 'user must not execute'),
  leaf('PTE_DIRTY', 55, 'dirty, kept by software', PROT),
  leaf('PTE_SPECIAL', 56, 'special: no struct page for vm_normal_page()', PROT),
  leaf('PTE_DEVMAP', 57, 'ZONE_DEVICE page', PROT),
  leaf('PTE_UFFD_WP', 58, 'write-protected by userfaultfd', PROT),
  { ...leaf('PTE_PO_IDX', 60, 'permission overlay index (protection key)'), width: 3 },
  ...tableFields('PXN', 59, 'nothing below is executable by the kernel'),
  ...tableFields('UXN', 60, 'nothing below is executable by user'),
  absent('PTE_SWP_EXCLUSIVE', 2, 1, 'the swapped page was exclusive', PROT, PAGE),
  absent('PTE_SWP_UFFD_WP', 3, 1, 'write-protected by userfaultfd', PROT),
  absent('__SWP_TYPE', 6, 5, 'swap type'),
  absent('__SWP_OFFSET', 12, 50, 'swap offset'),
];

/** Bits that only 6.1 has: PROT_NONE and invalidated huge pages were marked apart (until 6.10). */
const ONLY_6_1: BitTable = [
  leaf('PTE_PROT_NONE', 58, 'PROT_NONE, in an entry that is not valid', PROT),
  {
    ...leaf('PMD_PRESENT_INVALID', 59, 'present although not valid', PROT),
    levels: ['pmd'],
  },
];

/** How each generation differs from `COMMON`. */
function ofGeneration(headers: HeaderGeneration): BitTable {
  switch (headers) {
    case '6.1': {
      const changed = withFields(COMMON, {
        PTE_NG: { meaning: 'not global' },
        PTE_UFFD_WP: null,
        PTE_SWP_UFFD_WP: null,
        PTE_PO_IDX: null,
        __SWP_TYPE: { low: 3 },
        __SWP_OFFSET: { low: 8 },
      });
      return [...changed, ...ONLY_6_1];
    }
    case '6.12':
      return COMMON;
    case '7.2':
      return [...withFields(COMMON, { PTE_DEVMAP: null }), ...tableFields('AF', 10, 'accessed')];
  }
}

/** Highest bit of an entry that may hold address bits in place; 48 became 50 with LPA2 in 6.9. */
const addressTop = (headers: HeaderGeneration): number => (headers === '6.1' ? 48 : 50);

/** The address bits that LPA and LPA2 store low in the entry, and where they belong. */
export const HIGH_ADDRESS = {
  lpa: { low: 12, width: 4, physicalLow: 48 },
  lpa2: { low: 8, width: 2, physicalLow: 50 },
} as const;

function addressFields({ pageShift, encoding, headers }: TableChoice): BitTable {
  const inPlace: BitField = {
    name: 'PTE_ADDR_LOW',
    low: pageShift,
    width: addressTop(headers) - pageShift,
    levels: EVERY,
    scope: 'present',
    meaning: 'physical address',
    source: HWDEF,
  };
  if (encoding === 'plain') return [inPlace];
  const { low, width, physicalLow } = HIGH_ADDRESS[encoding];
  const meaning = `bits ${physicalLow + width - 1}:${physicalLow} of the physical address`;
  return [inPlace, { ...inPlace, name: 'PTE_ADDR_HIGH', low, width, meaning }];
}

/** The bit table of a form. With LPA2 two address bits take the place of shareability. */
export function bitTable(choice: TableChoice): BitTable {
  const table = ofGeneration(choice.headers);
  return [
    ...table.filter(
      ({ name }) =>
        !(name === 'PTE_SHARED' && choice.encoding === 'lpa2') &&
        !(name === 'PTE_DEVMAP' && !choice.devmap),
    ),
    ...addressFields(choice),
  ];
}
