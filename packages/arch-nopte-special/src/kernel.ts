/**
 * What a dump needs to know about a User-Mode Linux kernel. The other forms leave no dumps with
 * VMCOREINFO: alpha has no kexec, m68k no crash dumps.
 * @packageDocumentation
 */
import {
  type DumpFacts,
  fail,
  type HeaderGeneration,
  ok,
  type Result,
  shownLine,
  unusableLine,
} from '@pagewright/core';
import { HOST_TASK_SIZE } from './kernel/um-physical.js';

export { kernelLayout } from './kernel/layout.js';
export { kernelSpace } from './kernel/space.js';
export { umPhysical } from './kernel/um-physical.js';

/** ELF e_machine of UML's host, which is what UML was compiled for. */
const EM_X86_64 = 62;
/** Page size of the only configuration: 4 KiB. */
const PAGE_SIZE = '4096';
/** Lines of kernels that are no processes. */
const OTHER_KERNELS = ['NUMBER(phys_base)', 'NUMBER(kimage_voffset)', 'SYMBOL(lowcore_ptr)'];

/**
 * First release of each layout, newest first. VMCOREINFO has no line that came or went with them, so
 * the release number decides: four levels and NEEDSYNC came with 6.13, swap's exclusive mark with 6.3.
 */
const SINCE: readonly (readonly [major: number, minor: number, HeaderGeneration])[] = [
  [6, 13, '7.2'],
  [6, 3, '6.12'],
  [0, 0, '6.1'],
];

/**
 * The header generation of a dumped UML kernel. Codes: `not-this-arch`, `bad-vmcoreinfo`,
 * `unknown-form` for a page size that UML does not have.
 */
export function dumpedGeneration(facts: DumpFacts): Result<HeaderGeneration> {
  const { elfMachine, vmcoreinfo } = facts;
  const text = vmcoreinfo.get('SYMBOL(swapper_pg_dir)');
  const root = /^[0-9a-f]{1,16}$/i.test(text ?? '') ? BigInt(`0x${text}`) : HOST_TASK_SIZE;
  const other = OTHER_KERNELS.some((key) => vmcoreinfo.has(key));
  if ((elfMachine ?? EM_X86_64) !== EM_X86_64 || root >= HOST_TASK_SIZE || other) {
    return fail('not-this-arch', 'the dump is not of a User-Mode Linux kernel on x86-64');
  }
  if (vmcoreinfo.get('PAGESIZE') !== PAGE_SIZE) {
    const found = shownLine(facts, 'PAGESIZE');
    return fail('unknown-form', `um has pages of ${PAGE_SIZE} bytes, in VMCOREINFO ${found}`);
  }
  const release = /^(\d{1,3})\.(\d{1,3})/.exec(vmcoreinfo.get('OSRELEASE') ?? '');
  if (release === null) return unusableLine(facts, 'OSRELEASE');
  const [major, minor] = [Number(release[1]), Number(release[2])];
  const found = SINCE.find(([a, b]) => major > a || (major === a && minor >= b));
  return ok(found?.[2] ?? '6.1');
}
