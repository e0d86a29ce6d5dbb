import type { LogEntry, LogReport } from '../incident.js';

/** Lines between a swap message and the report that it belongs to. */
const NEAR = 6;

/** A message of the swap layer that is the beginning of the report behind it. */
export const isPart = (message: LogReport, report: LogReport): boolean =>
  message.kind === 'bad_swap_entry' &&
  report.kind === 'bad_page_map' &&
  report.lines[0] - message.lines[1] <= NEAR;

/** Two messages of the swap layer about one swap entry, one soon after the other. */
export const saysTheSame = (message: LogReport, next: LogReport): boolean =>
  message.kind === 'bad_swap_entry' &&
  next.kind === 'bad_swap_entry' &&
  message.swap[0]?.entry.value === next.swap[0]?.entry.value &&
  next.lines[0] - message.lines[1] <= NEAR;

/** The entry that a report is about. */
export const reportedEntry = ({ entries }: LogReport): LogEntry | undefined =>
  entries.find(({ reported }) => reported);

/** The entry of the table above the reported one. */
export const tableEntry = ({ entries }: LogReport): LogEntry | undefined =>
  entries.find(({ level, reported }) => level === 'pmd' && !reported);

/** Low bits of an entry, in which attributes and types lie on every architecture. */
const LOW_BITS = 0xfffn;

/** The same damage told again: another entry of the table, another counter, the same words. */
export function isRepeat(first: LogReport, other: LogReport): boolean {
  if (first.kind !== other.kind) return false;
  const [a, b] = [reportedEntry(first), reportedEntry(other)];
  switch (first.kind) {
    case 'bad_page_map': {
      if (first.process?.value !== other.process?.value) return false;
      const [table, otherTable] = [tableEntry(first), tableEntry(other)];
      if (table !== undefined && otherTable !== undefined) {
        return table.raw.value === otherTable.raw.value;
      }
      return other.lines[0] - first.lines[1] <= NEAR;
    }
    case 'bad_rss_counter':
      return other.lines[0] - first.lines[1] <= NEAR;
    case 'bad_swap_entry':
      return first.swap[0]?.what === other.swap[0]?.what;
    case 'bad_pgd':
    case 'bad_p4d':
    case 'bad_pud':
    case 'bad_pmd':
      return (
        a !== undefined && b !== undefined && (a.raw.value & LOW_BITS) === (b.raw.value & LOW_BITS)
      );
    default:
      return first.place !== undefined && first.place.value === other.place?.value;
  }
}

/** Another kind of report about the same page, or another process's about the same table. */
export function sameDamage(first: LogReport, other: LogReport): boolean {
  const [pfn, otherPfn] = [pfnOf(first), pfnOf(other)];
  if (pfn !== undefined && pfn === otherPfn && first.kind !== other.kind) return true;
  if (first.kind !== 'bad_page_map' || other.kind !== 'bad_page_map') return false;
  const [table, otherTable] = [tableEntry(first), tableEntry(other)];
  return table !== undefined && table.raw.value === otherTable?.raw.value;
}

const pfnOf = ({ pfn, page }: LogReport): bigint | undefined => pfn?.value ?? page?.pfn?.value;
