import {
  and,
  any,
  arg,
  clear,
  ENTRY,
  type FormDefinition,
  noneOf,
  or,
  PFN,
  PROT,
  set,
  shl,
  shr,
  swapTypes,
  word,
} from '@pagewright/core';

/** Bits of an architecture that no machine has: one level, 32-bit entries, few fields. */
export const PRESENT = 0x1n;
const YOUNG = 0x2n;
export const DIRTY = 0x4n;
export const WRITE = 0x8n;
const FRAME = 0xffff_f000n;
const PAGE_SHIFT = 12;

const field = (name: string, low: number, width = 1) => ({
  name,
  low,
  width,
  levels: ['pte'] as const,
  meaning: name,
  source: 'this test',
});

/** A form of one level and a few lines, for tests of what runs over forms. */
export const DEFINITION: FormDefinition = {
  name: 'toy',
  arch: 'toy',
  headers: '7.2',
  summary: 'one level',
  wordBits: 32,
  byteOrder: 'big',
  pageShift: PAGE_SHIFT,
  addressBits: 16,
  canonical: 'unsigned',
  levels: [
    {
      level: 'pte',
      shift: PAGE_SHIFT,
      indexBits: 4,
      folded: false,
      mayMap: true,
      hasSpecial: false,
      decidedBy: 'pte',
    },
  ],
  bits: [
    field('PRESENT', 0),
    field('YOUNG', 1),
    field('DIRTY', 2),
    field('WRITE', 3),
    field('FRAME', 12, 20),
  ],
  helpers: {
    pte: {
      none: noneOf(0xffff_ffffn),
      present: any(PRESENT),
      young: any(YOUNG),
      dirty: any(DIRTY),
      write: any(WRITE),
      pfn: shr(and(ENTRY, FRAME), PAGE_SHIFT),
      mkyoung: set(ENTRY, YOUNG),
      mkold: clear(ENTRY, YOUNG),
      mkdirty: set(ENTRY, DIRTY),
      mkclean: clear(ENTRY, DIRTY),
      mkwrite_novma: set(ENTRY, WRITE),
      wrprotect: clear(ENTRY, WRITE),
      modify: or(and(ENTRY, FRAME | YOUNG | DIRTY), clear(PROT, FRAME | YOUNG | DIRTY)),
    },
    pmd: {},
    pud: {},
    p4d: {},
    pgd: {},
  },
  functions: { pfn_pte: or(shl(PFN, PAGE_SHIFT), PROT) },
  pointers: {},
  leaves: {
    pte: {
      attributes: clear(ENTRY, FRAME),
      compose: or(and(shl(PFN, PAGE_SHIFT), FRAME), ENTRY),
      permissions: {
        read: any(PRESENT),
        write: any(WRITE),
        execute: any(PRESENT),
        user: any(PRESENT),
      },
    },
  },
  tables: {},
  swap: {
    types: swapTypes('7.2', { devicePrivate: false, memoryFailure: false }),
    codecs: {
      pte: {
        type: and(shr(ENTRY, 4), word(31n)),
        offset: shr(ENTRY, 12),
        make: or(shl(arg('type'), 4), shl(arg('offset'), 12)),
      },
    },
    pfnBits: 20,
    typeShift: 26,
    migrationAgeBits: false,
    constants: {},
  },
  protectionMap: Array.from({ length: 16 }, (_, i) =>
    (i & 10) === 10 ? PRESENT | WRITE : PRESENT,
  ),
  namedProtections: {},
  supports: {
    softDirty: false,
    uffdWp: false,
    devmap: false,
    protnone: false,
    transparentHugepage: false,
    pudTransparentHugepage: false,
    thpMigration: false,
    gupFast: false,
    shadowStack: false,
    pgtableDeposit: false,
  },
  vmFlags: {},
};
