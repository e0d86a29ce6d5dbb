import type { ScenarioRun } from '../run/run.js';
import { firstDifference, toldAt } from '../show/told.js';
import type { Bisection, Finding } from './bisect.js';
import { type StepText, stepText } from './step-text.js';

/** What was told before and after a change, from the first step on that went differently. */
export interface Sides {
  /** The step's number in the file; null where the scenario ended before. */
  readonly step: number | null;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The first step that went differently, as both runs told it. */
export function sidesOf(before: ScenarioRun, after: ScenarioRun): Sides {
  const position = firstDifference(before, after) ?? 0;
  const step = before.steps[position] ?? after.steps[position];
  const lines = (run: ScenarioRun) => toldAt(run, position).map((line) => line.trim());
  return { step: step?.number ?? null, before: lines(before), after: lines(after) };
}

/** A bisection as JSON has it. */
export type BisectionData = {
  readonly scenario: string;
  readonly form: string;
  readonly from: string;
  readonly to: string;
  /**
   * The first change between the two kernels that alters what the scenario prints: answers, warnings
   * and reports; where both kernels agree in those, changes of the state. Whether expectations hold is
   * not asked. A title that begins with `without:` is that of a change which `to` lacks. Null where no
   * change alters anything.
   */
  readonly change: StepText | null;
  /** The first step that went differently, as it went without the change; null with `change`. */
  readonly before: SideData | null;
  /** The same step with the change. */
  readonly after: SideData | null;
  /** How often the scenario was run. */
  readonly runs: number;
  /** A result that was left came back at a later change: all of it, or all its answers, warnings and reports. */
  readonly comesAndGoes: boolean;
  /**
   * Ids of the changes that give the result together, where `change` with what it requires does not
   * give it on `from`.
   */
  readonly together: readonly string[];
};

/** One side of a bisection. */
export type SideData = {
  /** Position of the step in the file; null where the scenario ended before. */
  readonly step: number | null;
  /** What was told, a line each. */
  readonly told: readonly string[];
};

/** A bisection as data. */
export function bisectionData(bisection: Bisection): BisectionData {
  const { scenario, form, from, to, found, runs, comesAndGoes } = bisection;
  const sides = found === null ? null : sidesOf(found.before.run, found.after.run);
  return {
    scenario: scenario.name,
    form,
    from,
    to,
    change: found === null ? null : { ...stepText(found.step) },
    before: sides === null ? null : { step: sides.step, told: [...sides.before] },
    after: sides === null ? null : { step: sides.step, told: [...sides.after] },
    runs,
    comesAndGoes,
    together: [...(found?.together ?? [])],
  };
}

/** What a bisection found, without the two outcomes, a line each. */
export function bisectionLines({ from, to, found, later, ...rest }: Bisection): string[] {
  const way = `${rest.steps} changes from ${from} to ${to}, ${rest.runs} runs`;
  if (found === null) return [`No change alters the result (${way}).`];
  return [
    ...changeLines('The first change that alters the result:', [found.step]),
    ...togetherLines(found),
    ...(rest.comesAndGoes
      ? ['The behaviour comes and goes: later, steps are answered as before that change.']
      : []),
    ...changeLines('Altered again by:', later),
    `(${way})`,
  ];
}

function changeLines(head: string, steps: readonly Finding['step'][]): string[] {
  const lines = steps
    .map(stepText)
    .flatMap(({ id, title, source }) => [`  ${id}: ${title}`, `    ${source}`]);
  return lines.length === 0 ? [] : [head, ...lines];
}

const togetherLines = ({ together }: Finding): string[] =>
  together.length === 0 ? [] : [`It takes these together: ${together.join(', ')}`];
