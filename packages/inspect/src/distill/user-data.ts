import { type PhysicalMemory, physAddr } from '@pagewright/core';
import type { Kernel } from '../kernel.js';
import type { KernelPages } from '../pages.js';
import type { Judge } from '../stream-context.js';
import type { Task } from '../tasks.js';
import { mappedFrames } from './visit.js';

/**
 * Which of some frames hold data of users: those whose struct page says that they belong to anonymous
 * memory or to a file, and those that a process maps as a page (the rings of sockets and the like
 * have no owner), save pages of zeros.
 */
export function userFrames(
  kernel: Kernel,
  judge: Judge,
  tasks: readonly Task[],
  frames: ReadonlySet<number>,
): ReadonlySet<number> {
  const { memory } = kernel.virtual;
  const pageBytes = 2 ** kernel.form.definition.pageShift;
  const found = new Set<number>();
  for (const frame of frames) if (isOwnedByUsers(judge.pages, frame)) found.add(frame);
  for (const { first, count, isPage } of mappedFrames(kernel, judge, tasks)) {
    if (!isPage) continue;
    for (const frame of within(frames, Number(first), count)) {
      if (!isZero(memory, frame, pageBytes)) found.add(frame);
    }
  }
  return found;
}

/** A slab, a table and the like keep something else where page->mapping stands. */
function isOwnedByUsers(pages: KernelPages, frame: number): boolean {
  const facts = pages.facts(BigInt(frame));
  if (!facts.ok) return false;
  const { owner, type, hugetlb, flagNames } = facts.value;
  if (hugetlb) return true;
  if (type !== null || flagNames.includes('slab') || flagNames.includes('reserved')) return false;
  return owner !== 'none';
}

/** Frames of a set in a run: by whichever is shorter. */
function* within(frames: ReadonlySet<number>, first: number, count: number): Generator<number> {
  if (count <= frames.size) {
    for (let frame = first; frame < first + count; frame++) if (frames.has(frame)) yield frame;
    return;
  }
  for (const frame of frames) if (frame >= first && frame < first + count) yield frame;
}

function isZero(memory: PhysicalMemory, frame: number, pageBytes: number): boolean {
  const page = memory.read(physAddr(BigInt(frame) * BigInt(pageBytes)), pageBytes);
  return page.ok && page.value.every((byte) => byte === 0);
}
