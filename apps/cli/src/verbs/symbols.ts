import { hex, ok, type Result } from '@pagewright/core';
import { openKernel, openKernelImage } from '@pagewright/inspect';
import { type Block, span } from '@pagewright/report';
import type { Command } from 'commander';
import {
  advised,
  DUMP_ARGUMENT,
  type DumpChoices,
  dumpOptions,
  openDumpedFiles,
} from '../input/open-dumped.js';
import type { AskedSymbolsData, SymbolData, SymbolsOutput } from '../outputs/symbols.js';
import { answersTo } from '../symbols/asked.js';
import { type FoundSymbol, SymbolIndex } from '../symbols/symbol-index.js';
import { type Answer, examples, type Reply } from '../verb.js';

/** `pagewright symbols`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument(...DUMP_ARGUMENT)
    .argument('<what...>', 'names, NAME+OFFSET, patterns with *, or 0x addresses');
  dumpOptions(command)
    .addHelpText(
      'after',
      examples(
        ['pagewright symbols dump.elf init_task', 'Where a symbol lies'],
        ['pagewright symbols dump.elf 0xffffffff81000010', 'What lies at an address'],
        ["pagewright symbols dump.elf 'vm_normal_*' schedule+0x12", 'Several at once'],
      ),
    )
    .action((dump: string, what: readonly string[], options: DumpChoices) =>
      reply(findSymbols(dump, what, options)),
    );
}

/** A symbol as data. */
const symbolData = ({ name, address, offset, size, type, module }: FoundSymbol): SymbolData => ({
  name,
  address: hex(address),
  offset: hex(offset),
  size: size === undefined ? null : hex(size),
  type: type ?? null,
  module: module ?? null,
});

/** Looks symbols up, both ways; exit code 1 where something that was asked for is not there. */
export async function findSymbols(
  path: string,
  what: readonly string[],
  options: DumpChoices,
): Promise<Result<Answer>> {
  const files = await openDumpedFiles([path], options);
  if (!files.ok) return files;
  const { dump, help } = files.value;
  try {
    const typed = openKernel(dump, help);
    // Without types the kernel's own symbols can be told all the same.
    const kernel = typed.ok ? typed : openKernelImage(dump, help);
    if (!kernel.ok) return advised(kernel);
    const index = SymbolIndex.of(kernel.value);
    return index.ok ? answered(path, index.value, what) : index;
  } finally {
    dump.close();
  }
}

function answered(path: string, index: SymbolIndex, what: readonly string[]): Result<Answer> {
  const answers = [];
  for (const asked of what) {
    const found = answersTo(index, asked);
    if (!found.ok) return found;
    answers.push({ asked, symbols: found.value.map(symbolData) });
  }
  const { problem } = index;
  const blocks: Block[] = [table(answers)];
  const missing = answers.filter(({ symbols }) => symbols.length === 0);
  for (const { asked } of missing) {
    blocks.push({ kind: 'note', tone: 'problem', text: `${asked}: no such symbol` });
  }
  if (problem !== undefined) {
    blocks.push({ kind: 'note', tone: 'warning', text: `Modules: ${problem.message}` });
  }
  const data: SymbolsOutput = {
    schema: 'pagewright/symbols/1',
    dump: path,
    answers,
    problem: problem?.message ?? null,
  };
  return ok({ document: { blocks, data }, exitCode: missing.length > 0 ? 1 : 0 });
}

const table = (answers: readonly AskedSymbolsData[]): Block => ({
  kind: 'table',
  columns: [
    { title: 'address' },
    { title: 'type' },
    { title: 'symbol' },
    { title: 'size', align: 'right' },
    { title: 'module' },
  ],
  rows: answers.flatMap(({ symbols }) =>
    symbols.map(({ name, address, offset, size, type, module }) => [
      hex(BigInt.asUintN(64, BigInt(address) + BigInt(offset))),
      type ?? '',
      offset === '0x0' ? name : [name, span(`+${offset}`, 'dim')],
      size ?? '',
      module ?? '',
    ]),
  ),
});
