import { fail, ok, type Problem, type Result } from '@pagewright/core';
import {
  type AddressSpace,
  AreaReader,
  addressSpace,
  type Kernel,
  type MappedArea,
  type Task,
  tasks,
} from '@pagewright/inspect';

/** Which processes and mappings are asked about; all where nothing is said. */
export interface Selection {
  readonly pid?: number;
  readonly comm?: string;
  /** An address: the mapping that holds it. */
  readonly vma?: bigint;
}

/** A process with its mappings, as far as they could be read. */
export interface FoundProcess {
  readonly task: Task;
  /** Absent for kernel threads and for the dead. */
  readonly space?: AddressSpace;
  readonly areas: readonly MappedArea[];
  readonly problem?: Problem;
}

/** Processes that are read one at a time. */
export interface ProcessList {
  readonly count: number;
  readonly processes: Iterable<FoundProcess>;
  /** Why the list of tasks ends early. */
  readonly problem?: Problem;
}

/** The processes of a selection. Codes: `no-process` for a selection of none, those of `tasks`. */
export function processesOf(kernel: Kernel, wanted: Selection): Result<ProcessList> {
  const list = tasks(kernel);
  if (!list.ok) return list;
  const { pid, comm } = wanted;
  const found = list.value.tasks.filter(
    (task) => (pid === undefined || task.pid === pid) && (comm === undefined || task.comm === comm),
  );
  if (found.length === 0) {
    const asked = [
      pid === undefined ? '' : ` with pid ${pid}`,
      comm === undefined ? '' : ` named ${JSON.stringify(comm.slice(0, 40))}`,
    ].join('');
    const count = list.value.tasks.length;
    return fail('no-process', `no process${asked} is among the ${count} of the dump`);
  }
  const { problem } = list.value;
  return ok({
    count: found.length,
    processes: { [Symbol.iterator]: () => read(kernel, found, wanted) },
    ...(problem === undefined ? {} : { problem }),
  });
}

function* read(
  kernel: Kernel,
  found: readonly Task[],
  { vma }: Selection,
): Generator<FoundProcess> {
  const reader = new AreaReader(kernel);
  for (const task of found) {
    const space = task.mm === undefined ? undefined : addressSpace(kernel, task.mm);
    if (space === undefined) {
      yield { task, areas: [] };
      continue;
    }
    const list = space.ok ? reader.areas(space.value) : space;
    if (!space.ok || !list.ok) {
      const { problem } = space.ok ? (list as Extract<typeof list, { ok: false }>) : space;
      yield { task, ...(space.ok ? { space: space.value } : {}), areas: [], problem };
      continue;
    }
    const { areas, problem } = list.value;
    yield {
      task,
      space: space.value,
      areas: areas.filter(({ start, end }) => vma === undefined || (vma >= start && vma < end)),
      ...(problem === undefined ? {} : { problem }),
    };
  }
}
