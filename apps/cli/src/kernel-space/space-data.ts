import { type Hex, hex, type Level, type WalkRange } from '@pagewright/core';
import {
  isWritableExecutable,
  type KernelEntry,
  type KernelRangeKey,
  rightsText,
} from '@pagewright/inspect';

/** What one slot of the kernel's tables, or a range of them, has in common. */
type Common = {
  readonly region: string;
  readonly level: Level;
  /** `leaf`, `absent`, `invalid`, or `table` for one that was walked before. */
  readonly kind: string;
  /** What the kernel may do: `r-x`; `?` for what the format does not say. */
  readonly rights: string | null;
  readonly writableExecutable: boolean;
  /** Why that is no mistake. */
  readonly excuse: string | null;
  /** Where the same table was walked before with the same rights. */
  readonly sameAs: Hex | null;
  readonly problem: string | null;
};

/** One slot, as `--entries` prints it. */
export type KernelEntryData = {
  readonly addr: Hex;
  readonly size: number;
  readonly raw: Hex;
  readonly pfn: Hex | null;
} & Common;

/** Neighbouring slots of one region and level with equal rights. */
export type KernelRangeData = {
  readonly start: Hex;
  readonly end: Hex;
  readonly entries: number;
} & Common;

/** Leaves and other slots by what they are. */
export type KernelTotals = {
  leaves: number;
  /** Leaves that the kernel cannot execute: none where the machine has no way to forbid it. */
  notExecutable: number;
  /** Leaves that are writable and executable without an excuse. */
  writableExecutable: number;
  /** Words that mean nothing, and tables that cannot be used. */
  broken: number;
};

export const noKernelTotals = (): KernelTotals => ({
  leaves: 0,
  notExecutable: 0,
  writableExecutable: 0,
  broken: 0,
});

/** True where something is wrong with the kernel or its dump. */
export const findsKernelFault = (totals: KernelTotals): boolean =>
  totals.broken > 0 || (totals.writableExecutable > 0 && forbidsExecution(totals));

/** True where some leaf cannot be executed: the machine keeps data and code apart. */
export const forbidsExecution = ({ notExecutable }: KernelTotals): boolean => notExecutable > 0;

/** Counts entries as they go by. */
export function* counted(
  entries: Iterable<KernelEntry>,
  totals: KernelTotals,
): Generator<KernelEntry> {
  for (const entry of entries) {
    const { decoded, excuse, rights } = entry;
    if (decoded.kind === 'leaf') totals.leaves++;
    if (decoded.kind === 'leaf' && rights?.execute === false) totals.notExecutable++;
    if (decoded.kind === 'invalid') totals.broken++;
    if (isBoth(entry) && excuse === undefined) totals.writableExecutable++;
    yield entry;
  }
}

/** A pointer to a table is none itself: its leaves were told where the table was walked. */
const isBoth = (entry: KernelEntry): boolean =>
  entry.decoded.kind === 'leaf' && isWritableExecutable(entry);

function common(entry: KernelEntry): Common {
  const { region, level, decoded, rights, excuse, sameAs, problem } = entry;
  return {
    region,
    level,
    kind: decoded.kind,
    rights: rights === undefined ? null : rightsText(rights),
    writableExecutable: isBoth(entry),
    excuse: excuse ?? null,
    sameAs: sameAs === undefined ? null : hex(sameAs),
    problem: problem?.message ?? (decoded.kind === 'invalid' ? decoded.reason : null),
  };
}

/** A slot as data. */
export const kernelEntryData = (entry: KernelEntry): KernelEntryData => ({
  addr: hex(entry.start),
  size: Number(entry.size),
  raw: hex(entry.raw),
  pfn: entry.decoded.kind === 'leaf' ? hex(entry.decoded.pfn) : null,
  ...common(entry),
});

/** A range as data: what its first slot is, all are. */
export const kernelRangeData = (range: WalkRange<KernelRangeKey>): KernelRangeData => ({
  start: hex(range.start),
  end: hex(range.end),
  entries: range.entries,
  ...common(range.first as KernelEntry),
});
