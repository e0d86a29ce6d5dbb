import {
  type EntryForm,
  hex,
  type Level,
  ranges,
  type WalkedEntry,
  type WalkRange,
} from '@pagewright/core';
import {
  type ProblemData,
  problemData,
  type WalkedEntryData,
  walkedEntryData,
} from './step-data.js';

/** Neighbouring entries that mean the same; frames and swap slots count on from the first. */
export type RangeData = Omit<WalkedEntryData, 'level'> & {
  readonly start: string;
  /** One past the last address. */
  readonly end: string;
  readonly entries: number;
  /** Level of the entries; null for a hole, which may be made of entries of several levels. */
  readonly level: Level | null;
  /** Why the table that an entry points to could not be used. */
  readonly problem: ProblemData | null;
};

/** Joins the entries of a span into ranges, which tile the span as the entries did. */
export function* rangesOf(form: EntryForm, entries: Iterable<WalkedEntry>): Generator<RangeData> {
  for (const range of ranges(entries, (entry) => likeness(form, entry))) {
    yield rangeData(form, range);
  }
}

/** Equal for entries that belong into one range: frames enter as their distance from the address. */
function likeness(form: EntryForm, { start, level, raw, decoded, problem }: WalkedEntry): string {
  if (problem !== undefined) return `problem ${level} ${raw}`;
  const shift = BigInt(form.geometry(level)?.shift ?? 0);
  const page = ((start >> shift) << shift) >> BigInt(form.definition.pageShift);
  switch (decoded.kind) {
    case 'none':
      return `none ${decoded.residue}`;
    case 'leaf':
      return `leaf ${level} ${decoded.attributes} ${decoded.pfn - page}`;
    case 'absent': {
      const { what, type, offset, residue } = decoded;
      const slot = what === 'marker' ? offset : offset - page;
      return `absent ${level} ${what} ${type} ${residue} ${slot}`;
    }
    default:
      return `${decoded.kind} ${level} ${raw}`;
  }
}

function rangeData(form: EntryForm, { start, end, entries, first }: WalkRange<string>): RangeData {
  return {
    start: hex(start),
    end: hex(end),
    entries,
    ...walkedEntryData(form, first),
    level: first.decoded.kind === 'none' ? null : first.level,
    problem: first.problem === undefined ? null : problemData(first.problem),
  };
}
