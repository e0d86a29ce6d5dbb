import type { Pfn } from '@pagewright/core';
import type { Kernel } from '../kernel.js';
import { addressSpace } from '../mm.js';
import { judgedEntries } from '../stream.js';
import type { Judge } from '../stream-context.js';
import type { Task } from '../tasks.js';
import { AreaReader } from '../vma/vmas.js';

/** What a leaf of a process's tables maps. */
export interface MappedFrames {
  readonly first: Pfn;
  readonly count: number;
  /** vm_normal_page*() answers a page. */
  readonly isPage: boolean;
}

/**
 * Every leaf of a process, through all that an inspection of it reads: its address space, counters,
 * mappings with their names, every slot of its tables and what decides about it. What cannot be read
 * is passed over: whoever inspects is told then.
 */
export function* mappedFrames(
  kernel: Kernel,
  judge: Judge,
  tasks: Iterable<Task>,
): Generator<MappedFrames> {
  const reader = new AreaReader(kernel);
  const shift = BigInt(kernel.form.definition.pageShift);
  for (const { mm } of tasks) {
    const space = mm === undefined ? undefined : addressSpace(kernel, mm);
    if (!space?.ok) continue;
    const list = reader.areas(space.value);
    const context = judge.context(space.value);
    if (!list.ok || !context.ok) continue;
    for (const area of list.value.areas) {
      const entries = judgedEntries(context.value, area);
      if (!entries.ok) continue;
      for (const { decoded, size, verdict } of entries.value) {
        if (decoded.kind !== 'leaf') continue;
        const count = Number(size >> shift);
        yield { first: decoded.pfn, count, isPage: verdict?.answer === 'page' };
      }
    }
  }
}

/**
 * Reads the struct pages of all that processes map, those in the middle of large leaves as well. No
 * more are read than memory can hold, however often tables name the same frames.
 */
export function visitProcesses(kernel: Kernel, judge: Judge, tasks: readonly Task[]): void {
  const { types, virtual, form } = kernel;
  const structBytes = types.sizeOf('page') ?? 1;
  const perPage = Math.max(1, Math.floor(2 ** form.definition.pageShift / structBytes));
  let left = virtual.memory.byteCount / BigInt(structBytes);
  for (const { first, count } of mappedFrames(kernel, judge, tasks)) {
    judge.pages.facts(first);
    // One of each page of struct pages brings the others, and the last may lie in one more.
    for (let done = perPage; done < count + perPage - 1 && left > 0n; done += perPage) {
      left--;
      const frame = first + BigInt(Math.min(done, count - 1));
      if (!judge.pages.facts(frame).ok) break;
    }
  }
}
