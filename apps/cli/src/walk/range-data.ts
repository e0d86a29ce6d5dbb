import {
  type EntryForm,
  type Hex,
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

/**
 * Neighbouring entries that mean the same; frames and swap slots count on from the first. `pfn` and
 * `physical` are those of `start`, which may lie inside of what the first entry maps.
 */
export type RangeData = Omit<WalkedEntryData, 'level'> & {
  readonly start: Hex;
  /** One past the last address. */
  readonly end: Hex;
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
function likeness(form: EntryForm, part: WalkedEntry): string {
  const { start, level, raw, decoded, problem } = part;
  if (problem !== undefined) return `problem ${level} ${raw}`;
  const page = (start - bytesIntoEntry(form, part)) >> BigInt(form.definition.pageShift);
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

/** How far behind the begin of what its entry covers a part begins: a span may cut an entry. */
function bytesIntoEntry(form: EntryForm, { start, level }: WalkedEntry): bigint {
  return start & ((1n << BigInt(form.geometry(level)?.shift ?? 0)) - 1n);
}

function rangeData(form: EntryForm, range: WalkRange<string>): RangeData {
  const { start, end, entries, first } = range;
  const data = walkedEntryData(form, first);
  const { decoded, problem } = first;
  const physical =
    decoded.kind === 'leaf' ? decoded.physical + bytesIntoEntry(form, first) : undefined;
  return {
    start: hex(start),
    end: hex(end),
    entries,
    ...data,
    ...(physical !== undefined && {
      pfn: hex(physical >> BigInt(form.definition.pageShift)),
      physical: hex(physical),
    }),
    level: decoded.kind === 'none' ? null : first.level,
    problem: problem === undefined ? null : problemData(problem),
  };
}
