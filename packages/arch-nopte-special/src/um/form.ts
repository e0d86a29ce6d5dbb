import {
  and,
  arg,
  type BitTable,
  ENTRY,
  type FormDefinition,
  type HeaderGeneration,
  type HelperTable,
  type Masks,
  masksOf,
  protectionMap,
  type Word,
} from '@pagewright/core';
import { lackingVmFlags, supportsNothing } from '../absent-features.js';
import type { FormSpec } from '../form-spec.js';
import { levelsOf } from '../geometry.js';
import { plainProtections } from '../shared-helpers.js';
import { swapFormat } from '../swap-format.js';
import { bitTable } from './bits.js';
import { noFrame, permissions, pteHelpers, tableHelpers } from './entry-helpers.js';
import { pointers, samePte } from './pointers.js';
import { type Shape, shapeOf } from './shape.js';

const PAGE_SHIFT = 12;
/** Index bits of the tables, leaf first: three tables until 6.12, four since (pgtable-4level.h). */
const INDEX_BITS: Readonly<Record<HeaderGeneration, readonly number[]>> = {
  '6.1': [9, 9, 9],
  '6.12': [9, 9, 9],
  '7.2': [9, 9, 9, 9],
};

/** User-Mode Linux on an x86-64 host. */
export const um: FormSpec = {
  name: 'um',
  summary: 'User-Mode Linux on x86-64, 4 KiB pages',
  headers: ['6.1', '6.12', '7.2'],
  define,
};

function define(headers: HeaderGeneration, bits: BitTable = bitTable(headers)): FormDefinition {
  const m = masksOf(bits);
  const shape = shapeOf(headers, bits, m);
  const indexBits = INDEX_BITS[headers];
  const base = { name: um.name, arch: 'um', headers, wordBits: 64, pageShift: PAGE_SHIFT } as const;
  const pte = pteHelpers(shape);
  const { map, named } = protections(m);
  return {
    ...base,
    summary: um.summary,
    byteOrder: 'little',
    addressBits: indexBits.reduce((sum, n) => sum + n, PAGE_SHIFT),
    canonical: 'unsigned',
    levels: levelsOf(PAGE_SHIFT, indexBits),
    bits,
    helpers: {
      pte,
      pmd: tableHelpers(shape, shape.frame.pfn),
      pud: tableHelpers(shape, noFrame),
      p4d: indexBits.length > 3 ? tableHelpers(shape) : {},
      pgd: {},
    },
    functions: functions(shape),
    pointers: pointers(shape, pte.wrprotect as Word),
    leaves: { pte: shape.frame.leaf(permissions(shape)) },
    tables: tables(m, indexBits.length),
    swap: swapFormat(bits, base),
    protectionMap: map,
    namedProtections: named,
    supports: supportsNothing,
    vmFlags: lackingVmFlags,
  };
}

function tables(m: Masks, count: number): FormDefinition['tables'] {
  const next = and(ENTRY, m('PAGE_MASK'));
  return { pmd: next, pud: next, ...(count > 3 ? { p4d: next } : {}) };
}

const functions = (shape: Shape): HelperTable => ({
  pfn_pte: shape.frame.built,
  pfn_pmd: shape.frame.built,
  pte_same: samePte(shape, ENTRY, arg('other')),
  ...plainProtections,
});

function protections(m: Masks) {
  const user = m('_PAGE_PRESENT', '_PAGE_USER', '_PAGE_ACCESSED');
  const none = m('_PAGE_PROTNONE', '_PAGE_ACCESSED');
  const shared = user | m('_PAGE_RW');
  const kernel = m('_PAGE_PRESENT', '_PAGE_RW', '_PAGE_DIRTY', '_PAGE_ACCESSED');
  const named = {
    PAGE_NONE: none,
    PAGE_READONLY: user,
    PAGE_COPY: user,
    PAGE_SHARED: shared,
    PAGE_KERNEL: kernel,
    PAGE_KERNEL_RO: kernel,
    PAGE_KERNEL_EXEC: kernel,
  };
  const map = protectionMap({
    none,
    readonly: user,
    readonlyExec: user,
    shared,
    sharedExec: shared,
  });
  return { map, named };
}
