import { ok, type Result } from '@pagewright/core';
import {
  firstDifference,
  firstForm,
  runAll,
  runData,
  type ScenarioRun,
} from '@pagewright/scenario';
import type { Command } from 'commander';
import type { DiffOutput } from '../outputs/scenario.js';
import { readScenario } from '../scenario/files.js';
import { formSource } from '../scenario/forms.js';
import { diffBlocks } from '../scenario/side-by-side.js';
import { twoKernels } from '../scenario/two-kernels.js';
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

/** Runs a scenario on two kernels, and shows the first step that went differently: code 1 then. */
export async function diff(path: string, options: DiffOptions): Promise<Result<Answer>> {
  const kernels = twoKernels(options.kernel);
  if (!kernels.ok) return kernels;
  const scenario = readScenario(path);
  if (!scenario.ok) return scenario;
  const source = await formSource();
  const named =
    options.form === undefined
      ? firstForm(scenario.value, source, kernels.value)
      : ok(options.form);
  if (!named.ok) return named;
  const form = named.value;
  const runs: ScenarioRun[] = [];
  for (const { id } of kernels.value) {
    const result = runAll(scenario.value, source, { form, kernel: id, trace: true });
    if (!result.ok) return result;
    runs.push(...result.value.runs);
  }
  const [one, other] = runs as [ScenarioRun, ScenarioRun];
  const first = firstDifference(one, other);
  const data: DiffOutput = {
    schema: 'pagewright/diff/1',
    file: path,
    form,
    kernels: [one.kernel, other.kernel],
    differs: first === undefined ? null : first + 1,
    runs: runs.map(runData),
  };
  const title = `${scenario.value.file.scenario} (${form})`;
  const exitCode = first === undefined ? 0 : 1;
  return ok({ document: { title, blocks: diffBlocks(one, other), data }, exitCode });
}
