import { formatVmFlags, type Hex, hex, ok, type Result } from '@pagewright/core';
import {
  type AreaRange,
  areaRanges,
  type Judge,
  type JudgedEntry,
  judgedEntries,
  type MappedArea,
  type RangeKey,
  rangeKey,
  type WalkContext,
} from '@pagewright/inspect';
import { type JudgedData, judgedData, type PageData, pageData, verdictData } from './entry-data.js';
import type { FoundProcess } from './processes.js';

/** Neighbouring entries with the same verdict, as data. */
export type JudgedRangeData = Omit<JudgedData, 'addr' | 'size' | 'raw' | 'absent'> & {
  readonly start: Hex;
  readonly end: Hex;
  readonly entries: number;
};

/** A mapping with what its tables hold. */
export type AreaData = {
  readonly start: Hex;
  readonly end: Hex;
  readonly flags: Hex;
  /** Names of the flags, `VM_READ`; what has no name as a number. */
  readonly flagNames: readonly string[];
  /** vm_pgoff, in pages. */
  readonly pgoff: Hex;
  readonly name: string;
  readonly ranges: readonly JudgedRangeData[];
  readonly entries: readonly (JudgedData & { readonly page: PageData | null })[];
  readonly problem: string | null;
};

/** Entries of a process by what they are. */
export type Totals = {
  /** Entries that map a page. */
  page: number;
  /** Entries that map none. */
  none: number;
  /** Entries that the kernel would report. */
  bad: number;
  /** Entries that are not present. */
  absent: number;
  /** Words that mean nothing, and tables that cannot be used. */
  broken: number;
};

export const noTotals = (): Totals => ({ page: 0, none: 0, bad: 0, absent: 0, broken: 0 });

/** True where something is wrong with the dump or the kernel in it. */
export const findsFault = ({ bad, broken }: Totals): boolean => bad + broken > 0;

/** Adds entries of one kind to totals. */
function addTo(totals: Totals, { kind, verdict, problem }: RangeKey, entries: number): void {
  if (verdict !== undefined) totals[verdict.answer] += entries;
  else if (kind === 'absent') totals.absent += entries;
  else if (problem !== undefined || kind === 'invalid') totals.broken += entries;
}

/** A process, and how to walk it; a problem where its tables cannot be walked at all. */
export function contextOf(judge: Judge, { space }: FoundProcess): Result<WalkContext | undefined> {
  return space === undefined ? ok(undefined) : judge.context(space);
}

/** Entries of a mapping that are not empty, counted as they go by. */
export function* filledEntries(
  entries: Iterable<JudgedEntry>,
  totals: Totals,
): Generator<JudgedEntry> {
  for (const entry of entries) {
    if (entry.decoded.kind === 'none') continue;
    addTo(totals, rangeKey(entry), 1);
    yield entry;
  }
}

/** The ranges of a mapping that are not holes, their entries counted as they go by. */
export function* rangesData(
  { form }: WalkContext,
  ranges: Iterable<AreaRange>,
  totals: Totals,
): Generator<JudgedRangeData> {
  for (const { start, end, entries, key, first } of ranges) {
    if (key.kind === 'none') continue;
    addTo(totals, key, entries);
    const { level, pfn, kind, problem } = judgedData(form, first);
    yield {
      start: hex(start),
      end: hex(end),
      entries,
      level,
      pfn,
      kind,
      ...verdictData(key.verdict),
      problem,
    };
  }
}

/** A mapping as data, its entries counted into the totals. */
export function areaData(
  judge: Judge,
  context: WalkContext,
  area: MappedArea,
  totals: Totals,
  withEntries: boolean,
): AreaData {
  const { start, end, flags, pgoff, name } = area;
  const ranges = areaRanges(context, area);
  return {
    start: hex(start),
    end: hex(end),
    flags: hex(flags),
    flagNames: flags === 0n ? [] : formatVmFlags(flags, context.form.definition).split('|'),
    pgoff: hex(pgoff),
    name,
    ranges: ranges.ok ? [...rangesData(context, ranges.value, totals)] : [],
    entries: withEntries ? [...entriesData(judge, context, area)] : [],
    problem: ranges.ok ? null : ranges.problem.message,
  };
}

function* entriesData(
  { pages }: Judge,
  context: WalkContext,
  area: MappedArea,
): Generator<AreaData['entries'][number]> {
  const entries = judgedEntries(context, area);
  if (!entries.ok) return;
  for (const entry of entries.value) {
    const { kind } = entry.decoded;
    if (kind === 'none') continue;
    const data = judgedData(context.form, entry);
    const isLeaf = kind === 'leaf' && data.pfn !== null;
    yield { ...data, page: isLeaf ? pageData(pages, BigInt(data.pfn)) : null };
  }
}
