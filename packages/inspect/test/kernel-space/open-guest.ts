import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchBackend, FindKernelLayout, KernelSpaceRules } from '@pagewright/core';
import * as arm64 from '../../../arch-arm64/src/index.js';
import * as arm64Kernel from '../../../arch-arm64/src/kernel.js';
import * as nopte from '../../../arch-nopte-special/src/index.js';
import * as umKernel from '../../../arch-nopte-special/src/kernel.js';
import * as s390x from '../../../arch-s390x/src/index.js';
import * as s390xKernel from '../../../arch-s390x/src/kernel.js';
import * as x86 from '../../../arch-x86/src/index.js';
import * as x86Kernel from '../../../arch-x86/src/kernel.js';
import { type KernelImage, openKernelImage } from '../../src/index.js';
import { type Guest, guestFolder, openGuest as openDump } from '../guests.js';

interface KernelExports {
  readonly kernelLayout: FindKernelLayout;
  readonly kernelSpace: KernelSpaceRules;
}
const architecture = (module: object, { kernelLayout, kernelSpace }: KernelExports) => ({
  backend: Object.values(module).find((value) => value?.formFromDump !== undefined) as ArchBackend,
  kernelLayout,
  kernelSpace,
});
/** Every architecture, with all that its `/kernel` exports. */
export const architectures = [
  architecture(x86, x86Kernel),
  architecture(arm64, arm64Kernel),
  architecture(s390x, s390xKernel),
  architecture(nopte, umKernel),
];

/** Opens the dump of a guest, without types. */
export async function openGuest(guest: Guest) {
  const dump = await openDump(guest);
  const kernel = openKernelImage(dump, { architectures });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  return { folder: guestFolder(guest), dump, kernel: kernel.value as KernelImage };
}

/** Symbols of the running kernel, by its own account. */
export function kallsymsOf(folder: string) {
  const lines = readFileSync(join(folder, 'kallsyms'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const [, address, type, name, module] =
      /^([0-9a-f]+) (\S) (\S+)(?:\t\[(.+)\])?$/.exec(line) ?? [];
    return {
      address: BigInt(`0x${address}`),
      type: type as string,
      name: name as string,
      ...(module === undefined ? {} : { module }),
    };
  });
}
