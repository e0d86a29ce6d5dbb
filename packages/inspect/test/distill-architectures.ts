import { arm64 } from '../../arch-arm64/src/index.js';
import { kernelLayout as arm64Layout } from '../../arch-arm64/src/kernel.js';
import { nopteSpecial } from '../../arch-nopte-special/src/index.js';
import { kernelLayout as nopteLayout } from '../../arch-nopte-special/src/kernel.js';
import { s390x } from '../../arch-s390x/src/index.js';
import { kernelLayout as s390xLayout } from '../../arch-s390x/src/kernel.js';
import { x86 } from '../../arch-x86/src/index.js';
import { kernelLayout as x86Layout } from '../../arch-x86/src/kernel.js';
import type { KernelArchitecture } from '../src/index.js';

/** All architectures, as the dump of any guest is opened with. */
export const architecturesOfDumps: readonly KernelArchitecture[] = [
  { backend: x86, kernelLayout: x86Layout },
  { backend: arm64, kernelLayout: arm64Layout },
  { backend: s390x, kernelLayout: s390xLayout },
  { backend: nopteSpecial, kernelLayout: nopteLayout },
];
