import { EXIT_WORDS, type ExitWord, type HitUse } from './at-exit.js';
import type { FlippedBit, FlippedEntry, FlipsMatrix } from './flips.js';
import type { KernelGroup } from './fold-kernels.js';
import { FLIP_CLASSES, type FlipClass } from './judge.js';
import type { FlippedKind } from './machine.js';
import type { TableCheck } from './table-check.js';

/** Flips of an entry by class. */
export type ClassCounts = Readonly<Partial<Record<FlipClass, number>>>;

/** How many flips of an entry are in each class, in the order of the classes. */
export function countClasses(
  { flips }: FlippedEntry<FlippedBit>,
  build: 'debug' | 'production',
): ClassCounts {
  const names = Object.keys(FLIP_CLASSES) as FlipClass[];
  const counts = names.map((name) => [name, flips.filter((each) => each[build] === name).length]);
  return Object.fromEntries(counts.filter(([, count]) => count !== 0));
}

/** Flips that end alike at exit. */
export interface ExitRow {
  readonly kind: FlippedKind;
  /** Their class without DEBUG_VM. */
  readonly class: FlipClass;
  readonly says: Readonly<Record<HitUse, readonly ExitWord[]>>;
  readonly tableCheck: Readonly<Record<HitUse, TableCheck>>;
  readonly flips: number;
}

/** What exit says of the flips of a kernel, those that end alike together. */
export function exitRows(entries: readonly FlippedEntry[]): ExitRow[] {
  const rows = new Map<string, ExitRow>();
  for (const { kind, flips } of entries) {
    for (const { production, exit, tableCheck } of flips) {
      const row = { kind, class: production, says: exit, tableCheck };
      const key = JSON.stringify(row);
      rows.set(key, { ...row, flips: (rows.get(key)?.flips ?? 0) + 1 });
    }
  }
  return [...rows.values()];
}

/** Reports that the flips of an entry bring at exit, without DEBUG_VM. */
export type ReportCounts = {
  /** Of the entry itself: its pfn is too high, or it is special where none may be. */
  readonly entry: number;
  /** Of a mapcount below zero, at once. */
  readonly mapcount: number;
  /** Of a mapcount below zero, in the process that was hit. */
  readonly later: number;
  /** Flips that stop the kernel. */
  readonly oops: number;
};

/** Counts what exit reports, by what the hit frames are used for. */
export function countReports({ flips }: FlippedEntry, use: HitUse): ReportCounts {
  const count = (word: ExitWord): number =>
    flips.filter(({ exit }) => exit[use].includes(word)).length;
  return {
    entry: count('entry'),
    mapcount: count('mapcount'),
    later: count('later'),
    oops: count('oops'),
  };
}

/** What RFC patch 1 takes away from the flips of one entry. */
export type BoundLoss = {
  readonly kind: FlippedKind;
  /** Flips that the patch changes, by bit. */
  readonly bits: readonly number[];
  /** Of them, those that a kernel with DEBUG_VM warns of afterwards. */
  readonly warned: number;
  /** Of them, those whose frame pfn_valid() refuses, and pfn_to_online_page(). */
  readonly invalid: number;
  readonly offline: number;
  /** Of them, those that the page-table check stops at. */
  readonly tableCheck: number;
  /** Of them, those after which exit stops the kernel. */
  readonly oops: number;
  /** Flips to frames without struct page below the bound, which neither side reports. */
  readonly holes: number;
};

/** The kernels before and after the patch that drops the check. */
const [BEFORE, AFTER] = ['rfc-2025-06/0', 'rfc-2025-06/1'];

/** What is lost with the report of RFC patch 1; undefined where the kernels around it are not asked. */
export function boundLoss({ groups }: FlipsMatrix): BoundLoss[] | undefined {
  const find = (id: string | undefined): KernelGroup<readonly FlippedEntry[]> | undefined =>
    groups.find(({ kernels }) => kernels.some((kernel) => kernel === id));
  const [before, after] = [find(BEFORE), find(AFTER)];
  if (before === undefined || after === undefined) return undefined;
  return before.answer.map(({ kind, flips }, i) => {
    const now = after.answer[i]?.flips ?? [];
    const lost = now.filter(
      ({ production }, bit) => flips[bit]?.production === 'reported' && production !== 'reported',
    );
    const count = (is: (flip: (typeof lost)[number]) => boolean): number => lost.filter(is).length;
    return {
      kind,
      bits: lost.map(({ bit }) => bit),
      warned: count(({ debug }) => debug === 'warned'),
      invalid: count(({ place }) => place === 'beyond' || place === 'hole'),
      offline: count(({ place }) => place !== 'memory'),
      tableCheck: count(({ tableCheck }) => tableCheck.unmapped !== 'blind'),
      oops: count(({ exit }) => exit.unmapped.includes('oops')),
      holes: now.filter(({ place, production }) => place === 'hole' && production === 'wild page')
        .length,
    };
  });
}

/** Words for what exit says, in order; `nothing` where nothing is said. */
export const exitText = (says: readonly ExitWord[]): string =>
  says.length === 0
    ? 'nothing'
    : (Object.keys(EXIT_WORDS) as ExitWord[]).filter((word) => says.includes(word)).join(' + ');

/** Bit numbers with runs written as `12-29`. */
export function bitRuns(bits: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const bit of bits) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] + 1 === bit) last[1] = bit;
    else runs.push([bit, bit]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
