// A backend as somebody else would write it, against the published types alone: a machine with one
// table of 16 entries of 32 bits. The rehearsal compiles it with TypeScript and has it judged.
import {
  type ArchBackend,
  and,
  any,
  arg,
  type BitField,
  clear,
  ENTRY,
  EntryForm,
  type FormDefinition,
  fail,
  findForm,
  masksOf,
  noneOf,
  ok,
  or,
  PFN,
  PROT,
  set,
  shl,
  shr,
  swapTypes,
  word,
} from '@pagewright/core';

const PAGE_SHIFT = 12;

const field = (name: string, low: number, width: number, meaning: string): BitField => ({
  name,
  low,
  width,
  meaning,
  levels: ['pte'],
  source: 'scripts/release-rehearsal',
});

const bits = [
  field('PRESENT', 0, 1, 'maps a page'),
  field('YOUNG', 1, 1, 'was used'),
  field('DIRTY', 2, 1, 'was written to'),
  field('WRITE', 3, 1, 'may be written to'),
  field('READ', 4, 1, 'may be read'),
  field('EXEC', 5, 1, 'may be executed'),
  field('FRAME', PAGE_SHIFT, 20, 'frame number'),
];

const mask = masksOf(bits);
const present = mask('PRESENT');
const young = mask('YOUNG');
const dirty = mask('DIRTY');
const write = mask('WRITE');
const read = mask('READ');
const exec = mask('EXEC');
const frame = mask('FRAME');
/** What a change of protection leaves as it is. */
const kept = frame | young | dirty;

/** The machine. */
export const definition: FormDefinition = {
  name: 'tiny',
  arch: 'tiny',
  headers: '7.2',
  summary: 'one table of 16 entries',
  wordBits: 32,
  byteOrder: 'little',
  pageShift: PAGE_SHIFT,
  addressBits: PAGE_SHIFT + 4,
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
  bits,
  helpers: {
    pte: {
      none: noneOf(0xffff_ffffn),
      present: any(present),
      young: any(young),
      dirty: any(dirty),
      write: any(write),
      pfn: shr(and(ENTRY, frame), PAGE_SHIFT),
      mkyoung: set(ENTRY, young),
      mkold: clear(ENTRY, young),
      mkdirty: set(ENTRY, dirty),
      mkclean: clear(ENTRY, dirty),
      mkwrite_novma: set(ENTRY, write),
      wrprotect: clear(ENTRY, write),
      modify: or(and(ENTRY, kept), clear(PROT, kept)),
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
      attributes: clear(ENTRY, frame),
      compose: or(and(shl(PFN, PAGE_SHIFT), frame), ENTRY),
      permissions: {
        read: any(read),
        write: any(write),
        execute: any(exec),
        user: any(present),
      },
    },
  },
  tables: {},
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
  // VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8: private mappings are written by way of a copy.
  protectionMap: Array.from(
    { length: 16 },
    (_, vm) =>
      present | (vm & 3 ? read : 0n) | ((vm & 10) === 10 ? write : 0n) | (vm & 4 ? exec : 0n),
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

/** A backend of one form. */
export function backendOf(form: EntryForm): ArchBackend {
  const specification = {
    name: form.name,
    summary: form.definition.summary,
    headers: [form.headers],
  };
  return {
    arch: form.arch,
    forms: [specification],
    form: (name, options) => {
      const found = findForm(form.arch, [specification], name, options?.headers);
      return found.ok ? ok(form) : found;
    },
    formFromDump: () => fail('unknown-form', 'tiny machines are not dumped', {}),
  };
}

export const tiny = backendOf(new EntryForm(definition));
