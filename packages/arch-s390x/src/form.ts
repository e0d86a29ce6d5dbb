import {
  and,
  type BitTable,
  ENTRY,
  EntryForm,
  type FormDefinition,
  type FormOptions,
  type HeaderGeneration,
  masksOf,
  type Supports,
} from '@pagewright/core';
import { bitTable } from './bits.js';
import { type FormSpec, summary } from './forms.js';
import { functions } from './functions.js';
import { addressBits, levelsOf, PAGE_SHIFT } from './geometry.js';
import { leafCodec } from './leaves.js';
import { pointers } from './pointers.js';
import { type Protections, protections } from './protections.js';
import { pteHelpers } from './pte-helpers.js';
import { p4dHelpers, pgdHelpers, pudHelpers } from './region-helpers.js';
import { pmdHelpers } from './segment-helpers.js';
import type { Shape } from './shape.js';
import { swapFormat } from './swap.js';

/** Options of a form beside those that every backend takes. */
export interface S390xFormOptions extends FormOptions {
  /** A bit table to use instead of the form's own (tests move bits so). */
  readonly bits?: BitTable;
  /** The machine can forbid execution; true when left out. Without it protections lose the bit. */
  readonly noexec?: boolean;
}

/** Builds a form from its specification. */
export function buildForm(
  spec: FormSpec,
  options: S390xFormOptions,
  headers: HeaderGeneration,
): EntryForm {
  const bits = options.bits ?? bitTable(headers);
  const shape: Shape = {
    headers,
    bits,
    m: masksOf(bits),
    upperSwap: headers === '7.2',
    noexec: options.noexec ?? true,
  };
  const chosen = protections(shape);
  return new EntryForm({
    name: spec.name,
    arch: 's390x',
    headers,
    summary: summary(spec),
    wordBits: 64,
    byteOrder: 'big',
    pageShift: PAGE_SHIFT,
    addressBits: addressBits(spec.levels),
    canonical: 'unsigned',
    levels: levelsOf(spec.levels),
    bits,
    helpers: helpers(shape, chosen),
    functions: functions(shape, chosen),
    pointers: pointers(shape),
    leaves: {
      pte: leafCodec(shape, 'pte'),
      pmd: leafCodec(shape, 'pmd'),
      pud: leafCodec(shape, 'pud'),
    },
    tables: tables(shape),
    // DEVICE_PRIVATE needs ZONE_DEVICE, which s390 got after 6.12.
    swap: swapFormat(shape, options.devicePrivate ?? headers === '7.2'),
    protectionMap: chosen.map,
    namedProtections: chosen.named,
    supports: supports(shape),
    pageTableCheck: { since: '7.1', everyEntry: true },
    vmFlags: { VM_UFFD_MINOR: 0n },
  });
}

const helpers = (shape: Shape, chosen: Protections): FormDefinition['helpers'] => ({
  pte: pteHelpers(shape, chosen),
  pmd: pmdHelpers(shape, chosen),
  pud: pudHelpers(shape),
  p4d: p4dHelpers(shape),
  pgd: pgdHelpers(shape),
});

function tables({ m }: Shape): FormDefinition['tables'] {
  const region = and(ENTRY, m('_REGION_ENTRY_ORIGIN'));
  return { pmd: and(ENTRY, m('_SEGMENT_ENTRY_ORIGIN')), pud: region, p4d: region, pgd: region };
}

const supports = ({ upperSwap }: Shape): Supports => ({
  softDirty: true,
  uffdWp: false,
  devmap: false,
  protnone: true,
  transparentHugepage: true,
  pudTransparentHugepage: false,
  thpMigration: upperSwap,
  gupFast: true,
  shadowStack: false,
  pgtableDeposit: false,
});
