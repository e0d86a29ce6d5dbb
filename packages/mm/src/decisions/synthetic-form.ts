import {
  and,
  any,
  arg,
  type BitField,
  clear,
  ENTRY,
  EntryForm,
  equal,
  type FormDefinition,
  type HeaderGeneration,
  type HelperTable,
  type LevelGeometry,
  type MappingLevel,
  masksOf,
  or,
  PFN,
  PROT,
  protectionMap,
  set,
  shl,
  shr,
  swapFlag,
  swapTypes,
  type Word,
} from '@pagewright/core';

/** What the build options of a row decide about entries. */
export interface SyntheticOptions {
  readonly headers: HeaderGeneration;
  /** Levels that have the special bit. */
  readonly special: Readonly<Record<MappingLevel, boolean>>;
  /** Entries have a devmap bit. */
  readonly devmap: boolean;
  /** Huge mappings of files need a page table deposited. */
  readonly pgtableDeposit: boolean;
  /** The device-exclusive pair of swap types is one; guard markers exist. */
  readonly oneDeviceExclusive: boolean;
  readonly guardMarkers: boolean;
}

const LEVELS = ['pte', 'pmd', 'pud'] as const;

const field = (name: string, low: number, meaning: string, width = 1): BitField => ({
  name,
  low,
  width,
  levels: LEVELS,
  meaning,
  source: 'README of the recorded decisions',
});

/** Every level has the same bits; a present entry above the leaf tables is a leaf. */
const BITS = [
  field('PRESENT', 0, 'present'),
  field('WRITE', 1, 'writable'),
  field('DIRTY', 2, 'dirty'),
  field('YOUNG', 3, 'young'),
  field('SPECIAL', 4, 'special'),
  field('DEVMAP', 5, 'device memory'),
  field('SOFT_DIRTY', 6, 'soft-dirty'),
  field('UFFD_WP', 7, 'write-protected for userfaultfd'),
  field('PROTNONE', 8, 'present without access'),
  field('INVALID', 9, 'present, and hidden from the processor'),
  field('FRAME', 12, 'frame number, or offset of a swap entry', 40),
  field('SWP_TYPE', 52, 'type of a swap entry', 5),
  field('SWP_EXCLUSIVE', 57, 'the swapped page was exclusive'),
  field('SWP_SOFT_DIRTY', 58, 'soft-dirty, of a swap entry'),
  field('SWP_UFFD_WP', 59, 'write-protected for userfaultfd, of a swap entry'),
] as const;

/** Masks of the synthetic entry's fields, by name. */
export const syntheticMask = masksOf(BITS);
const m = syntheticMask;

/** log2 of the bytes of a page. */
const PAGE_SHIFT = 12;

/** Index bits of the tables: few pages a leaf, so that a huge page is a few records. */
const INDEX_BITS = { pte: 3, pmd: 1, pud: 2, pgd: 2 } as const;

/** Pages that a leaf of each level maps (HPN and PUN of the recorded answers). */
export const LEAF_PAGES: Readonly<Record<MappingLevel, number>> = {
  pte: 1,
  pmd: 2 ** INDEX_BITS.pte,
  pud: 2 ** (INDEX_BITS.pte + INDEX_BITS.pmd),
};

/**
 * The machine on which the decisions were recorded: 64-bit entries with one bit a fact at every
 * level ("What was stubbed" in the README of the recorded decisions).
 */
export function syntheticForm(options: SyntheticOptions): EntryForm {
  const { headers, special } = options;
  return new EntryForm({
    name: 'synthetic',
    arch: 'synthetic',
    headers,
    summary: 'entries of the recorded decisions',
    wordBits: 64,
    byteOrder: 'little',
    pageShift: PAGE_SHIFT,
    addressBits: Object.values(INDEX_BITS).reduce((sum, n) => sum + n, PAGE_SHIFT),
    canonical: 'unsigned',
    levels: levelsOf(special),
    bits: BITS,
    helpers: {
      pte: helpersOf('pte', options),
      pmd: helpersOf('pmd', options),
      pud: helpersOf('pud', options),
      p4d: {},
      pgd: {},
    },
    functions: { pfn_pte: LEAF, pfn_pmd: LEAF, pfn_pud: LEAF },
    pointers: {},
    leaves: {},
    tables: {},
    swap: swapFormat(options),
    protectionMap: protectionMap({
      none: m('PROTNONE'),
      readonly: m('PRESENT'),
      readonlyExec: m('PRESENT'),
      shared: m('PRESENT', 'WRITE'),
      sharedExec: m('PRESENT', 'WRITE'),
    }),
    namedProtections: {},
    supports: {
      softDirty: true,
      uffdWp: true,
      devmap: options.devmap,
      protnone: true,
      transparentHugepage: true,
      pudTransparentHugepage: true,
      thpMigration: true,
      gupFast: true,
      shadowStack: headers !== '6.1',
      pgtableDeposit: options.pgtableDeposit,
    },
    vmFlags: headers === '6.1' ? {} : { VM_SHADOW_STACK: 1n << 37n },
  });
}

/** pfn_pte() and its like: exactly the bits of the protection. */
const LEAF: Word = or(shl(PFN, PAGE_SHIFT), PROT);

function levelsOf(special: SyntheticOptions['special']): readonly LevelGeometry[] {
  let shift = PAGE_SHIFT;
  const levels = (['pte', 'pmd', 'pud', 'pgd'] as const).map((level): LevelGeometry => {
    const geometry = {
      level,
      shift,
      indexBits: INDEX_BITS[level],
      folded: false,
      mayMap: level !== 'pgd',
      hasSpecial: level !== 'pgd' && special[level],
      decidedBy: level,
    };
    shift += INDEX_BITS[level];
    return geometry;
  });
  return levels.reverse();
}

function helpersOf(level: MappingLevel, { special, devmap }: SyntheticOptions): HelperTable {
  const kept = m('FRAME', 'DIRTY', 'YOUNG', 'SPECIAL', 'DEVMAP', 'SOFT_DIRTY', 'UFFD_WP');
  const isPresent = any(m('PRESENT', 'PROTNONE', 'INVALID'));
  return {
    none: equal(ENTRY, 0n),
    present: isPresent,
    ...(level === 'pte' ? {} : { leaf: isPresent, trans_huge: isPresent, mkhuge: ENTRY }),
    pfn: shr(and(ENTRY, m('FRAME')), PAGE_SHIFT),
    protnone: any(m('PROTNONE')),
    ...flagHelpers('write', 'WRITE', 'mkwrite_novma', 'wrprotect'),
    ...flagHelpers('dirty', 'DIRTY', 'mkdirty', 'mkclean'),
    ...flagHelpers('young', 'YOUNG', 'mkyoung', 'mkold'),
    ...flagHelpers('soft_dirty', 'SOFT_DIRTY', 'mksoft_dirty', 'clear_soft_dirty'),
    ...flagHelpers('uffd_wp', 'UFFD_WP', 'mkuffd_wp', 'clear_uffd_wp'),
    ...(special[level] ? { special: any(m('SPECIAL')), mkspecial: set(ENTRY, m('SPECIAL')) } : {}),
    ...(devmap
      ? {
          devmap: any(m('DEVMAP')),
          // A huge devmap entry is no special one.
          mkdevmap: set(ENTRY, level === 'pte' ? m('DEVMAP', 'SPECIAL') : m('DEVMAP')),
        }
      : {}),
    mkinvalid: set(clear(ENTRY, m('PRESENT', 'PROTNONE')), m('INVALID')),
    modify: or(and(ENTRY, kept), clear(PROT, kept)),
    ...swapFlag('exclusive', m('SWP_EXCLUSIVE')),
    ...swapFlag('soft_dirty', m('SWP_SOFT_DIRTY')),
    ...swapFlag('uffd_wp', m('SWP_UFFD_WP')),
  };
}

const flagHelpers = (
  asked: string,
  name: string,
  setter: string,
  clearer: string,
): HelperTable => ({
  [asked]: any(m(name)),
  [setter]: set(ENTRY, m(name)),
  [clearer]: clear(ENTRY, m(name)),
});

function swapFormat(options: SyntheticOptions): FormDefinition['swap'] {
  const { headers, oneDeviceExclusive, guardMarkers } = options;
  const typeLow = BITS.find(({ name }) => name === 'SWP_TYPE')?.low as number;
  const codec = {
    type: shr(and(ENTRY, m('SWP_TYPE')), typeLow),
    offset: shr(and(ENTRY, m('FRAME')), PAGE_SHIFT),
    make: or(shl(arg('type'), typeLow), and(shl(arg('offset'), PAGE_SHIFT), m('FRAME'))),
  };
  const config = {
    devicePrivate: true,
    memoryFailure: true,
    uffdWp: true,
    oneDeviceExclusive,
    guardMarkers,
  };
  return {
    types: swapTypes(headers, config),
    codecs: { pte: codec, pmd: codec },
    pfnBits: 40,
    typeShift: 58,
    migrationAgeBits: false,
    constants: {},
  };
}
