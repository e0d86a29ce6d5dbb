import {
  and,
  type BitTable,
  ENTRY,
  EntryForm,
  type FormDefinition,
  type FormOptions,
  type HeaderGeneration,
  type Supports,
  type Test,
} from '@pagewright/core';
import { bitTable } from './bits.js';
import { type FormSpec, summary } from './forms.js';
import { leafCodec } from './frames.js';
import { functions } from './functions.js';
import { addressBits, geometry, PAGE_SHIFT } from './geometry.js';
import { pmdHelpers, pteHelpers, pudHelpers, writable } from './leaf-helpers.js';
import { pointers } from './pointers.js';
import { protections } from './protections.js';
import { type Shape, shapeOf } from './shape.js';
import { swapFormat } from './swap.js';
import { p4dHelpers, pgdHelpers } from './upper-helpers.js';
import { vmFlags } from './vm-flags.js';

/** Options of a form beside those that every backend takes. */
export interface X86FormOptions extends FormOptions {
  /** A bit table to use instead of the form's own (tests move bits so). */
  readonly bits?: BitTable;
}

/** Builds a form from its specification. */
export function buildForm(
  spec: FormSpec,
  options: X86FormOptions,
  headers: HeaderGeneration,
): EntryForm {
  const devmap = headers !== '7.2' && options.devmap !== false;
  const shape = shapeOf(
    {
      headers,
      levels: spec.levels,
      shadowStack: spec.shadowStack,
      devmap,
      pageTableIsolation: options.config?.MITIGATION_PAGE_TABLE_ISOLATION === 'y',
    },
    options.bits ?? bitTable(headers, devmap),
  );
  const pte = pteHelpers(shape);
  const pmd = pmdHelpers(shape);
  return new EntryForm({
    name: spec.name,
    arch: 'x86',
    headers,
    summary: summary(spec),
    wordBits: 64,
    byteOrder: 'little',
    pageShift: PAGE_SHIFT,
    addressBits: addressBits(spec.levels),
    canonical: 'sign-extended',
    levels: geometry(spec.levels, headers),
    bits: shape.bits,
    helpers: {
      pte,
      pmd,
      pud: pudHelpers(shape),
      p4d: p4dHelpers(shape),
      pgd: pgdHelpers(shape),
    },
    functions: functions(shape, pte, pmd),
    pointers: pointers(),
    leaves: leaves(shape),
    tables: tables(shape),
    noPointer: noPointer(shape),
    swap: swapFormat(shape, headers, options.devicePrivate ?? spec.devicePrivate),
    ...protections(shape),
    supports: supportsOf(shape),
    pageTableCheck: { since: '5.17', everyEntry: false },
    vmFlags: vmFlags(headers),
  });
}

const leaves = (shape: Shape): FormDefinition['leaves'] => ({
  pte: leafCodec(shape, 'pte', writable(shape, 'pte')),
  pmd: leafCodec(shape, 'pmd', writable(shape, 'pmd')),
  pud: leafCodec(shape, 'pud', writable(shape, 'pud')),
});

/** A dump does not say whether its kernel splits page tables: NX at the top is no reason to stop. */
function noPointer(shape: Shape): NonNullable<FormDefinition['noPointer']> {
  const lenient = { ...shape, pageTableIsolation: true };
  const p4d = p4dHelpers(lenient).bad as Test;
  return shape.levels === 4 ? { p4d } : { p4d, pgd: pgdHelpers(lenient).bad as Test };
}

function tables({ m }: Shape): FormDefinition['tables'] {
  const next = and(ENTRY, m('PHYSICAL_PAGE_MASK'));
  return { pmd: next, pud: next, p4d: next, pgd: next };
}

/** What a distribution's configuration has switched on. */
const supportsOf = ({ devmap, shadowStack }: Shape): Supports => ({
  softDirty: true,
  uffdWp: true,
  devmap,
  protnone: true,
  transparentHugepage: true,
  pudTransparentHugepage: true,
  thpMigration: true,
  gupFast: true,
  shadowStack,
  pgtableDeposit: false,
});
