import {
  type DumpFacts,
  fail,
  type HeaderGeneration,
  ok,
  type Result,
  unusableLine,
} from '@pagewright/core';
import { FORMS, type FormSpec } from './forms.js';
import { addressBits } from './geometry.js';

/** ELF e_machine of s390x. */
const EM_S390 = 22;
/** Lines that only s390x kernels write (arch/s390/kernel/machine_kexec.c, setup.c). */
const SIGNS = ['SYMBOL(lowcore_ptr)', 'SAMODE31'];

const RELEASE = 'OSRELEASE';
const TOP = 'NUMBER(VMALLOC_START)';

/** How a dumped kernel ran, as far as VMCOREINFO says. */
export interface DumpedForm {
  readonly spec: FormSpec;
  readonly headers: HeaderGeneration;
}

/**
 * The form of the kernel's own tables: the fewest levels that reach VMALLOC_START, which lies near
 * the top of the kernel's addresses. Older kernels do not write it: they are taken to have the
 * fewest levels, until `kernelLayout` sees the root table itself. A process has a form of its own:
 * `formFromAsce`, `levelsFromRootEntry`. Codes: `not-this-arch`, `bad-vmcoreinfo`.
 */
export function dumpedForm(facts: DumpFacts): Result<DumpedForm> {
  const { elfMachine, vmcoreinfo } = facts;
  const isOurs =
    elfMachine === undefined ? SIGNS.some((key) => vmcoreinfo.has(key)) : elfMachine === EM_S390;
  if (!isOurs) return fail('not-this-arch', 'the dump is not of an s390x kernel');
  const headers = headersOf(vmcoreinfo.get(RELEASE) ?? '');
  if (headers === undefined) return unusableLine(facts, RELEASE);
  const top = vmcoreinfo.get(TOP) ?? '0x0';
  if (!/^0x[0-9a-f]{1,16}$/i.test(top)) return unusableLine(facts, TOP);
  const reaching = FORMS.filter(({ levels }) => BigInt(top) >> BigInt(addressBits(levels)) === 0n);
  return ok({ spec: reaching.at(-1) as FormSpec, headers });
}

/**
 * The generation by release. VMCOREINFO shows nothing of the change that matters here: segment bits
 * moved in 6.13 ("s390/mm: Rearrange region-third and segment table entry SW bits"), so 6.13 and later
 * are read as 7.2. From 6.6 on a marker can say poisoned.
 */
function headersOf(release: string): HeaderGeneration | undefined {
  const [found, major, minor] = /^(\d{1,4})\.(\d{1,4})(?!\d)/.exec(release) ?? [];
  if (found === undefined) return undefined;
  const since = (from: number): boolean => Number(major) * 10_000 + Number(minor) >= from;
  return since(6_0013) ? '7.2' : since(6_0006) ? '6.12' : '6.1';
}
