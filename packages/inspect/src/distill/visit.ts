import type { Pfn } from '@pagewright/core';
import type { Kernel } from '../kernel.js';
import { type AddressSpace, addressSpace } from '../mm.js';
import { loadedModules } from '../modules/modules.js';
import { Smaps } from '../smaps/index.js';
import { judgedEntries } from '../stream.js';
import type { Judge } from '../stream-context.js';
import type { Task } from '../tasks.js';
import { AreaReader, type MappedArea } from '../vma/vmas.js';

/** What a leaf of a process's tables maps. */
export interface MappedFrames {
  readonly first: Pfn;
  readonly count: number;
  /** vm_normal_page*() answers a page. */
  readonly isPage: boolean;
}

/**
 * Reads all that inspecting processes reads: their address spaces, counters, mappings with their
 * names, every slot of their tables and what decides about it, the struct pages of all that they
 * map, and what smaps counts. What cannot be read is passed over: whoever inspects is told then.
 */
export function visitProcesses(kernel: Kernel, judge: Judge, tasks: readonly Task[]): void {
  const smaps = new Smaps(kernel, judge);
  const visitPages = structPageVisitor(kernel, judge);
  for (const { space, areas } of spacesOf(kernel, tasks)) {
    for (const frames of framesOf(kernel, judge, space, areas)) visitPages(frames);
    const counted = smaps.areas(space, areas);
    if (counted.ok) for (const _ of counted.value);
  }
}

/** Reads symbols and types of all loaded modules. */
export function visitModules(kernel: Kernel): void {
  const list = loadedModules(kernel);
  if (!list.ok) return;
  for (const module of list.value.modules) {
    module.symbols();
    module.types();
  }
}

/** Every leaf of the tables of processes. */
export function* mappedFrames(
  kernel: Kernel,
  judge: Judge,
  tasks: readonly Task[],
): Generator<MappedFrames> {
  for (const { space, areas } of spacesOf(kernel, tasks)) {
    yield* framesOf(kernel, judge, space, areas);
  }
}

function* spacesOf(
  kernel: Kernel,
  tasks: readonly Task[],
): Generator<{ readonly space: AddressSpace; readonly areas: readonly MappedArea[] }> {
  const reader = new AreaReader(kernel);
  for (const { mm } of tasks) {
    const space = mm === undefined ? undefined : addressSpace(kernel, mm);
    const list = space?.ok ? reader.areas(space.value) : undefined;
    if (space?.ok && list?.ok) yield { space: space.value, areas: list.value.areas };
  }
}

function* framesOf(
  kernel: Kernel,
  judge: Judge,
  space: AddressSpace,
  areas: readonly MappedArea[],
): Generator<MappedFrames> {
  const context = judge.context(space);
  if (!context.ok) return;
  const shift = BigInt(kernel.form.definition.pageShift);
  for (const area of areas) {
    const entries = judgedEntries(context.value, area);
    if (!entries.ok) continue;
    for (const { decoded, size, verdict } of entries.value) {
      if (decoded.kind !== 'leaf') continue;
      const count = Number(size >> shift);
      yield { first: decoded.pfn, count, isPage: verdict?.answer === 'page' };
    }
  }
}

/**
 * Reads the struct pages of what is mapped, those in the middle of large leaves as well. No more
 * are read there than memory can hold, however often tables name the same frames.
 */
function structPageVisitor({ types, virtual, form }: Kernel, { pages }: Judge) {
  const structBytes = types.sizeOf('page') ?? 1;
  // One of each page of struct pages brings the others.
  const step = Math.max(1, Math.floor(2 ** form.definition.pageShift / structBytes));
  let left = virtual.memory.byteCount / BigInt(structBytes);
  return ({ first, count }: MappedFrames): void => {
    pages.facts(first);
    // The last one may lie in one page more.
    for (let done = step; done < count + step - 1 && left > 0n; done += step) {
      left--;
      if (!pages.facts(first + BigInt(Math.min(done, count - 1))).ok) break;
    }
  };
}
