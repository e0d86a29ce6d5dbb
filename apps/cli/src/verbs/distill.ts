import { deflateSync } from 'node:zlib';
import { fail, ok, type Result } from '@pagewright/core';
import { type Distilled, distill } from '@pagewright/inspect';
import type { Block } from '@pagewright/report';
import type { Command } from 'commander';
import { whyUnfit, writePieces } from '../distill/write-file.js';
import { parseNumber } from '../input/numbers.js';
import { advised, dumpOptions } from '../input/open-dumped.js';
import { type KernelChoices, openFiles } from '../inspect/open-judged.js';
import type { AnswerDocument } from '../outputs/output.js';
import { progress, progressDone } from '../progress.js';
import { type Answer, examples, type Reply } from '../verb.js';

interface DistillOptions extends KernelChoices {
  readonly output: string;
  readonly pid?: readonly string[];
}

/** `pagewright distill`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument('<dump...>', 'ELF core, kdump (all its parts), LiME file, or raw image of memory')
    .requiredOption('-o, --output <file>', 'the new dump, a kdump; replaced if it exists')
    .option('--pid <number...>', 'keep these processes alone')
    .option('--kernel <revision>', 'judge as this kernel, not as the one that the dump shows')
    .option('--config <NAME=y|n...>', 'kernel options that the dump does not show');
  dumpOptions(command)
    .addHelpText(
      'after',
      examples(
        ['pagewright distill dump.elf -o small.kdump', 'What inspecting needs, and no user data'],
        ['pagewright distill dump.elf -o one.kdump --pid 1', 'The same for one process'],
      ),
    )
    .action((dump: readonly string[], options: DistillOptions) =>
      reply(distillDump(dump, options)),
    );
}

/** Writes a new dump of the pages that inspecting processes reads. */
export async function distillDump(
  paths: readonly string[],
  options: DistillOptions,
): Promise<Result<Answer>> {
  const { output } = options;
  const pids: number[] = [];
  for (const text of options.pid ?? []) {
    const pid = parseNumber(text, '--pid');
    if (!pid.ok) return pid;
    pids.push(Number(pid.value));
  }
  const unfit = whyUnfit(output, paths);
  if (unfit !== undefined) return fail('bad-usage', `${output} ${unfit}`);
  const opened = await openFiles(paths, options);
  if (!opened.ok) return opened;
  const { dump, help, overrides } = opened.value;
  try {
    progress('reading what an inspection reads');
    const distilled = distill(dump, {
      ...help,
      overrides,
      ...(options.pid === undefined ? {} : { pids }),
      compression: { name: 'zlib', compress: (page) => deflateSync(page, { level: 9 }) },
    });
    if (!distilled.ok) return advised(distilled);
    progress(`writing ${distilled.value.pages} pages`);
    const bytes = writePieces(output, distilled.value.pieces);
    if (!bytes.ok) return bytes;
    const { problem } = distilled.value;
    return ok({
      document: describe(paths, options, distilled.value, bytes.value),
      exitCode: 0,
      ...(problem === undefined ? {} : { problem }),
    });
  } finally {
    progressDone();
    dump.close();
  }
}

function describe(
  paths: readonly string[],
  { output, types }: DistillOptions,
  distilled: Distilled,
  bytes: number,
): AnswerDocument {
  const { pages, pageBytes, userPages, processes, others } = distilled;
  const kept = processes.map(({ pid, comm }) => ({ pid, comm }));
  const notes: string[] = [];
  if (others > 0) {
    notes.push(`${others} more processes are in it by name alone: their tables are left out.`);
  }
  if (userPages > 0) {
    notes.push(`${userPages} pages that were read hold data of users and are left out.`);
  }
  if (types !== undefined) notes.push('The types are not in it: give them with --types again.');
  const blocks: Block[] = [
    {
      kind: 'table',
      columns: [{ title: 'pid', align: 'right' }, { title: 'command' }],
      rows: kept.map(({ pid, comm }) => [`${pid}`, comm]),
    },
    ...notes.map((text): Block => ({ kind: 'note', tone: 'warning', text })),
  ];
  return {
    title: `${output}: ${pages} pages of ${pageBytes} bytes in ${bytes} bytes`,
    blocks,
    data: {
      schema: 'pagewright/distill/1',
      dump: paths.join(' '),
      output,
      bytes,
      pages,
      pageBytes,
      userPages,
      processes: kept,
      otherProcesses: others,
    },
  };
}
