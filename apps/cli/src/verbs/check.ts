import { fail, ok, type Result } from '@pagewright/core';
import { check } from '@pagewright/inspect';
import type { Command } from 'commander';
import { checkDocument } from '../check/document.js';
import { parseNumber } from '../input/numbers.js';
import { dumpOptions } from '../input/open-dumped.js';
import { type KernelChoices, openJudged } from '../inspect/open-judged.js';
import { progress, progressDone } from '../progress.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface CheckChoices extends KernelChoices {
  readonly pid?: readonly string[];
}

/** `pagewright check`. */
export function define(command: Command, reply: Reply): void {
  dumpOptions(
    command
      .argument('<dump...>', 'ELF core, kdump (all its parts), LiME file, or raw image of memory')
      .option('--pid <number...>', 'findings about these processes alone')
      .option('--kernel <revision>', 'judge as this kernel, not as the one that the dump shows')
      .option('--config <NAME=y|n...>', 'kernel options that the dump does not show'),
  )
    .addHelpText(
      'after',
      examples(
        ['pagewright check dump.elf', 'Everything that is wrong with the page tables of a dump'],
        ['pagewright check dump.elf --pid 1 --json', 'One process, for programs'],
        ['pagewright check dump.elf --types btf', 'An image without types'],
      ),
    )
    .action((dump: readonly string[], options: CheckChoices) => reply(checkDump(dump, options)));
}

/** Checks the page tables of a dump; exit code 1 when there are errors. */
export async function checkDump(
  paths: readonly string[],
  options: CheckChoices,
): Promise<Result<Answer>> {
  const pids: number[] = [];
  for (const text of options.pid ?? []) {
    const pid = parseNumber(text, '--pid');
    if (!pid.ok) return pid;
    pids.push(Number(pid.value));
  }
  const opened = await openJudged(paths, options);
  if (!opened.ok) return opened;
  const { dump, kernel, judge } = opened.value;
  try {
    const report = check(kernel, judge, {
      ...(options.pid === undefined ? {} : { pids }),
      onProcess: (pid) => progress(`process ${pid}`),
    });
    if (!report.ok) return report;
    const missing = pids.find((pid) => !report.value.pids.includes(pid));
    if (missing !== undefined) {
      return fail('no-process', `no process with pid ${missing} has an address space in the dump`);
    }
    const faulty = report.value.findings.some(({ severity }) => severity === 'error');
    const document = checkDocument(paths.join(' '), opened.value, report.value);
    return ok({ document, exitCode: faulty ? 1 : 0 });
  } finally {
    progressDone();
    dump.close();
  }
}
