import {
  all,
  and,
  any,
  arg,
  clear,
  ENTRY,
  EntryForm,
  type FormDefinition,
  type LevelGeometry,
  noneOf,
  not,
  or,
  PFN,
  type Supports,
  shl,
  shr,
  swapTypes,
  type Word,
  word,
} from '../src/index.js';

/** Bits of an architecture that no machine has. Present entries of a PMD map when they are huge. */
export const PRESENT = 0x1n;
export const HUGE = 0x2n;
const FRAME = 0xffff_f000n;
const PAGE_SHIFT = 12;

const field = (name: string, low: number, width = 1) => ({
  name,
  low,
  width,
  levels: ['pte', 'pmd'] as const,
  meaning: name,
  source: 'this test',
});

const pfn: Word = shr(and(ENTRY, FRAME), PAGE_SHIFT);
const geometry = (level: 'pte' | 'pmd', shift: number, indexBits: number): LevelGeometry => ({
  level,
  shift,
  indexBits,
  folded: false,
  mayMap: true,
  hasSpecial: false,
  decidedBy: level,
});
const leaf = {
  attributes: clear(ENTRY, FRAME),
  compose: or(and(shl(PFN, PAGE_SHIFT), FRAME), ENTRY),
  permissions: {
    read: any(PRESENT),
    write: any(PRESENT),
    execute: any(PRESENT),
    user: any(PRESENT),
  },
};
const supports: Supports = {
  softDirty: false,
  uffdWp: false,
  devmap: false,
  protnone: false,
  transparentHugepage: true,
  pudTransparentHugepage: false,
  thpMigration: false,
  gupFast: false,
  shadowStack: false,
  pgtableDeposit: false,
};

const DEFINITION: FormDefinition = {
  name: 'toy',
  arch: 'toy',
  headers: '7.2',
  summary: 'two levels that translate all 32 bits, big-endian',
  wordBits: 32,
  byteOrder: 'big',
  pageShift: PAGE_SHIFT,
  addressBits: 32,
  canonical: 'unsigned',
  levels: [geometry('pmd', 21, 11), geometry('pte', PAGE_SHIFT, 9)],
  bits: [field('PRESENT', 0), field('HUGE', 1), field('FRAME', 12, 20)],
  helpers: {
    pte: { none: noneOf(0xffff_ffffn), present: any(PRESENT), pfn },
    pmd: {
      none: noneOf(0xffff_ffffn),
      present: any(PRESENT),
      leaf: all(PRESENT | HUGE),
      bad: not(all(PRESENT)),
      pfn,
    },
    pud: {},
    p4d: {},
    pgd: {},
  },
  functions: {},
  pointers: {},
  leaves: { pte: leaf, pmd: leaf },
  tables: { pmd: and(ENTRY, FRAME) },
  swap: {
    types: swapTypes('7.2', { devicePrivate: false, memoryFailure: false }),
    codecs: {
      pte: {
        type: and(shr(ENTRY, 4), word(31n)),
        offset: shr(ENTRY, PAGE_SHIFT),
        make: or(shl(arg('type'), 4), shl(arg('offset'), PAGE_SHIFT)),
      },
    },
    pfnBits: 20,
    typeShift: 26,
    migrationAgeBits: false,
    constants: {},
  },
  protectionMap: [],
  namedProtections: {},
  supports,
  vmFlags: {},
};

/** A form of two levels and a few lines, for tests of what works on forms. */
export const toy = new EntryForm(DEFINITION);
