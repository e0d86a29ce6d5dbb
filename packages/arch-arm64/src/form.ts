import {
  add,
  all,
  type BitTable,
  EntryForm,
  type FormDefinition,
  type FormOptions,
  type HeaderGeneration,
  type HelperTable,
  inline,
  type Level,
  masksOf,
  or,
  type Supports,
  when,
  word,
} from '@pagewright/core';
import { addressCodec, type FrameHelpers, frameHelpers } from './address.js';
import { bitTable } from './bits.js';
import { entryHelpers, pteHelpers } from './entry-helpers.js';
import { type FormSpec, physicalBits, summary } from './forms.js';
import { functions, pointers } from './functions.js';
import { CONTIGUOUS_PTES, levelsOf } from './geometry.js';
import { type Frames, leafCodecs } from './leaves.js';
import { protections } from './protections.js';
import type { Shape } from './shape.js';
import { swapFormat } from './swap.js';
import { foldedPud, pmdHelpers, pudHelpers, tableOnlyHelpers } from './upper-helpers.js';
import { vmFlags } from './vm-flags.js';

/** Options of a form, and a bit table to use instead of the form's own (tests move bits so). */
export interface Arm64FormOptions extends FormOptions {
  readonly bits?: BitTable;
}

/** Builds a form from its specification. */
export function buildForm(spec: FormSpec, options: Arm64FormOptions, headers: HeaderGeneration) {
  const { pageShift, addressBits, encoding } = spec;
  const devmap = headers === '6.1' || (headers === '6.12' && options.devmap !== false);
  const bits = options.bits ?? bitTable({ pageShift, encoding, headers, devmap });
  const m = masksOf(bits);
  const address = addressCodec(m, bits, encoding, pageShift);
  const uffdWp = headers !== '6.1';
  const shape: Shape = { headers, pageShift, bits, m, address, devmap, uffdWp };
  const levels = levelsOf(spec, headers);
  const { named, map } = protections(shape);
  const frames = framesOf(shape, levels);
  return new EntryForm({
    name: spec.name,
    arch: 'arm64',
    headers,
    summary: summary(spec),
    wordBits: 64,
    byteOrder: 'little',
    pageShift,
    addressBits,
    canonical: 'either-half',
    levels,
    bits,
    helpers: helpersOf(shape, levels, frames),
    functions: functions(shape),
    pointers: pointers(shape),
    leaves: leafCodecs(shape, levels, frames),
    tables: Object.fromEntries(tableDeciders(levels).map((level) => [level, address.physical])),
    ...(encoding === 'plain' ? {} : { tableFrameBits: address.frameBits }),
    swap: swapFormat(bits, {
      headers,
      devicePrivate: options.devicePrivate ?? true,
      pageShift,
      physicalBits: physicalBits(spec),
    }),
    protectionMap: map,
    namedProtections: named,
    supports: supportsOf(headers, devmap, uffdWp),
    pageTableCheck: { since: '5.19', everyEntry: false },
    vmFlags: vmFlags(headers),
  });
}

type Levels = FormDefinition['levels'];

function framesOf({ address, pageShift }: Shape, levels: Levels): Frames {
  const at = (level: Level): FrameHelpers =>
    frameHelpers(address, pageShift, levels.find((g) => g.level === level)?.shift ?? pageShift);
  return { pte: at('pte'), pmd: at('pmd'), pud: at('pud') };
}

/** Levels whose helpers decide about pointers to tables. */
const tableDeciders = (levels: Levels): Level[] =>
  levels.filter((g) => !g.folded && g.level !== 'pte').map((g) => g.decidedBy);

function helpersOf(shape: Shape, levels: Levels, frames: Frames): FormDefinition['helpers'] {
  const shared = entryHelpers(shape);
  const decides = (level: Level): boolean => levels.some((g) => !g.folded && g.decidedBy === level);
  const plain = ({ pfn, pgprot }: FrameHelpers): HelperTable => ({ pfn, pgprot });
  const pte = pteHelpers(shape, shared, { ...plain(frames.pte), ...runHelpers(shape, frames.pte) });
  const pmdFolded = levels.some((g) => g.level === 'pmd' && g.folded);
  return {
    pte,
    pmd: pmdHelpers(shape, shared, plain(frames.pmd)),
    pud: pmdFolded ? foldedPud : pudHelpers(shape, shared, plain(frames.pud)),
    p4d: decides('p4d') ? tableOnlyHelpers(shape) : {},
    pgd: decides('pgd') ? tableOnlyHelpers(shape) : {},
  };
}

/** Helpers about runs of pages; `batch_hint` answers for the first entry of a contiguous run. */
function runHelpers(shape: Shape, { pfn, pgprot }: FrameHelpers): HelperTable {
  const next = inline(shape.address.frameBits, { pfn: add(pfn, 1n) });
  const helpers = { next_pfn: or(next, pgprot) };
  if (shape.headers === '6.1') return helpers;
  const run = BigInt(CONTIGUOUS_PTES[shape.pageShift] as number);
  const inRun = all(shape.m('PTE_VALID', 'PTE_CONT'));
  return { ...helpers, batch_hint: when(inRun, word(run), word(1n)) };
}

const supportsOf = (headers: HeaderGeneration, devmap: boolean, uffdWp: boolean): Supports => ({
  softDirty: false,
  uffdWp,
  devmap,
  protnone: true,
  transparentHugepage: true,
  pudTransparentHugepage: false,
  thpMigration: true,
  gupFast: true,
  // Guarded control stacks (ARM64_GCS).
  shadowStack: headers === '7.2',
  pgtableDeposit: false,
});
