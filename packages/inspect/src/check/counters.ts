import type { AddressSpace } from '../mm.js';
import type { Findings } from './findings.js';
import type { Recount } from './leaves.js';
import type { CheckedSpace } from './spaces.js';
import type { TableSizes } from './tables.js';

/** Holds the counters of a process against what its tables hold. */
export function checkCounters(
  findings: Findings,
  { task, quiet, heldBack }: CheckedSpace,
  { rss, tableBytes, tableCount }: AddressSpace,
  recount: Recount,
  tables: TableSizes,
): void {
  const { pid, comm } = task;
  if (!rss.ok || recount.missed > 0) {
    const why = rss.ok ? `${recount.missed} pages cannot be read` : rss.problem.message;
    findings.add('counters-not-read', why, { pid, comm });
  } else if (tables.complete) {
    for (const [counter, shared] of rss.value.pages) {
      const kept = shared + (heldBack.get(counter) ?? 0n);
      const counted = recount.pages.get(counter) ?? 0n;
      if (kept === counted) continue;
      const detail = `${counter} is ${kept}, the tables hold ${counted}`;
      findings.add('rss-count', detail, { pid, comm, counter, kept, counted }, !quiet);
    }
  }
  if (!tables.complete) return;
  const differs = (counter: string, kept: bigint, counted: bigint): void => {
    if (kept === counted) return;
    const detail = `${counter} is ${kept}, the tables come to ${counted}`;
    findings.add('table-count', detail, { pid, comm, counter, kept, counted }, !quiet);
  };
  const pteTables = tables.pteTables + recount.deposits;
  if (tableCount !== undefined) differs('nr_ptes', tableCount, pteTables);
  else if (tableBytes !== undefined) {
    const bytes = tables.bytes + recount.deposits * tables.pteTableBytes;
    differs('pgtables_bytes', tableBytes, bytes);
  }
}
