import { hex, ok, type Problem, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import { field, type RecordReader } from '@pagewright/dump';
import { findInitTask } from './init-task.js';
import type { Kernel } from './kernel.js';

/** A thread group, by its leader. */
export interface Task {
  /** Address of the leader's `task_struct`. */
  readonly address: VirtAddr;
  readonly pid: number;
  readonly tgid: number;
  /** The command's name, at most 15 bytes; whatever the process chose. */
  readonly comm: string;
  /** Address of its `mm_struct`; absent for kernel threads and for the dead. */
  readonly mm?: VirtAddr;
  /** PF_KTHREAD. */
  readonly kernelThread: boolean;
}

/** Tasks as far as the list could be followed. */
export interface TaskList {
  readonly tasks: readonly Task[];
  /** Why the list ends early: `list-loop`, `too-many-tasks`, or a read that failed. */
  readonly problem?: Problem;
}

/** PF_KTHREAD (include/linux/sched.h): the same bit in every release with VMCOREINFO. */
const PF_KTHREAD = 0x0020_0000;

const TASK = {
  pid: field.number('pid'),
  tgid: field.number('tgid'),
  comm: field.string('comm'),
  mm: field.pointer('mm'),
  flags: field.number('flags'),
  next: field.pointer('tasks.next'),
  links: field.address('tasks'),
};

/**
 * Every thread group, in the kernel's order: for_each_process() from `init_task` over the leaders'
 * `tasks` lists, without the idle task. Codes when it cannot begin: `no-init-task`, and those of
 * types and of reading.
 */
export function tasks(kernel: Kernel): Result<TaskList> {
  const init = findInitTask(kernel);
  if (!init.ok) return init;
  const reader = kernel.types.record('task_struct', TASK);
  if (!reader.ok) return reader;
  const first = reader.value.read(kernel.virtual, init.value);
  if (!first.ok) return first;
  const toLinks = first.value.links - init.value;
  return ok(followed(kernel, reader.value, first.value.links, first.value.next, toLinks));
}

function followed(
  { virtual }: Kernel,
  reader: RecordReader<typeof TASK>,
  head: VirtAddr,
  first: VirtAddr,
  toLinks: bigint,
): TaskList {
  const found: Task[] = [];
  const seen = new Set<bigint>([head]);
  // A dump may hold no more of a task than what is read.
  const most = virtual.memory.byteCount / BigInt(reader.end - reader.start) + 1n;
  for (let at: VirtAddr = first; at !== head; ) {
    if (seen.has(at)) {
      return brokenOff(found, 'list-loop', `the list of tasks comes back to ${hex(at)}`);
    }
    if (BigInt(seen.size) > most) {
      return brokenOff(found, 'too-many-tasks', 'more tasks than the dump can hold');
    }
    seen.add(at);
    const address = virtAddr(BigInt.asUintN(64, at - toLinks));
    const read = reader.read(virtual, address);
    if (!read.ok) return { tasks: found, problem: read.problem };
    const { pid, tgid, comm, mm, flags, next } = read.value;
    found.push({
      address,
      pid,
      tgid,
      comm,
      ...(mm === 0n ? {} : { mm }),
      kernelThread: (flags & PF_KTHREAD) !== 0,
    });
    at = next;
  }
  return { tasks: found };
}

const brokenOff = (tasks: readonly Task[], code: string, message: string): TaskList => ({
  tasks,
  problem: { code, message },
});
