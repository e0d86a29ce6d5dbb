import { hex } from '@pagewright/core';
import type { AddressSpace } from '../mm.js';
import type { AreaList } from '../vma/vmas.js';
import type { Findings } from './findings.js';
import type { CheckedSpace } from './spaces.js';

/** Mappings in the order of their tree: each begins where or after the one before ends. */
export function checkAreas(
  findings: Findings,
  { task, quiet }: CheckedSpace,
  { mapCount }: AddressSpace,
  { areas, problem }: AreaList,
  limit: bigint,
  pageBytes: bigint,
): void {
  const { pid, comm } = task;
  if (problem !== undefined) {
    const known = problem.code === 'excluded' || problem.code === 'not-in-dump';
    const id = known ? 'not-in-dump' : 'mappings-unreadable';
    findings.add(id, problem.message, { pid, comm, addr: 0n });
  } else if (mapCount !== areas.length) {
    const detail = `map_count ${mapCount}, mappings ${areas.length}`;
    const [kept, counted] = [BigInt(mapCount), BigInt(areas.length)];
    findings.add('mapping-count', detail, { pid, comm, kept, counted }, !quiet);
  }
  let last = 0n;
  for (const { start, end } of areas) {
    const range = `${hex(start)}-${hex(end)}`;
    const wrong =
      end <= start
        ? `${range} ends before it begins`
        : start < last
          ? `${range} begins before ${hex(last)}, where the one before ends`
          : end > limit
            ? `${range} passes ${hex(limit)}, the end of the process's addresses`
            : (start | end) % pageBytes !== 0n
              ? `${range} is not made of whole pages`
              : undefined;
    if (wrong !== undefined) {
      findings.add('mapping-order', wrong, { pid, comm, vma: start, addr: start });
    }
    if (end > last) last = end;
  }
}
