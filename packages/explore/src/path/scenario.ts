import { checkInvariants } from '@pagewright/mm';
import { stringify } from 'yaml';
import type { Stepper } from '../world/stepper.js';
import { PathNames } from './names.js';
import type { PathStep } from './replay.js';

/**
 * A way as a scenario that runs as it stands: what every action answered is expected of it, and in
 * the end what is broken.
 *
 * @param stepper in the state that the way led to
 */
export function scenarioOf(stepper: Stepper, steps: readonly PathStep[]): string {
  const { bound, world } = stepper;
  const { machine, kernel } = world.model;
  const { file } = bound;
  const { room: _, ...rest } = file.machine ?? {};
  const names = new PathNames(file.objects, file.before);
  const broken = [...new Set(steps.flatMap((step) => step.broken))];
  const isBug = steps.at(-1)?.answer.startsWith('BUG ') === true;
  const ids = isBug ? [] : [...new Set(checkInvariants(world.model).map(({ id }) => id))];
  return stringify(
    {
      scenario: `${file.bound}: ${broken.join(', ') || 'a way'}`.slice(0, 200),
      ...(file.about === undefined ? {} : { about: file.about.trim() }),
      machine: { ...rest, form: machine.form.name, kernel: kernel.revision.id },
      ...(file.objects === undefined ? {} : { objects: file.objects }),
      steps: [...(file.before ?? []), ...steps.map((step) => stepFile(names, step))],
      ...(isBug ? {} : { expect: { invariants: ids.length === 0 ? 'hold' : { broken: ids } } }),
    },
    { lineWidth: 100 },
  );
}

function stepFile(names: PathNames, step: PathStep): Record<string, unknown> {
  const { action, named } = step;
  const { operation, args } = action.call;
  const entries = Object.entries(args).map(([name, value]) => {
    const kind = operation.parameters[name]?.kind ?? '';
    return [name, NAMED.has(kind) ? names.rename(value) : value] as const;
  });
  const [first] = Object.keys(operation.parameters);
  const [only] = entries;
  const isAlone = entries.length === 1 && only?.[0] === first && typeof only?.[1] === 'string';
  const own = named === undefined ? undefined : names.give(named);
  return {
    [operation.name]: isAlone ? only?.[1] : Object.fromEntries(entries),
    ...(own === undefined ? {} : { as: own }),
    ...expectation(step, own),
  };
}

/** Kinds of argument that are names of things. */
const NAMED: ReadonlySet<string> = new Set([
  ...['address', 'vma', 'process', 'page', 'pages', 'pfn', 'file', 'reference', 'inFlight', 'task'],
]);

/** Nothing, where a step succeeds and says nothing. */
function expectation({ answer, succeeded, warns, reports, named }: PathStep, own?: string) {
  const told = own !== undefined && answer === named ? own : answer;
  if (succeeded && warns.length === 0 && reports === 0) return {};
  return {
    expect: {
      ...(succeeded ? {} : { answer: told }),
      ...(warns.length === 0 ? {} : { warns: [...warns] }),
      ...(reports === 0 ? {} : { reports }),
    },
  };
}
