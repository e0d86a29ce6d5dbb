import { fail, ok, type Result } from '@pagewright/core';
import type { Block } from '@pagewright/report';
import { runAll, runData, type ScenarioRun, type StepRun, stepLines } from '@pagewright/scenario';
import type { Command } from 'commander';
import { readScenario } from '../scenario/files.js';
import { formSource } from '../scenario/forms.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface DiffOptions {
  readonly kernel: string;
  readonly form?: string;
}

/** `pagewright diff`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('<scenario>', 'a scenario file')
    .requiredOption('--kernel <A..B>', 'the two kernels to compare')
    .option('--form <form>', 'on this form (default: the first that the file names)')
    .addHelpText(
      'after',
      examples([
        'pagewright diff fixtures/scenarios/zeropage-driver-insert.yaml \\\n' +
          '      --kernel v6.9..v6.12',
        'What the zeropage series changed for a driver',
      ]),
    )
    .action((path: string, options: DiffOptions) => reply(diff(path, options)));
}

/** Runs a scenario on two kernels, and shows the first step that went differently. */
export async function diff(path: string, options: DiffOptions): Promise<Result<Answer>> {
  const [from = '', to = '', ...rest] = options.kernel.split('..');
  if (from === '' || to === '' || rest.length > 0) {
    return fail('bad-usage', `--kernel "${options.kernel.slice(0, 60)}": must be A..B`);
  }
  const scenario = readScenario(path);
  if (!scenario.ok) return scenario;
  const { machine = {} } = scenario.value.file;
  const named = [machine.form ?? 'x86_64'].flat()[0] ?? 'x86_64';
  const form = options.form ?? (named === 'all' ? 'x86_64' : named);
  const source = await formSource();
  const runs: ScenarioRun[] = [];
  for (const kernel of [from, to]) {
    const result = runAll(scenario.value, source, { form, kernel, trace: true });
    if (!result.ok) return result;
    runs.push(...result.value.runs);
  }
  const [one, other] = runs as [ScenarioRun, ScenarioRun];
  const first = firstDifference(one, other);
  const data = {
    schema: 'pagewright/diff/1',
    file: path,
    form,
    kernels: [one.kernel, other.kernel],
    differs: first === undefined ? null : first + 1,
    runs: runs.map(runData),
  };
  const title = `${scenario.value.file.scenario} (${form})`;
  return ok({ document: { title, blocks: diffBlocks(one, other, first), data }, exitCode: 0 });
}

/** What was said and done in a step, without what the scenario expected of it. */
const told = (step: StepRun): readonly string[] => stepLines({ ...step, failures: [] });

/** Position of the first step that went differently. */
function firstDifference(one: ScenarioRun, other: ScenarioRun): number | undefined {
  const count = Math.max(one.steps.length, other.steps.length);
  for (let i = 0; i < count; i++) {
    const [here, there] = [one.steps[i], other.steps[i]];
    if (here === undefined || there === undefined) return i;
    if (told(here).join('\n') !== told(there).join('\n')) return i;
  }
  return undefined;
}

function diffBlocks(one: ScenarioRun, other: ScenarioRun, first: number | undefined): Block[] {
  const same = one.steps.slice(0, first).flatMap(told);
  const before: Block[] = same.length === 0 ? [] : [{ kind: 'verbatim', lines: same }];
  if (first === undefined) {
    const text = `${one.kernel} and ${other.kernel} do the same in all ${one.steps.length} steps`;
    return [...before, { kind: 'paragraph', text }];
  }
  const sides = [one, other].map(({ steps, stopped }) => {
    const step = steps[first];
    return step === undefined ? [`not reached: ${stopped ?? 'no such step'}`] : told(step);
  });
  const [left = [], right = []] = sides.map((lines) => lines.map((line) => line.trim()));
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [
    left[i] ?? '',
    right[i] ?? '',
  ]);
  const columns = [{ title: one.kernel }, { title: other.kernel }];
  return [...before, { kind: 'table', columns, rows }];
}
