import { ok, type Result } from '@pagewright/core';
import type { Block } from '@pagewright/report';
import {
  type Bisection,
  bisect,
  bisectionData,
  bisectionLines,
  firstForm,
} from '@pagewright/scenario';
import type { Command } from 'commander';
import type { BisectOutput } from '../outputs/scenario.js';
import { readScenario } from '../scenario/files.js';
import { formSource } from '../scenario/forms.js';
import { sideBySide } from '../scenario/side-by-side.js';
import { twoKernels } from '../scenario/two-kernels.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface BisectOptions {
  readonly kernel: string;
  readonly form?: string;
}

/** `pagewright bisect`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('<scenario>', 'a scenario file')
    .requiredOption('--kernel <A..B>', 'the two kernels to walk between')
    .option('--form <form>', 'on this form (default: the first that the file names)')
    .addHelpText(
      'after',
      examples(
        [
          'pagewright bisect fixtures/scenarios/zeropage-driver-insert.yaml \\\n' +
            '      --kernel v6.9..v6.12',
          'Which patch changed what a driver gets',
        ],
        [
          'pagewright bisect fixtures/scenarios/frame-out-of-bounds.yaml \\\n' +
            '      --kernel rfc-2025-06/0..rfc-2025-06/14 --form s390x',
          'Which patch of a series, on another architecture',
        ],
      ),
    )
    .action((path: string, options: BisectOptions) => reply(findChange(path, options)));
}

/** Finds the change between two kernels that alters what a scenario does. */
export async function findChange(path: string, options: BisectOptions): Promise<Result<Answer>> {
  const kernels = twoKernels(options.kernel);
  if (!kernels.ok) return kernels;
  const scenario = readScenario(path);
  if (!scenario.ok) return scenario;
  const source = await formSource();
  const form =
    options.form === undefined
      ? firstForm(scenario.value, source, kernels.value)
      : ok(options.form);
  if (!form.ok) return form;
  const found = bisect(scenario.value, source, form.value, ...kernels.value);
  if (!found.ok) return found;
  const title = `${scenario.value.file.scenario} (${form.value})`;
  const data: BisectOutput = {
    schema: 'pagewright/bisect/1',
    ...bisectionData(found.value),
  };
  return ok({ document: { title, blocks: blocksOf(found.value), data }, exitCode: 0 });
}

function blocksOf(bisection: Bisection): Block[] {
  const { found } = bisection;
  const lines: Block = { kind: 'verbatim', lines: bisectionLines(bisection) };
  if (found === null) return [lines];
  const { before, after } = found;
  return [lines, sideBySide(before.run, after.run, ['before', 'after'])];
}
