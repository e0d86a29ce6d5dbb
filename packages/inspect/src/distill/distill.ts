import { fail, ok, type PhysicalMemory, physAddr, type Result, virtAddr } from '@pagewright/core';
import {
  type Dump,
  type FilePiece,
  field,
  type KdumpContents,
  kdumpPieces,
  type Utsname,
} from '@pagewright/dump';
import { check } from '../check/index.js';
import { findInitTask } from '../init-task.js';
import { type Kernel, type OpenKernelOptions, openKernel } from '../kernel.js';
import type { KernelOverrides } from '../probes.js';
import { openJudge } from '../stream-context.js';
import { type Task, type TaskList, tasks } from '../tasks.js';
import { type Recording, recording } from './recording.js';
import { userFrames } from './user-data.js';
import { visitModules, visitProcesses } from './visit.js';

/** What to distill a dump to, and with what help it is read. */
export interface DistillOptions extends OpenKernelOptions {
  readonly overrides?: KernelOverrides;
  /** Processes to keep; all where it is left out. */
  readonly pids?: readonly number[];
  /** How pages are made smaller; they are stored as they are where it is left out. */
  readonly compression?: KdumpContents['compression'];
}

/** A dump distilled to what inspecting some of its processes reads. */
export interface Distilled {
  /** The new dump, a kdump, as pieces of its file; reads the old one while it is iterated. */
  readonly pieces: Iterable<FilePiece>;
  readonly pageBytes: number;
  /** Pages that are kept. */
  readonly pages: number;
  /** Pages that were read and are left out, since they hold data of users. */
  readonly userPages: number;
  /** Processes whose tables and mappings are kept. */
  readonly processes: readonly Task[];
  /** Other processes with memory: their names are kept, and not their tables. */
  readonly others: number;
  /** Why the list of tasks of the dump ends early. */
  readonly problem?: TaskList['problem'];
}

/**
 * Reads all that inspecting the processes reads, and makes a kdump of those pages alone: page
 * tables, struct pages, mappings, names, counters, symbols and types with those of modules, never
 * data of users (see `userFrames`). Inspecting the new dump gives the same answers. Types that were given (`types`)
 * must be given for the new dump as well; VMCOREINFO, given or found, is in its header.
 *
 * Codes: `no-process` for a pid that is not in the dump, `too-many-frames`, those of `openKernel`,
 * `openJudge` and `tasks`.
 */
export function distill(dump: Dump, options: DistillOptions): Result<Distilled> {
  const first = openKernel(dump, options);
  if (!first.ok) return first;
  const { vmcoreinfo: info, form } = first.value;
  const pageBytes = 2 ** form.definition.pageShift;
  const recorded = recording(dump.memory, pageBytes);
  // Opened as the new dump will be: without what only the old container says.
  const bare: Dump = {
    container: 'kdump',
    flattened: false,
    memory: recorded.memory,
    ranges: dump.ranges,
    vmcoreinfo: info.text,
  };
  const { vmcoreinfo: _, ...help } = options;
  const opened = openKernel(bare, help);
  if (!opened.ok) return opened;
  const kernel = opened.value;
  const judge = openJudge(kernel, options.overrides);
  if (!judge.ok) return judge;
  // A search for the first task looks at all memory; what it finds is read again by `tasks`.
  recorded.unrecorded(() => findInitTask(kernel));
  const list = tasks(kernel);
  if (!list.ok) return list;
  const processes = chosen(list.value.tasks, options.pids);
  if (!processes.ok) return processes;
  visitProcesses(kernel, judge.value, processes.value);
  visitModules(kernel);
  // A check counts the mappings of all processes: it has no sense where some are left out.
  if (options.pids === undefined) check(kernel, judge.value);
  const utsname = dump.utsname ?? utsnameOf(kernel);
  const user = recorded.unrecorded(() =>
    userFrames(kernel, judge.value, processes.value, recorded.read),
  );
  const frames = [...recorded.read].filter((frame) => !user.has(frame)).sort((a, b) => a - b);
  const pieces = kdumpPieces({
    byteOrder: kernel.virtual.byteOrder,
    wordBits: kernel.form.definition.wordBits,
    pageBytes,
    utsname,
    vmcoreinfo: info.text,
    frames,
    page: (frame) => wholePage(dump.memory, frame, pageBytes),
    ...frameRange(recorded, frames),
    ...(options.compression === undefined ? {} : { compression: options.compression }),
  });
  if (!pieces.ok) return pieces;
  const { tasks: all, problem } = list.value;
  return ok({
    pieces: pieces.value,
    pageBytes,
    pages: frames.length,
    userPages: user.size,
    processes: processes.value,
    others: all.filter((task) => task.mm !== undefined && !processes.value.includes(task)).length,
    ...(problem === undefined ? {} : { problem }),
  });
}

/** The processes that have memory, or those of the given numbers. */
function chosen(
  found: readonly Task[],
  pids: readonly number[] | undefined,
): Result<readonly Task[]> {
  if (pids === undefined) return ok(found.filter(({ mm }) => mm !== undefined));
  const missing = pids.find((pid) => !found.some((task) => task.pid === pid));
  if (missing !== undefined) {
    return fail(
      'no-process',
      `no process with pid ${missing} is among the ${found.length} of the dump`,
    );
  }
  return ok(found.filter(({ pid }) => pids.includes(pid)));
}

/** The kernel's name for itself; empty where it cannot be read. */
function utsnameOf({ types, virtual, vmcoreinfo }: Kernel): Utsname {
  const at = vmcoreinfo.symbol('init_uts_ns');
  const reader = types.record('uts_namespace', {
    release: field.string('name.release'),
    version: field.string('name.version'),
    machine: field.string('name.machine'),
  });
  const read = reader.ok && at !== undefined ? reader.value.read(virtual, virtAddr(at)) : undefined;
  return read?.ok ? read.value : { release: '', version: '', machine: '' };
}

/**
 * All frames up to the last that is known of count as memory that was left out, save those of which
 * the old dump said that they are none.
 */
function frameRange({ absent, leftOut }: Recording, frames: readonly number[]) {
  const last = [...leftOut].reduce((most, frame) => Math.max(most, frame), frames.at(-1) ?? 0);
  return { frameCount: last + 1, isMemory: (frame: number) => !absent.has(frame) };
}

/** A page; zeros where the dump holds a part of it alone. */
function wholePage(memory: PhysicalMemory, frame: number, pageBytes: number): Uint8Array {
  const start = BigInt(frame) * BigInt(pageBytes);
  const whole = memory.read(physAddr(start), pageBytes);
  if (whole.ok) return whole.value.slice();
  const bytes = new Uint8Array(pageBytes);
  fillReadable(memory, start, bytes);
  return bytes;
}

/** Halves what cannot be read at once, down to words. */
function fillReadable(memory: PhysicalMemory, start: bigint, into: Uint8Array): void {
  const found = memory.read(physAddr(start), into.length);
  if (found.ok) into.set(found.value);
  else if (into.length > 8) {
    const half = into.length / 2;
    fillReadable(memory, start, into.subarray(0, half));
    fillReadable(memory, start + BigInt(half), into.subarray(half));
  }
}
