import {
  fail,
  type LinearRun,
  ok,
  physAddr,
  type Result,
  type VirtAddr,
  virtAddr,
} from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from './kernel.js';

/** Name of the first CPU's idle task; later kernels write `swapper/0` once they have started. */
const IDLE_NAME = new TextEncoder().encode('swapper');
const CHUNK_BYTES = 1 << 20;
const PAGE_BYTES = 4096;

/**
 * The first task. Symbol tables that hold functions alone do not name it; then memory in the
 * layout's runs is searched for the one structure that is named `swapper`, has pid 0, and whose list
 * neighbours point back, perhaps by another address of the same memory: the direct map shows the
 * image too. Code `no-init-task`.
 */
export function findInitTask(kernel: Kernel): Result<VirtAddr> {
  const known = found.get(kernel);
  if (known !== undefined) return known;
  const searched = searchedFor(kernel);
  found.set(kernel, searched);
  return searched;
}

/** A search reads all memory in the runs, so that it is made once for each kernel. */
const found = new WeakMap<Kernel, Result<VirtAddr>>();

function searchedFor(kernel: Kernel): Result<VirtAddr> {
  const named = kernel.symbol('init_task');
  if (named !== undefined) return ok(named);
  const comm = kernel.types.offset('task_struct.comm');
  if (comm !== undefined) {
    for (const name of addressesOfName(kernel, comm)) {
      const address = initTaskAt(kernel, virtAddr(BigInt.asUintN(64, name - BigInt(comm))));
      if (address !== undefined) return ok(address);
    }
  }
  return fail('no-init-task', 'no symbol init_task, and nothing in memory looks like it');
}

/** The address by which its neighbours know the task seen at another or the same one. */
function initTaskAt({ types, virtual }: Kernel, seen: VirtAddr): VirtAddr | undefined {
  const reader = types.record('task_struct', {
    pid: field.number('pid'),
    tgid: field.number('tgid'),
    links: field.address('tasks'),
    next: field.pointer('tasks.next'),
    prev: field.pointer('tasks.prev'),
  });
  const read = reader.ok ? reader.value.read(virtual, seen) : reader;
  if (!read.ok) return undefined;
  const { pid, tgid, links, next, prev } = read.value;
  if (pid !== 0 || tgid !== 0) return undefined;
  const back = virtual.pointer(virtAddr(BigInt.asUintN(64, next + BigInt(virtual.wordBytes))));
  const forth = virtual.pointer(prev);
  if (!back.ok || !forth.ok || back.value !== forth.value) return undefined;
  const own = virtual.physical(back.value);
  const found = virtual.physical(links);
  if (!own.ok || !found.ok || own.value !== found.value) return undefined;
  return virtAddr(BigInt.asUintN(64, back.value - (links - seen)));
}

/** Addresses in the runs where the name begins; aligned as a task and its members are. */
function* addressesOfName({ virtual }: Kernel, commOffset: number): Generator<bigint> {
  const { memory, layout, wordBytes } = virtual;
  const phase = commOffset % wordBytes;
  // A run may be far longer than memory: what it names beyond memory costs chunks too.
  let chunksLeft = Number(memory.byteCount / BigInt(CHUNK_BYTES)) * 2 + 4096;
  for (const run of layout.runs) {
    for (let at: bigint = run.start; at < run.end; at += BigInt(CHUNK_BYTES)) {
      if (chunksLeft-- <= 0) return;
      yield* namesInChunk(memory.read, run, at, wordBytes, phase);
    }
  }
}

function* namesInChunk(
  read: Kernel['virtual']['memory']['read'],
  run: LinearRun,
  at: bigint,
  step: number,
  phase: number,
): Generator<bigint> {
  const physical = BigInt.asUintN(64, run.physical + (at - run.start));
  const bytes = Number(run.end - at < CHUNK_BYTES ? run.end - at : BigInt(CHUNK_BYTES));
  const whole = read(physAddr(physical), bytes);
  const take = whole.ok ? bytes : PAGE_BYTES;
  for (let done = 0; done < bytes; done += take) {
    const start = BigInt.asUintN(64, physical + BigInt(done));
    const part = whole.ok ? whole : read(physAddr(start), Math.min(take, bytes - done));
    if (!part.ok) continue;
    const { value } = part;
    const starts: number[] = [];
    for (let i = phase; i + IDLE_NAME.length <= value.length; i += step) {
      if (value[i] !== IDLE_NAME[0]) continue;
      if (IDLE_NAME.every((byte, j) => value[i + j] === byte)) starts.push(i);
    }
    for (const i of starts) yield at + BigInt(done + i);
  }
}
