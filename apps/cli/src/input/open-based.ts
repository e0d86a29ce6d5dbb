import { fail, type Result } from '@pagewright/core';
import { type OpenedDump, openDumpFiles } from '@pagewright/dump/node';
import { parseNumber } from './numbers.js';

/** The option for where a raw image begins. */
export const BASE_OPTION = [
  '--base <paddr>',
  'physical address at which a raw image begins (default: 0)',
] as const;

/** What messages call a container that says itself what lies where. */
const CONTAINERS = { elf: 'an ELF core', kdump: 'a kdump', lime: 'a LiME file' } as const;

/**
 * Opens a dump by its files. Codes: `bad-usage` for standard input and for a base address of
 * something that is no raw image, `bad-number`, and those of `openDumpFiles`.
 */
export async function openBased(
  paths: readonly string[],
  base: string | undefined,
): Promise<Result<OpenedDump>> {
  if (paths.includes('-')) {
    return fail('bad-usage', 'a dump is read at random: store it in a file, not standard input');
  }
  if (base === undefined) return openDumpFiles(paths);
  const address = parseNumber(base, '--base');
  if (!address.ok) return address;
  const dump = await openDumpFiles(paths, { rawBase: address.value });
  if (!dump.ok || dump.value.container === 'raw') return dump;
  dump.value.close();
  const container = CONTAINERS[dump.value.container];
  return fail(
    'bad-usage',
    `--base: ${paths.join(' ')} is ${container}, which says itself what lies where`,
  );
}
