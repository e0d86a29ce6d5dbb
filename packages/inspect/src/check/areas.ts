import { hex } from '@pagewright/core';
import type { AddressSpace } from '../mm.js';
import type { AreaList } from '../vma/vmas.js';
import type { Findings } from './findings.js';
import type { CheckedSpace } from './spaces.js';

/**
 * Mappings in the order of their tree: each begins where or after the one before ends, and the tree
 * has it at the addresses that it has (validate_mm(), mm/vma.c).
 */
export function checkAreas(
  findings: Findings,
  { task, quiet }: CheckedSpace,
  { mapCount }: AddressSpace,
  { areas, misplaced, problem }: AreaList,
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
  for (const { area, place } of misplaced) {
    const range = `${hex(area.start)}-${hex(area.end)}`;
    const detail = `${range} is in the tree at ${hex(place.least)}-${hex(place.most + 1n)}`;
    findings.add('mapping-order', detail, { pid, comm, vma: area.start, addr: area.start });
  }
}
