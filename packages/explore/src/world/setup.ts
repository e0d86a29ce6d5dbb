import { type EntryForm, fail, type Kernel, type Result } from '@pagewright/core';
import { CapacityError, type MachineRoom } from '@pagewright/mm';
import type { Scenario } from '@pagewright/scenario';
import { build, runStep, ScenarioStop, selects, type World } from '@pagewright/scenario/parts';
import type { BoundFile } from '../format/definition.js';
import { namesOf } from '../format/expand.js';
import type { Bound } from '../format/parse.js';

/** References that names can stand for: a bit each in the word that a state keeps for a name. */
const MOST_REFERENCES = 31;

/** The scenario that a bound begins as: its objects, and what is done before. */
export function beginningOf({ name, file, where }: Bound): Scenario {
  const { machine = {}, objects = {}, before = [], needs } = file;
  const { room: _, ...rest } = machine;
  return {
    name,
    where,
    file: {
      scenario: file.bound,
      machine: rest,
      objects,
      steps: before,
      ...(needs === undefined ? {} : { needs }),
    },
  };
}

/**
 * The world that a search begins in. Codes: those of scenarios that cannot begin, and `bad-bound` where
 * a step before does not go as it says.
 */
export function beginWorld(bound: Bound, form: EntryForm, kernel: Kernel): Result<World> {
  const scenario = beginningOf(bound);
  const built = build(scenario, form, kernel, roomOf(bound));
  if (!built.ok) return built;
  for (const [i, step] of scenario.file.steps.entries()) {
    if (step.kernels !== undefined && !selects(step.kernels, kernel)) continue;
    const place = bound.where(['before', i]);
    try {
      const { failures } = runStep(built.value, step, i + 1, false);
      if (failures.length > 0) return fail('bad-bound', `${place}: ${failures.join('; ')}`);
    } catch (error) {
      if (!(error instanceof ScenarioStop || error instanceof CapacityError)) throw error;
      return fail('bad-bound', `${place}: ${error.message}`);
    }
  }
  return built;
}

/** Less room than scenarios have, since states are copied all the time; more where a bound says so. */
function roomOf({ file }: Bound): Partial<MachineRoom> {
  const { processes = {}, vmas = {} } = file.objects ?? {};
  const forked = file.actions.flatMap((entry) => ('fork' in entry ? namesOf(entry) : []));
  const begun = file.actions.some((entry) => 'begin_fork' in entry) ? 2 : 0;
  const before = file.before?.filter((step) => 'fork' in step || 'begin_fork' in step).length ?? 0;
  const names = new Set([...Object.keys(processes), ...forked]);
  const mm = Math.max(names.size, 1) + before + begun;
  const vma = Math.min(64, Math.max(8, 3 * mm * Math.max(Object.keys(vmas).length, 1)));
  const standard: Partial<MachineRoom> = {
    mm,
    vma,
    anonVma: vma,
    avc: 4 * vma,
    table: 4 + 6 * mm,
    reference: 16,
    waiter: 8,
    swapSlot: 16,
    inFlight: 4,
  };
  const room = { ...standard, ...(file.machine?.room as Partial<MachineRoom> | undefined) };
  const reference = Math.min(room.reference ?? 0, MOST_REFERENCES);
  return { ...room, reference, kept: mostNames(file) + file.actions.length };
}

/** At least as many names as a bound has whose meaning changes. */
function mostNames({ objects = {}, before = [], actions }: BoundFile): number {
  const ofObjects = Object.values(objects).flatMap((kind) => Object.keys(kind ?? {}));
  // And the process that is there without being named.
  return 1 + ofObjects.length + before.length + actions.flatMap(namesOf).length;
}
