import { readFileSync } from 'node:fs';
import { fail, ok, parseConfig, type Result } from '@pagewright/core';
import { parseTypesFile, parseVmcoreinfo } from '@pagewright/dump';
import { type OpenedDump, openDumpFiles } from '@pagewright/dump/node';
import {
  type Judge,
  type Kernel,
  type KernelOverrides,
  type OpenKernelOptions,
  openJudge,
  openKernel,
} from '@pagewright/inspect';
import { allArchitectures } from '../backends.js';

/** What the command line says of a dumped kernel. */
export interface KernelChoices {
  readonly types?: string;
  readonly vmcoreinfo?: string;
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

/** A dump, open, with what the command line says of the kernel in it. */
export interface OpenedFiles {
  readonly dump: OpenedDump;
  readonly help: OpenKernelOptions;
  readonly overrides: KernelOverrides;
}

/** Opens a dump. Codes: `bad-usage`, `unreadable-file`, those of readers of files and containers. */
export async function openFiles(
  paths: readonly string[],
  choices: KernelChoices,
): Promise<Result<OpenedFiles>> {
  if (paths.includes('-')) {
    return fail('bad-usage', 'a dump is read at random: store it in a file, not standard input');
  }
  const overrides = overridesOf(choices);
  if (!overrides.ok) return overrides;
  const given = givenFiles(choices);
  if (!given.ok) return given;
  const dump = await openDumpFiles(paths);
  if (!dump.ok) return dump;
  const help = { architectures: await allArchitectures(), ...given.value };
  return ok({ dump: dump.value, help, overrides: overrides.value });
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

/** Says which option helps. */
export function advised<T>(result: Result<T>): Result<T> {
  if (result.ok || result.problem.code !== 'no-btf') return result;
  return fail('no-btf', `${result.problem.message}; give them with --types FILE`);
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

function givenFiles({ types, vmcoreinfo }: KernelChoices) {
  const typeBytes = types === undefined ? undefined : fileBytes(types);
  if (typeBytes?.ok === false) return typeBytes;
  const parsed = typeBytes === undefined ? undefined : parseTypesFile(typeBytes.value);
  if (parsed?.ok === false) return parsed;
  const text = vmcoreinfo === undefined ? undefined : fileBytes(vmcoreinfo);
  if (text?.ok === false) return text;
  return ok({
    ...(parsed === undefined ? {} : { types: parsed.value }),
    ...(text === undefined
      ? {}
      : { vmcoreinfo: parseVmcoreinfo(new TextDecoder().decode(text.value)) }),
  });
}

function fileBytes(path: string): Result<Uint8Array> {
  try {
    return ok(new Uint8Array(readFileSync(path)));
  } catch (error) {
    return fail('unreadable-file', `${path}: ${(error as Error).message}`);
  }
}
