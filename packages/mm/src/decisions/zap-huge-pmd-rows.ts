import { type AbsentKind, VM_MAYWRITE, VM_MIXEDMAP, VM_PFNMAP, VM_SHARED } from '@pagewright/core';
import { hasFlag } from '../frames/folio.js';
import { PAGE_FLAG } from '../frames/page-flags.js';
import { zapHugePmd } from '../huge/zap-huge.js';
import { type Entry, NONE } from '../machine/entries.js';
import { run } from '../model.js';
import { Frame, Mm, Table, Vma } from '../state/columns.js';
import { depositTable, pagesOfLevel, tableHolding } from '../tables/tables.js';
import { hugePfnOfKind, mapWhole } from './huge-page-kinds.js';
import { eventWords } from './render.js';
import {
  BadRow,
  comparing,
  type DecisionComparer,
  type DecisionRow,
  type Inputs,
  type NotModelled,
  type RowAnswer,
} from './row.js';
import { FILES } from './vma-kinds.js';
import { type World, worldOf } from './world.js';
import { withBits } from './zap-huge-rows.js';

/** A PMD of these rows by its name in the files: what it maps, or would map if it were present. */
interface ZappedPmd {
  readonly folio: string;
  readonly absent?: AbsentKind;
}
const ENTRIES: Readonly<Record<string, ZappedPmd>> = {
  anon: { folio: 'anon' },
  file: { folio: 'file' },
  shmem: { folio: 'shmem' },
  dax: { folio: 'dax' },
  hz: { folio: 'huge_zero' },
  no_memmap: { folio: 'no_memmap' },
  beyond: { folio: 'beyond' },
  migration_anon: { folio: 'anon', absent: 'migration-read' },
  migration_file: { folio: 'file', absent: 'migration-read' },
  devpriv: { folio: 'devpriv', absent: 'device-private-write' },
};

const COUNTERS = { ANON: Mm.anonPages, FILE: Mm.filePages, SHMEM: Mm.shmemPages } as const;

/** More than anything here takes away. */
const ENOUGH = 1000;

const zapRows: RowAnswer = (row, revision) => {
  const world = worldOf(revision, row, 'pmd', { pgtableDeposit: row.flag('deposit_needed') });
  const { model, vma, mm, vpn, slot } = world;
  const { state, machine } = model;
  for (const counter of Object.values(COUNTERS)) state.set(counter, mm, ENOUGH);
  depositTable(model, mm, slot);
  const kind = row.of('entry', ENTRIES);
  const pfn = hugePfnOfKind(world, kind.folio);
  if (pfn === undefined) throw new BadRow(`no folio ${kind.folio}`);
  const frame = machine.memory.frame(pfn);
  if (frame >= 0) mapWhole(world, frame);
  const space = machine.space('pmd');
  const plain =
    kind.absent === undefined
      ? space.leaf(pfn, world.prot(false))
      : (space.makeAbsent(kind.absent, pfn) ?? NONE);
  const file = row.of('file', FILES);
  world.setFile(file);
  // A VMA without a file is a driver's where it maps raw frames, and anonymous memory elsewhere.
  const raw = row.flag('pfnmap') || row.flag('mixed');
  world.setOps(file === undefined && !raw ? 'no_ops' : 'ops_plain');
  world.keep();
  return (inputs) => {
    world.restore();
    setVma(world, inputs, pfn);
    let entry = withBits(world, plain, inputs);
    if (inputs.is('special')) entry = space.to.mkspecial(entry);
    world.setEntry(entry);
    const outcome = run(model, () => zapHugePmd(model, vma, vpn, slot));
    if (outcome.bug === 'wild-page') return WILD;
    if (outcome.bug !== undefined) return `x${eventWords(model)}`;
    return sorted(`${outcome.value}${words(world, frame, slot, entry)}${eventWords(model)}`);
  };
};

const WILD: NotModelled = { notModelled: 'recorded, not modelled: a page without struct page' };

/** Flags of the VMA, and its line through the pfn or beside it. */
function setVma(world: World, inputs: Inputs, pfn: number): void {
  const { model, vma, vpn } = world;
  let flags = 0n;
  if (inputs.is('shared')) flags |= VM_SHARED;
  if (inputs.is('maywrite')) flags |= VM_MAYWRITE;
  if (inputs.is('pfnmap')) flags |= VM_PFNMAP;
  if (inputs.is('mixed')) flags |= VM_MIXEDMAP;
  world.setFlags(flags);
  const onLine = pfn - (vpn - model.state.get(Vma.start, vma));
  model.state.set(Vma.pgoff, vma, inputs.is('linear') ? onLine : onLine + ENOUGH);
}

/** What happened to the folio, the deposited table and the counters. */
function words(world: World, frame: number, slot: number, entry: Entry): string {
  const { model, before, mm } = world;
  const { state } = model;
  let text = '';
  if (frame >= 0) {
    if (state.get(Frame.entireMapcount, frame) < before.get(Frame.entireMapcount, frame)) {
      text += ' rmap';
    }
    if (hasFlag(model, frame, PAGE_FLAG.dirty)) text += ' dirty';
    if (hasFlag(model, frame, PAGE_FLAG.referenced)) text += ' accessed';
    if (state.get(Frame.refcount, frame) < before.get(Frame.refcount, frame)) {
      text += model.pmd.is.present(entry) ? ' put' : ' put-now';
    }
  }
  const table = tableHolding(model, slot);
  if (state.get(Table.deposits, table) < before.get(Table.deposits, table)) {
    text += ' deposit-freed';
  }
  for (const [name, counter] of Object.entries(COUNTERS)) {
    const by = state.get(counter, mm) - before.get(counter, mm);
    if (by !== 0) text += ` ${name}${by === -pagesOfLevel(model, 'pmd') ? '-512' : by}`;
  }
  return text;
}

/** Events have no order that means anything: the words of an answer behind the first, sorted. */
function sorted(answer: string): string {
  const [value, ...events] = answer.split(' ');
  return [value, ...events.sort()].join(' ');
}

/** The same row with the words of its answers sorted. */
function sortedRow(row: DecisionRow): DecisionRow {
  const { dict } = row.fields;
  if (typeof dict !== 'object' || dict === null) return row;
  const texts = Object.entries(dict).map(([letter, text]) => [
    letter,
    typeof text === 'string' && !text.startsWith('x') ? sorted(text) : text,
  ]);
  return { ...row, fields: { ...row.fields, dict: Object.fromEntries(texts) } };
}

const compare = comparing({ zap_huge_pmd: zapRows });

/** Group `zap_huge_pmd`: every kind of VMA and of PMD. */
export const zapHugePmdComparer: DecisionComparer = {
  group: 'zap_huge_pmd',
  compare: (row, revision) => compare(sortedRow(row), revision),
};
