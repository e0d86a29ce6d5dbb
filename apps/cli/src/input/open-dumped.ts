import { fail, ok, type Result } from '@pagewright/core';
import { type Dump, parseTypesFile, parseVmcoreinfo, type Types } from '@pagewright/dump';
import { type OpenedDump, uncompressedFile } from '@pagewright/dump/node';
import type { OpenKernelOptions } from '@pagewright/inspect';
import type { Command } from 'commander';
import { allArchitectures } from '../backends.js';
import { BASE_OPTION, openBased } from './open-based.js';

/** What the command line says of a dump, beside its files. */
export interface DumpChoices {
  readonly base?: string;
  readonly types?: string;
  readonly vmcoreinfo?: string;
}

/** What to call the files of a dump in help texts. */
export const DUMP_ARGUMENT = [
  '<dump>',
  'ELF core, kdump, LiME file, or raw image of memory',
] as const;

/** Adds the options of `DumpChoices` to a command. */
export const dumpOptions = (command: Command): Command =>
  command
    .option(...BASE_OPTION)
    .option(
      '--types <file>',
      "the kernel's types (BTF, or an ELF file with .BTF; gzip and zstd are unpacked)",
    )
    .option('--vmcoreinfo <file>', 'VMCOREINFO text, where the dump has none');

/** An open dump, with what opening its kernel is told. */
export interface OpenedFiles {
  readonly dump: OpenedDump;
  readonly help: OpenKernelOptions;
}

/** Opens a dump. Codes: `bad-usage`, `unreadable-file`, those of readers of files and containers. */
export async function openDumpedFiles(
  paths: readonly string[],
  choices: DumpChoices,
): Promise<Result<OpenedFiles>> {
  const given = await givenFiles(choices);
  if (!given.ok) return given;
  const dump = await openBased(paths, choices.base);
  if (!dump.ok) return dump;
  return ok({
    dump: dump.value,
    help: { architectures: await allArchitectures(), ...given.value },
  });
}

/**
 * Opens a dump and what `open` finds in it: `openKernel`, or `openKernelImage` where no types are
 * needed. Whoever asks closes the dump. Codes: those of `openDumpedFiles` and of `open`.
 */
export async function openDumped<T>(
  paths: readonly string[],
  choices: DumpChoices,
  open: (dump: Dump, options: OpenKernelOptions) => Result<T>,
): Promise<Result<{ readonly dump: OpenedDump; readonly kernel: T }>> {
  const files = await openDumpedFiles(paths, choices);
  if (!files.ok) return files;
  const { dump, help } = files.value;
  const kernel = open(dump, help);
  if (kernel.ok) return ok({ dump, kernel: kernel.value });
  dump.close();
  return advised(kernel);
}

const ADVICE: Readonly<Record<string, string>> = {
  'no-btf': 'give them with --types FILE',
  'no-vmcoreinfo': 'give it with --vmcoreinfo FILE, and where a raw image begins with --base',
};

/** Says which option helps. */
export function advised<T>(result: Result<T>): Result<T> {
  if (result.ok) return result;
  const { code, message, evidence } = result.problem;
  const advice = ADVICE[code];
  return advice === undefined ? result : fail(code, `${message}; ${advice}`, evidence);
}

async function givenFiles({ types, vmcoreinfo }: DumpChoices) {
  const parsed = types === undefined ? undefined : await givenTypes(types);
  if (parsed?.ok === false) return parsed;
  const text = vmcoreinfo === undefined ? undefined : await uncompressedFile(vmcoreinfo);
  if (text?.ok === false) return text;
  return ok({
    ...(parsed === undefined ? {} : { types: parsed.value }),
    ...(text === undefined
      ? {}
      : { vmcoreinfo: parseVmcoreinfo(new TextDecoder().decode(text.value)) }),
  });
}

async function givenTypes(path: string): Promise<Result<Types>> {
  const bytes = await uncompressedFile(path);
  if (!bytes.ok) return bytes;
  const parsed = parseTypesFile(bytes.value);
  if (parsed.ok) return parsed;
  const { code, message, evidence } = parsed.problem;
  return fail(code, `${path}: ${message}`, evidence);
}
