import { ok, type Result } from '@pagewright/core';
import { escapeText } from '@pagewright/report';
import type { Command } from 'commander';
import { parseNumber, parseOptionalNumber } from '../input/numbers.js';
import { BASE_OPTION } from '../input/open-based.js';
import { inspection } from '../inspect/document.js';
import { linesOf } from '../inspect/lines.js';
import { type KernelChoices, type OpenedKernel, openJudged } from '../inspect/open-judged.js';
import { findsFault, noTotals } from '../inspect/process-data.js';
import { type FoundProcess, processesOf, type Selection } from '../inspect/processes.js';
import { inspectKernelSpace } from '../kernel-space/answer.js';
import { progressDone, slowProgress } from '../progress.js';
import { type Answer, examples, type Reply, type Stream } from '../verb.js';

interface InspectOptions extends KernelChoices {
  readonly pid?: string;
  readonly comm?: string;
  readonly vma?: string;
  readonly entries?: true;
  readonly ndjson?: true;
  readonly kernelSpace?: true;
}

/** `pagewright inspect`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('<dump...>', 'ELF core, kdump (all its parts), LiME file, or raw image of memory')
    .option('--pid <number>', 'this process alone, mapping by mapping')
    .option('--comm <name>', 'processes of this name, mapping by mapping')
    .option('--vma <address>', 'only mappings that hold this address')
    .option('--entries', 'every entry with its page, not ranges of equal verdict')
    .option('--ndjson', 'one JSON object a line as they are found: ranges, or entries')
    .option(
      '--kernel-space',
      "the kernel's own tables, by region, with what is writable and executable",
    )
    .option('--kernel <revision>', 'judge as this kernel, not as the one that the dump shows')
    .option('--config <NAME=y|n...>', 'kernel options that the dump does not show')
    .option(...BASE_OPTION)
    .option('--types <file>', "the kernel's types (BTF, or an ELF file with .BTF)")
    .option('--vmcoreinfo <file>', 'VMCOREINFO text, where the dump has none')
    .addHelpText(
      'after',
      examples(
        ['pagewright inspect dump.elf', 'The kernel, its processes, and what their tables hold'],
        ['pagewright inspect dump.elf --pid 1', 'One process, mapping by mapping'],
        [
          'pagewright inspect dump.elf --comm init --entries --ndjson',
          'Every entry with its verdict, for programs',
        ],
        ['pagewright inspect dump.elf --kernel-space', "The kernel's own address space"],
      ),
    )
    .action((dump: readonly string[], options: InspectOptions) =>
      reply(options.kernelSpace ? inspectKernelSpace(dump, options) : inspectDump(dump, options)),
    );
}

/** Accounts for every page-table entry of a dump's processes. */
export async function inspectDump(
  paths: readonly string[],
  options: InspectOptions,
): Promise<Result<Answer | Stream>> {
  const wanted = selectionOf(options);
  if (!wanted.ok) return wanted;
  const opened = await openJudged(paths, options);
  if (!opened.ok) return opened;
  const answer = answerOf(paths.join(' '), opened.value, wanted.value, options);
  // Lines are read from the dump while they are printed.
  if (!answer.ok || !('lines' in answer.value)) opened.value.dump.close();
  return answer;
}

function selectionOf({ pid, comm, vma }: InspectOptions): Result<Selection> {
  const number = pid === undefined ? ok(undefined) : parseNumber(pid, '--pid');
  if (!number.ok) return number;
  const address = parseOptionalNumber(vma, '--vma');
  if (!address.ok) return address;
  return ok({
    ...(number.value === undefined ? {} : { pid: Number(number.value) }),
    ...(comm === undefined ? {} : { comm }),
    ...(address.value === undefined ? {} : { vma: address.value }),
  });
}

function answerOf(
  path: string,
  opened: OpenedKernel,
  wanted: Selection,
  { entries, ndjson }: InspectOptions,
): Result<Answer | Stream> {
  const list = processesOf(opened.kernel, wanted);
  if (!list.ok) return list;
  const { count, problem } = list.value;
  const processes = watched(list.value.processes, count, ndjson === true);
  const withEntries = entries === true;
  const ended = problem === undefined ? {} : { problem };
  if (ndjson) {
    const totals = noTotals();
    const lines = linesOf(opened.judge, processes, withEntries, totals);
    return ok({
      lines: closing(lines, () => opened.dump.close()),
      // Known when the last line has been read.
      get exitCode() {
        return findsFault(totals) ? 1 : 0;
      },
      ...ended,
    });
  }
  const withAreas = withEntries || Object.keys(wanted).length > 0;
  const { document, faulty } = inspection(path, opened, processes, { withEntries, withAreas });
  return ok({ document, exitCode: faulty ? 1 : 0, ...ended });
}

/** Says on a terminal at which process long work is. */
function* watched(
  processes: Iterable<FoundProcess>,
  count: number,
  printsLines: boolean,
): Generator<FoundProcess> {
  const tell = slowProgress(printsLines);
  let done = 0;
  try {
    for (const each of processes) {
      const { pid, comm } = each.task;
      tell(() => `process ${pid} ${escapeText(comm)}, ${done} of ${count} done`);
      yield each;
      done++;
    }
  } finally {
    progressDone();
  }
}

function* closing<T>(items: Iterable<T>, close: () => void): Generator<T> {
  try {
    yield* items;
  } finally {
    close();
  }
}
