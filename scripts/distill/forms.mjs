// The form of a kernel, and where its own memory lies.
import { builtBackends } from '../built-backends.mjs';

/** The form with a name, in a generation of headers. */
export async function formNamed(name, options) {
  for (const backend of await builtBackends()) {
    const found = backend.form(name, options);
    if (found.ok) return found.value;
  }
  throw new Error(`no backend has a form ${name} with headers ${options.headers}`);
}

/**
 * From a virtual address of the kernel image to a physical one, by architecture; `number` reads
 * VMCOREINFO. x86: __START_KERNEL_map and phys_base; arm64: kimage_voffset; s390: where the image
 * lies in the kernel's address space and in memory.
 */
export const IMAGE_TO_PHYSICAL = {
  x86: (address, number) => address - 0xffffffff80000000n + number('NUMBER(phys_base)', 10),
  arm64: (address, number) => address - number('NUMBER(kimage_voffset)', 16),
  s390x: (address, number) => address - number('KERNELOFFSET', 16) + number('KERNELOFFPHYS', 16),
};
