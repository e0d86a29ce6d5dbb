import {
  type EntryForm,
  type FindKernelLayout,
  fail,
  ok,
  type PhysicalMemory,
  type Result,
  type VirtAddr,
  virtAddr,
} from '@pagewright/core';
import { type VirtualMemory, virtualMemory } from './virtual-memory.js';
import type { VmcoreInfo } from './vmcoreinfo.js';

/** What a kernel's virtual memory is found from. */
export interface KernelMemoryFacts {
  readonly memory: PhysicalMemory;
  readonly form: EntryForm;
  readonly vmcoreinfo: VmcoreInfo;
  /** The architecture's `kernelLayout`, from its `/kernel` sub-path. */
  readonly findLayout: FindKernelLayout;
  /** Kernel symbols, once they have been read: gives the runs that need variables. */
  readonly symbol?: (name: string) => VirtAddr | undefined;
}

/** struct new_utsname: sysname, nodename, release of 65 bytes each (uapi/linux/utsname.h). */
const UTS_FIELD_BYTES = 65;
const RELEASE_FIELD = 2;

/**
 * A dumped kernel's virtual memory. Called twice: first with VMCOREINFO alone, to read the symbol
 * table; then with its symbols. The layout is held against the kernel's own name: where the place of
 * `init_uts_ns` has another release than VMCOREINFO, the code is `wrong-layout`.
 */
export function kernelMemory(facts: KernelMemoryFacts): Result<VirtualMemory> {
  const { memory, form, vmcoreinfo, findLayout, symbol } = facts;
  const layout = findLayout({
    form,
    vmcoreinfo,
    ...(symbol === undefined ? {} : { symbol }),
    probe: (address, length) => {
      const found = memory.read(address, length);
      return found.ok ? found.value : undefined;
    },
  });
  if (!layout.ok) return layout;
  const virtual = virtualMemory(memory, layout.value);
  return confirmed(virtual, vmcoreinfo);
}

function confirmed(virtual: VirtualMemory, vmcoreinfo: VmcoreInfo): Result<VirtualMemory> {
  const uts = vmcoreinfo.symbol('init_uts_ns');
  const name = vmcoreinfo.offset('uts_namespace.name');
  const { osrelease } = vmcoreinfo;
  if (uts === undefined || name === undefined || osrelease === undefined) return ok(virtual);
  const at = BigInt.asUintN(64, uts + BigInt(name + RELEASE_FIELD * UTS_FIELD_BYTES));
  const found = virtual.cString(virtAddr(at), UTS_FIELD_BYTES);
  if (found.ok && found.value === osrelease) return ok(virtual);
  const seen = found.ok ? JSON.stringify(found.value) : found.problem.message;
  return fail(
    'wrong-layout',
    `init_uts_ns should say ${JSON.stringify(osrelease.slice(0, UTS_FIELD_BYTES))}, but there is: ${seen}`,
    { address: at },
  );
}
