import { formatVmFlags } from '@pagewright/core';
import {
  COLUMNS,
  type Column,
  type Entry,
  Frame,
  Mm,
  OWNER,
  PAGE_FLAG,
  Slot,
  type State,
  Table,
  Vma,
} from '@pagewright/mm';
import type { World } from '../setup/world.js';
import { entryText } from './entry-text.js';
import { foldLines } from './fold-lines.js';

/** Columns that say how records hang together rather than what happened. */
const PLUMBING: ReadonlySet<Column> = new Set([
  ...[Frame.ownerId, Frame.index, Frame.lruPrevious, Frame.lruNext, Frame.head, Frame.content],
  ...[Frame.lru, Frame.mmId0, Frame.mmId1, Frame.mmId0Mapcount, Frame.mmId1Mapcount],
  ...[Mm.root, Mm.firstVma, Vma.used, Vma.mm, Vma.next, Vma.ops, Vma.anonVma, Vma.firstAvc],
  Vma.pageProt,
]);
/** Records that are not told about. */
const SILENT = [
  'avc',
  'table',
  'mapping',
  'pgmap',
  'reference',
  'global',
  'anonVma',
  'cacheSlot',
  'inFlight',
  'waiter',
  'kept',
];

/** Names of columns as people say them, where the kernel's is not short. */
const SHORT: Readonly<Record<string, string>> = {
  filePages: 'file',
  anonPages: 'anon',
  shmemPages: 'shmem',
  swapEntries: 'swap',
  nrPtes: 'PTE tables',
  nrPmds: 'PMD tables',
  nrPuds: 'PUD tables',
  entireMapcount: 'entire',
  largeMapcount: 'large mapcount',
  pagesMapped: 'pages mapped',
  writeProtectSeq: 'write_protect_seq',
};

interface Change {
  readonly column: Column;
  readonly record: number;
  readonly before: number;
  readonly after: number;
}

/** What a step changed, a line for each thing that it changed: fields with before and after. */
export function changeLines(world: World, before: State, after: State): string[] {
  const places = new Places(world, before, after);
  const lines = new Map<string, string[]>();
  for (const change of changesBetween(before, after)) {
    const told = tell(world, places, change);
    if (told === undefined) continue;
    const known = lines.get(told.subject);
    if (known === undefined) lines.set(told.subject, [told.text]);
    else known.push(told.text);
  }
  return foldLines([...lines].map(([subject, texts]) => `${subject}: ${texts.join(', ')}`));
}

function changesBetween(before: State, after: State): Change[] {
  const changes: Change[] = [];
  after.forEachChange(before, (column, record, was, value) => {
    changes.push({ column, record, before: was, after: value });
  });
  const entriesFirst = ({ column }: Change): number => (column === Slot.entry ? -1 : column);
  return changes.sort((a, b) => entriesFirst(a) - entriesFirst(b) || a.record - b.record);
}

function tell(
  world: World,
  places: Places,
  { column, record, before, after }: Change,
): { subject: string; text: string } | undefined {
  if (PLUMBING.has(column)) return undefined;
  const info = COLUMNS[column];
  if (info === undefined || SILENT.includes(info.record)) return undefined;
  const arrow = `${SHORT[info.field] ?? info.field} ${before} -> ${after}`;
  switch (info.record) {
    case 'slot':
      return places.entry(record, before, after);
    case 'frame':
      if (places.isTable(record)) return undefined;
      return { subject: world.frameName(record), text: frameText(column, before, after) ?? arrow };
    case 'mm':
      return column === Mm.used ? undefined : { subject: world.processName(record), text: arrow };
    case 'vma': {
      const subject = places.vma(record);
      if (places.isNew(record))
        return column === Vma.start
          ? { subject, text: after === 0 ? 'VMA gone' : 'VMA made' }
          : undefined;
      if (column !== Vma.flags) return { subject, text: arrow };
      return { subject, text: flagsText(world, before, after) };
    }
    default:
      return { subject: `${info.record} ${record}`, text: arrow };
  }
}

const nameOf = (numbers: Readonly<Record<string, number>>, value: number): string =>
  Object.entries(numbers).find(([, number]) => number === value)?.[0] ?? String(value);

function frameText(column: Column, before: number, after: number): string | undefined {
  if (column === Frame.owner) return `owner ${nameOf(OWNER, before)} -> ${nameOf(OWNER, after)}`;
  if (column !== Frame.flags) return undefined;
  return Object.entries(PAGE_FLAG)
    .filter(([, bit]) => ((before ^ after) & bit) !== 0)
    .map(([name, bit]) => `${(after & bit) === 0 ? '-' : '+'}${name}`)
    .join(' ');
}

function flagsText({ model }: World, before: number, after: number): string {
  const { flagSets, form } = model.machine;
  const [was, is] = [flagSets.value(before), flagSets.value(after)];
  const names = (flags: bigint, sign: string): string[] =>
    flags === 0n ? [] : [sign + formatVmFlags(flags, form.definition)];
  return [...names(is & ~was, '+'), ...names(was & ~is, '-')].join(' ');
}

/** Where slots and VMAs lie, before and after a step. */
class Places {
  private readonly bases = new Map<number, { mm: number; vpn: number; level: number }>();

  constructor(
    private readonly world: World,
    private readonly before: State,
    private readonly after: State,
  ) {
    for (const state of [before, after]) this.findTables(state);
  }

  /** The frame holds a page table. */
  isTable(frame: number): boolean {
    const { tableFrame, layout } = this.world.model.machine;
    return frame >= tableFrame && frame < tableFrame + layout.capacities.table;
  }

  /** The VMA was not there before, or is there no more. */
  isNew(record: number): boolean {
    return this.before.get(Vma.used, record) !== this.after.get(Vma.used, record);
  }

  vma(record: number): string {
    const state = this.after.get(Vma.used, record) === 0 ? this.before : this.after;
    const start = state.get(Vma.start, record);
    return this.world.addressName(state.ref(Vma.mm, record), start);
  }

  entry(
    slot: number,
    before: number,
    after: number,
  ): { subject: string; text: string } | undefined {
    if (before < 0 || after < 0) return undefined;
    const { machine } = this.world.model;
    const table = Math.floor(slot / machine.tableStride);
    const base = this.bases.get(table);
    const level = base === undefined ? undefined : machine.levels[base.level];
    if (base === undefined || level === undefined) return undefined;
    if (level.level !== 'pte' && level.level !== 'pmd' && level.level !== 'pud') return undefined;
    const vpn = base.vpn + (slot % machine.tableStride) * level.pages;
    const space = machine.space(level.level);
    const [was, is] = [before, after].map((word) => entryText(this.world, space, word as Entry));
    const place = this.world.addressName(base.mm, vpn);
    return {
      subject: level.level === 'pte' ? place : `${place} (${level.level})`,
      text: `${was} -> ${is}`,
    };
  }

  /** Goes down from every root; each table is visited once. */
  private findTables(state: State): void {
    const { levels, layout } = this.world.model.machine;
    for (let mm = 0; mm < layout.capacities.mm; mm++) {
      const root = state.get(Mm.used, mm) === 0 ? -1 : state.ref(Mm.root, mm);
      if (root >= 0) this.visit(state, root, mm, levels.length - 1, 0);
    }
  }

  private visit(state: State, table: number, mm: number, number: number, vpn: number): void {
    if (state.get(Table.used, table) === 0) return;
    this.bases.set(table, { mm, vpn, level: number });
    const { levels, tableStride } = this.world.model.machine;
    const level = levels[number];
    if (level === undefined || number === 0) return;
    for (let i = 0; i < level.entries; i++) {
      const word = state.get(Slot.entry, table * tableStride + i);
      if (word < 0) this.visit(state, -word - 1, mm, number - 1, vpn + i * level.pages);
    }
  }
}
