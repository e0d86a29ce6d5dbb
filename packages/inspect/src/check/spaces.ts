import { ok, type Problem, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import { type AddressSpace, addressSpace } from '../mm.js';
import { type Task, tasks } from '../tasks.js';

/** An address space that some thread uses. */
export interface CheckedSpace {
  /** The thread group that was found to use it first. */
  readonly task: Task;
  readonly address: VirtAddr;
  readonly space: Result<AddressSpace>;
  /**
   * Nothing was changing it when the kernel stopped: none of its threads was on a CPU, nobody held
   * its mmap_lock.
   */
  readonly quiet: boolean;
  /** Pages that threads have counted and not yet handed in (before 6.2), by the counter's name. */
  readonly heldBack: ReadonlyMap<string, bigint>;
  /** `task_size`: one past the last address of the process, where the kernel says it. */
  readonly taskSize?: bigint;
}

/** Every address space once, and why a list ends early. */
export interface SpaceList {
  readonly spaces: readonly CheckedSpace[];
  readonly problems: readonly Problem[];
}

const COUNTERS = ['MM_FILEPAGES', 'MM_ANONPAGES', 'MM_SWAPENTS', 'MM_SHMEMPAGES'] as const;

interface Gathered {
  readonly task: Task;
  onCpu: boolean;
  readonly heldBack: Map<string, bigint>;
}

/** Codes: those of `tasks` and of types. */
export function spacesOf(kernel: Kernel): Result<SpaceList> {
  const list = tasks(kernel);
  if (!list.ok) return list;
  const threads = threadReader(kernel);
  if (!threads.ok) return threads;
  const problems: Problem[] = list.value.problem === undefined ? [] : [list.value.problem];
  const byAddress = new Map<VirtAddr, Gathered>();
  for (const task of list.value.tasks) {
    if (task.kernelThread) continue;
    const problem = threads.value(task, ({ mm, onCpu, heldBack }) => {
      if (mm === 0n) return;
      const before = byAddress.get(mm) ?? { task, onCpu: false, heldBack: new Map() };
      byAddress.set(mm, before);
      before.onCpu ||= onCpu;
      for (const [name, pages] of heldBack) {
        before.heldBack.set(name, (before.heldBack.get(name) ?? 0n) + pages);
      }
    });
    if (problem !== undefined) problems.push(problem);
  }
  const spaces = [...byAddress].map(([address, { task, onCpu, heldBack }]) => {
    const { taskSize, locked } = boundsOf(kernel, address);
    return {
      task,
      address,
      space: addressSpace(kernel, address),
      quiet: !onCpu && !locked,
      heldBack,
      ...(taskSize === undefined ? {} : { taskSize }),
    };
  });
  return ok({ spaces, problems });
}

function boundsOf({ types, virtual }: Kernel, mm: VirtAddr) {
  const reader = types.record('mm_struct', {
    taskSize: field.optional(field.pointer('task_size')),
    lock: field.optional(field.int('mmap_lock.count.counter')),
  });
  const read = reader.ok ? reader.value.read(virtual, mm) : reader;
  if (!read.ok) return { taskSize: undefined, locked: false };
  return { taskSize: read.value.taskSize, locked: (read.value.lock ?? 0n) !== 0n };
}

interface Thread {
  readonly mm: VirtAddr;
  readonly onCpu: boolean;
  readonly heldBack: ReadonlyMap<string, bigint>;
}

/** Visits the threads of a group: its leader, then the list that signal_struct.thread_head heads. */
function threadReader(
  kernel: Kernel,
): Result<(leader: Task, visit: (thread: Thread) => void) => Problem | undefined> {
  const { types, virtual } = kernel;
  const held = COUNTERS.flatMap((name) => {
    const path = `rss_stat.count[${types.enumerator(name)}]`;
    return types.has(`task_struct.${path}`) ? [{ name, path }] : [];
  });
  const reader = types.record('task_struct', {
    mm: field.pointer('mm'),
    onCpu: field.optional(field.number('on_cpu')),
    signal: field.optional(field.pointer('signal')),
    next: field.optional(field.pointer('thread_node.next')),
  });
  if (!reader.ok) return reader;
  const toNode = types.offset('task_struct.thread_node');
  const toHead = types.offset('signal_struct.thread_head');
  const read = (address: VirtAddr) => reader.value.read(virtual, address);
  const heldBack = (address: VirtAddr): ReadonlyMap<string, bigint> => {
    const view = held.length === 0 ? undefined : types.view(virtual, address, 'task_struct');
    const pages = new Map<string, bigint>();
    if (view?.ok !== true) return pages;
    for (const { name, path } of held) {
      const count = view.value.int(path);
      if (count.ok) pages.set(name, count.value);
    }
    return pages;
  };
  return ok((leader, visit) => {
    const most = virtual.memory.byteCount / BigInt(types.sizeOf('task_struct') ?? 1) + 1n;
    const seen = new Set<bigint>();
    const first = read(leader.address);
    if (!first.ok) return first.problem;
    const { signal } = first.value;
    const listed = toNode !== undefined && toHead !== undefined && signal !== undefined;
    const head = listed ? BigInt.asUintN(64, signal + BigInt(toHead)) : 0n;
    let at = leader.address;
    for (let thread: ReturnType<typeof read> = first; ; ) {
      if (!thread.ok) return thread.problem;
      seen.add(at);
      const { mm, onCpu, next } = thread.value;
      visit({ mm, onCpu: (onCpu ?? 0) !== 0, heldBack: heldBack(at) });
      if (!listed || next === undefined || next === 0n || next === head) return undefined;
      at = virtAddr(BigInt.asUintN(64, next - BigInt(toNode)));
      // The leader need not be first in the list: then the list goes round through its head.
      if (seen.has(at) || BigInt(seen.size) > most) {
        return { code: 'list-loop', message: `threads of process ${leader.pid} come round` };
      }
      thread = read(at);
    }
  });
}
