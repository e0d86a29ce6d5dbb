import { fail, ok, type Result } from '@pagewright/core';
import { type Kernel, openKernel, typesWith } from '@pagewright/inspect';
import type { Command } from 'commander';
import { DUMP_ARGUMENT, type DumpChoices, dumpOptions, openDumped } from '../input/open-dumped.js';
import type { TypeOutput } from '../outputs/type.js';
import { layoutBlocks } from '../type/layout-blocks.js';
import { layoutData } from '../type/layout-data.js';
import { type Answer, examples, type Reply } from '../verb.js';

/** `pagewright type`. */
export function define(command: Command, reply: Reply): void {
  command
    .argument(...DUMP_ARGUMENT)
    .argument('<name...>', 'a type as C names it, or a member of one: struct page, page.flags');
  dumpOptions(command)
    .addHelpText(
      'after',
      examples(
        ['pagewright type dump.elf struct page', 'A struct with its members'],
        ['pagewright type dump.elf mm_struct.mm_mt', 'A member: where it lies, and its own type'],
        ['pagewright type dump.elf enum pageflags', 'Constants'],
      ),
    )
    .action((dump: string, name: readonly string[], options: DumpChoices) =>
      reply(showType(dump, name.join(' '), options)),
    );
}

/** Shows how a type of the dumped kernel, or of one of its modules, lies in memory. */
export async function showType(
  path: string,
  name: string,
  options: DumpChoices,
): Promise<Result<Answer>> {
  const opened = await openDumped([path], options, openKernel);
  if (!opened.ok) return opened;
  try {
    return answered(path, opened.value.kernel, name);
  } finally {
    opened.value.dump.close();
  }
}

function answered(path: string, kernel: Kernel, name: string): Result<Answer> {
  const found = typesWith(kernel, name);
  const types = found?.types ?? kernel.types;
  const layout = types.layout(name);
  if (!layout.ok) {
    const { code, message, evidence } = layout.problem;
    return fail(
      code,
      code === 'no-type' ? `${message}, in the kernel or a module` : message,
      evidence,
    );
  }
  const place = types.place(name);
  const isMember = /[.[]/.test(name);
  const bits = place.ok && isMember ? place.value.bitOffset : undefined;
  const module = found?.module ?? null;
  const { type, size } = layout.value;
  const data: TypeOutput = {
    schema: 'pagewright/type/1',
    dump: path,
    asked: name,
    module,
    offset: bits === undefined ? null : Math.floor(bits / 8),
    bitOffset: bits ?? null,
    bitSize: (place.ok && isMember ? place.value.bitSize : undefined) ?? null,
    ...layoutData(layout.value),
  };
  const where = bits === undefined ? '' : `, at ${offsetText(bits)} of ${name.split(/[.[]/)[0]}`;
  const owner = module === null ? '' : `, of module ${module}`;
  const title = `${type}: ${size ?? 'no'} bytes${where}${owner}`;
  return ok({ document: { title, blocks: layoutBlocks(layout.value), data }, exitCode: 0 });
}

const offsetText = (bits: number): string =>
  bits % 8 === 0 ? `byte ${bits / 8}` : `byte ${Math.floor(bits / 8)}, bit ${bits % 8}`;
