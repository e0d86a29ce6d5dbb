import { fail, ok, type Result } from '@pagewright/core';
import type { Command } from 'commander';
import { parseNumber } from '../input/numbers.js';
import { BASE_OPTION } from '../input/open-based.js';
import { type KernelChoices, type OpenedKernel, openJudged } from '../inspect/open-judged.js';
import { processesOf } from '../inspect/processes.js';
import { smapsDocument } from '../smaps/document.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface SmapsOptions extends KernelChoices {
  readonly pid: string;
  readonly rollup?: true;
}

/** `pagewright smaps`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('<dump...>', 'ELF core, kdump (all its parts), LiME file, or raw image of memory')
    .requiredOption('--pid <number>', 'the process')
    .option('--rollup', 'all mappings in one, as /proc/PID/smaps_rollup')
    .option('--kernel <revision>', 'judge as this kernel, not as the one that the dump shows')
    .option('--config <NAME=y|n...>', 'kernel options that the dump does not show')
    .option(...BASE_OPTION)
    .option('--types <file>', "the kernel's types (BTF, or an ELF file with .BTF)")
    .option('--vmcoreinfo <file>', 'VMCOREINFO text, where the dump has none')
    .addHelpText(
      'after',
      examples(
        ['pagewright smaps dump.elf --pid 1', '/proc/1/smaps, as the kernel would print it'],
        ['pagewright smaps dump.elf --pid 1 --rollup', '/proc/1/smaps_rollup'],
        ['pagewright smaps dump.elf --pid 1 --json', 'The same numbers for programs'],
      ),
    )
    .action((dump: readonly string[], options: SmapsOptions) => reply(smapsOfDump(dump, options)));
}

/** Prints the smaps of one process of a dump. */
export async function smapsOfDump(
  paths: readonly string[],
  options: SmapsOptions,
): Promise<Result<Answer>> {
  const pid = parseNumber(options.pid, '--pid');
  if (!pid.ok) return pid;
  const opened = await openJudged(paths, options);
  if (!opened.ok) return opened;
  const rollup = options.rollup === true;
  const answer = answerOf(paths.join(' '), opened.value, Number(pid.value), rollup);
  opened.value.dump.close();
  return answer;
}

function answerOf(
  path: string,
  opened: OpenedKernel,
  pid: number,
  rollup: boolean,
): Result<Answer> {
  const list = processesOf(opened.kernel, { pid });
  if (!list.ok) return list;
  const [process] = list.value.processes;
  if (process === undefined) throw new Error('a list of no process is refused');
  const { space, problem, task } = process;
  if (space === undefined) {
    if (problem !== undefined) return { ok: false, problem };
    const who = task.kernelThread ? 'a kernel thread' : 'dead';
    return fail('no-memory', `process ${pid} is ${who}: it has no memory of its own`);
  }
  const answer = smapsDocument(path, opened, { ...process, space }, { rollup });
  if (!answer.ok) return answer;
  const { document, incomplete } = answer.value;
  return ok({ document, exitCode: incomplete ? 1 : 0 });
}
