import { hex } from '@pagewright/core';
import {
  AreaReader,
  addressSpace,
  type Judge,
  judgedEntries,
  type Kernel,
  tasks,
} from '../src/index.js';

/** All that an inspection says of the processes of a kernel, line by line; of some alone by pid. */
export function* answersOf(
  kernel: Kernel,
  judge: Judge,
  pids?: readonly number[],
): Generator<string> {
  const { form, vmcoreinfo } = kernel;
  yield `${form.name} ${form.headers} ${vmcoreinfo.osrelease}`;
  for (const { choice, because } of judge.grounds) yield `${choice}: ${because}`;
  const list = tasks(kernel);
  if (!list.ok) throw new Error(list.problem.message);
  if (list.value.problem !== undefined) yield list.value.problem.message;
  const reader = new AreaReader(kernel);
  for (const task of list.value.tasks) {
    yield `task ${task.pid} ${task.comm} ${task.kernelThread} ${task.mm}`;
    if (task.mm === undefined || pids?.includes(task.pid) === false) continue;
    const space = addressSpace(kernel, task.mm);
    if (!space.ok) throw new Error(space.problem.message);
    const { rss, ...numbers } = space.value;
    yield text(numbers);
    yield rss.ok ? text([...rss.value.pages]) : rss.problem.code;
    const areas = reader.areas(space.value);
    const context = judge.context(space.value);
    if (!areas.ok || !context.ok) throw new Error(`process ${task.pid} cannot be walked`);
    yield `${areas.value.problem?.code}`;
    for (const area of areas.value.areas) {
      yield text(area);
      const walked = judgedEntries(context.value, area);
      if (!walked.ok) {
        yield walked.problem.code;
        continue;
      }
      for (const { start, level, raw, decoded, verdict, problem } of walked.value) {
        if (decoded.kind === 'none') continue;
        yield `${hex(start)} ${level} ${hex(raw)} ${text(verdict)} ${problem?.code}`;
        if (decoded.kind !== 'leaf') continue;
        const facts = judge.pages.facts(decoded.pfn);
        yield facts.ok ? text(facts.value) : facts.problem.code;
      }
    }
  }
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? hex(each) : each));
