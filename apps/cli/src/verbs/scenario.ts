import { existsSync, writeFileSync } from 'node:fs';
import { fail, ok, type Result } from '@pagewright/core';
import type { Block } from '@pagewright/report';
import {
  resultData,
  resultLines,
  runAll,
  type ScenarioResult,
  succeededAll,
} from '@pagewright/scenario';
import type { Command } from 'commander';
import type { ScenarioNewOutput, ScenarioOutput } from '../outputs/scenario.js';
import { progress, progressDone } from '../progress.js';
import { readScenario, scenarioPaths } from '../scenario/files.js';
import { formSource } from '../scenario/forms.js';
import { STARTING_FILE } from '../scenario/starting-file.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface RunOptions {
  readonly form?: string;
  readonly kernel?: string;
  readonly trace?: true;
}

/** `pagewright scenario`. */
export function define(command: Command, reply: Reply): void {
  command.helpCommand(false);
  command
    .command('run')
    .description('run a scenario file, or all of a folder')
    .argument('<path>', 'a scenario file, or a folder of them')
    .option('--form <form>', 'run on this form alone')
    .option('--kernel <kernels>', 'run on these kernels alone: v6.9, v6.12.., v6.12..v6.18, all')
    .option('--trace', 'show what every step changed')
    .action((path: string, options: RunOptions) => reply(runScenarios(path, options)));
  command
    .command('new')
    .description('print a commented file to start from')
    .argument('[file]', 'write it here; a file that exists is left alone')
    .action((file: string | undefined) => reply(startingFile(file)));
  command.addHelpText(
    'after',
    examples(
      [
        'pagewright scenario run fixtures/scenarios/zeropage-driver-insert.yaml',
        'One scenario, on the kernels that it names',
      ],
      [
        'pagewright scenario run fixtures/scenarios/zeropage-driver-insert.yaml \\\n' +
          '      --kernel v6.9 --form s390x --trace',
        'The same elsewhere, with what each step changed',
      ],
      ['pagewright scenario run fixtures/scenarios', 'All of a folder'],
      ['pagewright scenario new', 'A file to start from'],
    ),
  );
}

/** Runs one scenario, or those of a folder. */
export async function runScenarios(path: string, options: RunOptions): Promise<Result<Answer>> {
  const paths = scenarioPaths(path);
  if (!paths.ok) return paths;
  const source = await formSource();
  const results: ScenarioResult[] = [];
  try {
    for (const file of paths.value) {
      progress(file);
      const scenario = readScenario(file);
      if (!scenario.ok) return scenario;
      const { trace = false, ...choice } = options;
      const result = runAll(scenario.value, source, { ...choice, trace });
      if (result.ok) results.push(result.value);
      // In a folder, a scenario that cannot run on what was chosen is passed over.
      else if (result.problem.code !== 'nothing-to-run' || paths.value.length === 1) return result;
    }
  } finally {
    progressDone();
  }
  const [first] = results;
  if (first === undefined)
    return fail('nothing-to-run', `${path}: nothing runs on what was chosen`);
  const blocks = paths.value.length === 1 ? [verbatim(resultLines(first))] : folderBlocks(results);
  const data: ScenarioOutput = {
    schema: 'pagewright/scenario/1',
    scenarios: results.map(resultData),
  };
  const good = results.every(succeededAll);
  return ok({ document: { blocks, data }, exitCode: good ? 0 : 1 });
}

const verbatim = (lines: readonly string[]): Block => ({ kind: 'verbatim', lines });

/** A line for each scenario, and those that failed in full. */
function folderBlocks(results: readonly ScenarioResult[]): Block[] {
  const lines = results.map((result) => {
    const { runs, others, scenario } = result;
    const count = runs.length + others.length;
    const mark = succeededAll(result) ? 'ok    ' : 'FAILED';
    return `${mark} ${scenario.file.scenario} (${count} runs)`;
  });
  const failed = results.filter((result) => !succeededAll(result));
  return [
    verbatim(lines),
    ...failed.map((result) => verbatim([`${result.scenario.name}:`, ...resultLines(result)])),
    verbatim([`${results.length} scenarios, ${failed.length} not as expected`]),
  ];
}

/** A commented scenario, printed or written to a file. */
async function startingFile(path: string | undefined): Promise<Result<Answer>> {
  const data: ScenarioNewOutput = {
    schema: 'pagewright/scenario-new/1',
    file: path ?? null,
    text: STARTING_FILE,
  };
  if (path === undefined) {
    const lines = STARTING_FILE.trimEnd().split('\n');
    return ok({ document: { blocks: [verbatim(lines)], data }, exitCode: 0 });
  }
  if (existsSync(path)) return fail('exists', `${path}: exists already`, { path });
  try {
    writeFileSync(path, STARTING_FILE, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail('unwritable', `${path}: cannot be written (${code})`, { path });
  }
  return ok({ document: { blocks: [verbatim([`wrote ${path}`])], data }, exitCode: 0 });
}
