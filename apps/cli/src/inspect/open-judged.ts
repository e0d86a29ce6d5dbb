import { ok, parseConfig, type Result } from '@pagewright/core';
import type { OpenedDump } from '@pagewright/dump/node';
import {
  type Judge,
  type Kernel,
  type KernelOverrides,
  openJudge,
  openKernel,
} from '@pagewright/inspect';
import {
  advised,
  type DumpChoices,
  type OpenedFiles,
  openDumpedFiles,
} from '../input/open-dumped.js';

/** What the command line says of a dumped kernel. */
export interface KernelChoices extends DumpChoices {
  readonly kernel?: string;
  readonly config?: readonly string[];
}

/** A dumped kernel, open; `close` its files when done. */
export interface OpenedKernel {
  readonly dump: OpenedDump;
  readonly kernel: Kernel;
  readonly judge: Judge;
}

/** The option that decides about swap types and that no rule asks for. */
const MEMORY_FAILURE = /^(?:CONFIG_)?MEMORY_FAILURE=([yn])$/;

/** Opens a dump. Codes: those of `openDumpedFiles`, and `bad-usage` for options that are none. */
export async function openFiles(
  paths: readonly string[],
  choices: KernelChoices,
): Promise<Result<OpenedFiles & { readonly overrides: KernelOverrides }>> {
  const overrides = overridesOf(choices);
  if (!overrides.ok) return overrides;
  const files = await openDumpedFiles(paths, choices);
  return files.ok ? ok({ ...files.value, overrides: overrides.value }) : files;
}

/** Opens a dump and the kernel in it. Codes: `bad-usage`, `unreadable-file`, those of all readers. */
export async function openJudged(
  paths: readonly string[],
  choices: KernelChoices,
): Promise<Result<OpenedKernel>> {
  const files = await openFiles(paths, choices);
  if (!files.ok) return files;
  const { dump, help, overrides } = files.value;
  const kernel = openKernel(dump, help);
  const judge = kernel.ok ? openJudge(kernel.value, overrides) : kernel;
  if (kernel.ok && judge.ok) return ok({ dump, kernel: kernel.value, judge: judge.value });
  dump.close();
  return advised(judge as Extract<typeof judge, { ok: false }>);
}

function overridesOf({ kernel, config = [] }: KernelChoices): Result<KernelOverrides> {
  const settings = config.filter((setting) => !MEMORY_FAILURE.test(setting));
  const failures = config.flatMap((setting) => MEMORY_FAILURE.exec(setting)?.[1] ?? []);
  const choice = parseConfig(settings);
  if (!choice.ok) return choice;
  const last = failures.at(-1);
  return ok({
    ...(kernel === undefined ? {} : { revision: kernel }),
    config: choice.value,
    ...(last === undefined ? {} : { memoryFailure: last === 'y' }),
  });
}
