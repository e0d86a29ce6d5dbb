import {
  type BitTable,
  type FormDefinition,
  fieldOf,
  type HeaderGeneration,
  type Masks,
  masksOf,
  PFN,
  shl,
  word,
} from '@pagewright/core';
import { lackingVmFlags, supportsNothing } from '../absent-features.js';
import type { FormSpec } from '../form-spec.js';
import { frameCodec } from '../frame-codec.js';
import { levelsOf } from '../geometry.js';
import { plainProtections } from '../shared-helpers.js';
import { swapFormat } from '../swap-format.js';
import { bitTable } from './bits.js';
import { accessBits, permissions, pteHelpers, tableHelpers } from './entry-helpers.js';

const PAGE_SHIFT = 13;
/** Every table fills a page. */
const INDEX_BITS = [10, 10, 10];

/** DEC Alpha. */
export const alpha: FormSpec = {
  name: 'alpha',
  summary: 'DEC Alpha, 8 KiB pages, 43-bit addresses',
  headers: ['6.12', '7.2'],
  define,
};

function define(headers: HeaderGeneration, bits: BitTable = bitTable): FormDefinition {
  const m = masksOf(bits);
  const frameField = fieldOf(bits, '_PFN_MASK');
  const frame = frameCodec(frameField);
  const base = { name: alpha.name, arch: 'alpha', headers, wordBits: 64 } as const;
  const { map, named } = protections(m);
  const next = shl(frame.pfn, PAGE_SHIFT);
  return {
    ...base,
    pageShift: PAGE_SHIFT,
    summary: alpha.summary,
    byteOrder: 'little',
    addressBits: INDEX_BITS.reduce((sum, n) => sum + n, PAGE_SHIFT),
    canonical: 'sign-extended',
    levels: levelsOf(PAGE_SHIFT, INDEX_BITS),
    bits,
    helpers: {
      pte: pteHelpers(m, frame, headers === '6.12'),
      pmd: tableHelpers(m, frame.pfn),
      pud: tableHelpers(m, word(0n)),
      p4d: {},
      pgd: {},
    },
    functions: { pfn_pte: frame.built, ...plainProtections },
    pointers: {},
    leaves: { pte: frame.leaf(permissions(m)) },
    tables: { pmd: next, pud: next },
    tableFrameBits: shl(PFN, frameField.low),
    swap: swapFormat(bits, { ...base, pageShift: PAGE_SHIFT }),
    protectionMap: map,
    namedProtections: named,
    supports: supportsNothing,
    vmFlags: lackingVmFlags,
  };
}

function protections(m: Masks) {
  const normal = m('_PAGE_VALID') | accessBits(m);
  const PAGE_SHARED = normal;
  const PAGE_READONLY = normal | m('_PAGE_FOW');
  const PAGE_KERNEL = m('_PAGE_VALID', '_PAGE_ASM', '_PAGE_KRE', '_PAGE_KWE');
  const named = {
    PAGE_NONE: normal | m('_PAGE_FOR', '_PAGE_FOW', '_PAGE_FOE'),
    PAGE_SHARED,
    PAGE_COPY: PAGE_READONLY,
    PAGE_READONLY,
    PAGE_KERNEL,
    PAGE_KERNEL_RO: PAGE_KERNEL,
    PAGE_KERNEL_EXEC: PAGE_KERNEL,
  };
  // Writing implies reading; private mappings are written by way of a copy.
  const map = Array.from({ length: 16 }, (_, index) => {
    const unreadable = (index & 3) === 0 ? m('_PAGE_FOR') : 0n;
    const unwritable = (index & 10) === 10 ? 0n : m('_PAGE_FOW');
    const unexecutable = (index & 4) === 0 ? m('_PAGE_FOE') : 0n;
    return normal | unreadable | unwritable | unexecutable;
  });
  return { map, named };
}
