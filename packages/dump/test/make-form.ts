import {
  and,
  any,
  clear,
  ENTRY,
  EntryForm,
  type FormDefinition,
  masked,
  noneOf,
  or,
  PFN,
  PROT,
  shl,
  shr,
  swapTypes,
  word,
} from '@pagewright/core';

/** Bits of an entry of the made form. */
export const PRESENT = 1n;
/** In an upper entry: it maps memory itself. */
export const LEAF = 2n;
const FRAME = 0x000f_ffff_ffff_f000n;

const field = (name: string, low: number, width = 1) => ({
  name,
  low,
  width,
  levels: ['pte', 'pmd'] as const,
  meaning: name,
  source: 'this test',
});
const level = { folded: false, mayMap: true, hasSpecial: false, indexBits: 9 } as const;
const reads = {
  read: any(PRESENT),
  write: any(PRESENT),
  execute: any(PRESENT),
  user: any(PRESENT),
};
const leafCodec = {
  attributes: clear(ENTRY, FRAME),
  compose: or(shl(PFN, 12), ENTRY),
  permissions: reads,
};
const common = {
  none: noneOf(0xffff_ffff_ffff_ffffn),
  present: any(PRESENT),
  pfn: shr(and(ENTRY, FRAME), 12),
};

/**
 * A form that no machine has: two levels of 512 entries for 1 GiB, 4 KiB and 2 MiB pages. Tests
 * choose its byte order and which addresses it takes.
 */
export const madeForm = (changes: Partial<FormDefinition> = {}): EntryForm =>
  new EntryForm({
    name: 'made',
    arch: 'made',
    headers: '7.2',
    summary: 'two levels',
    wordBits: 64,
    byteOrder: 'little',
    pageShift: 12,
    addressBits: 30,
    canonical: 'unsigned',
    levels: [
      { ...level, level: 'pmd', shift: 21, decidedBy: 'pmd' },
      { ...level, level: 'pte', shift: 12, decidedBy: 'pte' },
    ],
    bits: [field('PRESENT', 0), field('LEAF', 1), field('FRAME', 12, 40)],
    helpers: {
      pte: common,
      pmd: { ...common, leaf: any(LEAF), bad: masked(0xffcn, 0xffcn) },
      pud: {},
      p4d: {},
      pgd: {},
    },
    functions: { pfn_pte: or(shl(PFN, 12), PROT), pfn_pmd: or(shl(PFN, 12), PROT) },
    pointers: {},
    leaves: { pte: leafCodec, pmd: leafCodec },
    tables: { pmd: and(ENTRY, FRAME) },
    swap: {
      types: swapTypes('7.2', { devicePrivate: false, memoryFailure: false }),
      codecs: {
        pte: { type: shr(ENTRY, 58), offset: and(shr(ENTRY, 12), word(0xffffn)), make: PROT },
      },
      pfnBits: 40,
      typeShift: 58,
      migrationAgeBits: false,
      constants: {},
    },
    protectionMap: Array.from({ length: 16 }, () => PRESENT),
    namedProtections: {},
    supports: {
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
    },
    vmFlags: {},
    ...changes,
  });
