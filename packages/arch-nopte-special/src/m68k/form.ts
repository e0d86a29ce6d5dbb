import {
  and,
  type BitTable,
  ENTRY,
  type FormDefinition,
  fieldOf,
  type HeaderGeneration,
  type HelperTable,
  type Masks,
  masksOf,
  PROT,
  protectionMap,
  set,
  word,
} from '@pagewright/core';
import { lackingVmFlags, supportsNothing } from '../absent-features.js';
import type { FormSpec } from '../form-spec.js';
import { frameCodec } from '../frame-codec.js';
import { levelsOf } from '../geometry.js';
import { plainProtections } from '../shared-helpers.js';
import { swapFormat } from '../swap-format.js';
import { bitTable } from './bits.js';
import { permissions, protNone, pteHelpers, tableHelpers } from './entry-helpers.js';

const PAGE_SHIFT = 12;
/** 64 ptes, 128 pmds, 128 pgds: several tables share a page. */
const INDEX_BITS = [6, 7, 7];

/** Motorola 68030; on a 68040 or 68060 paging_init() adds a cache mode to every protection. */
export const m68k: FormSpec = {
  name: 'm68k',
  summary: 'Motorola 68030, 4 KiB pages, 32-bit entries',
  headers: ['6.12', '7.2'],
  define,
};

function define(headers: HeaderGeneration, bits: BitTable = bitTable): FormDefinition {
  const m = masksOf(bits);
  const frame = frameCodec(fieldOf(bits, 'PAGE_MASK'));
  const base = { name: m68k.name, arch: 'm68k', headers, wordBits: 32 } as const;
  const { map, named } = protections(m);
  const next = and(ENTRY, m('_TABLE_MASK'));
  return {
    ...base,
    pageShift: PAGE_SHIFT,
    summary: m68k.summary,
    byteOrder: 'big',
    addressBits: INDEX_BITS.reduce((sum, n) => sum + n, PAGE_SHIFT),
    canonical: 'unsigned',
    levels: levelsOf(PAGE_SHIFT, INDEX_BITS),
    bits,
    helpers: {
      pte: pteHelpers(m, frame),
      pmd: tableHelpers(m, frame.pfn),
      pud: tableHelpers(m, word(0n)),
      p4d: {},
      pgd: {},
    },
    functions: { pfn_pte: frame.built, ...protectionChanges(m) },
    pointers: {},
    leaves: { pte: frame.leaf(permissions(m)) },
    tables: { pmd: next, pud: next },
    swap: swapFormat(bits, { ...base, pageShift: PAGE_SHIFT }),
    protectionMap: map,
    namedProtections: named,
    supports: supportsNothing,
    vmFlags: { ...lackingVmFlags, ...flagsOf64Bits },
  };
}

/** Flags that only 64-bit kernels have. */
const flagsOf64Bits: Readonly<Record<string, bigint>> = {
  VM_ALLOW_ANY_UNCACHED: 0n,
  VM_DROPPABLE: 0n,
  VM_SEALED: 0n,
};

/** pgprot_noncached() of a 68030, which the generic header takes for the other two. */
function protectionChanges(m: Masks): HelperTable {
  const uncached = set(PROT, m('_PAGE_NOCACHE030'));
  return {
    ...plainProtections,
    pgprot_noncached: uncached,
    pgprot_writecombine: uncached,
    pgprot_device: uncached,
  };
}

function protections(m: Masks) {
  const shared = m('_PAGE_PRESENT', '_PAGE_ACCESSED');
  const readOnly = shared | m('_PAGE_RONLY');
  const none = protNone(m) | m('_PAGE_ACCESSED');
  const kernel = shared | m('_PAGE_DIRTY');
  const named = {
    PAGE_NONE: none,
    PAGE_READONLY: readOnly,
    PAGE_COPY: readOnly,
    PAGE_SHARED: shared,
    PAGE_KERNEL: kernel,
    PAGE_KERNEL_RO: kernel,
    PAGE_KERNEL_EXEC: kernel,
  };
  const map = protectionMap({
    none,
    readonly: readOnly,
    readonlyExec: readOnly,
    shared,
    sharedExec: shared,
  });
  return { map, named };
}
