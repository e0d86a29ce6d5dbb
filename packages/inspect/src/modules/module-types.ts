import { fail, hex, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import { field, parseBtf, type Types } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';

const ENTRY = {
  next: field.pointer('list.next'),
  module: field.pointer('module'),
  btf: field.pointer('btf'),
};
const BTF = { data: field.pointer('data'), size: field.number('data_size') };

/** As many as there are modules at most. */
const MOST_ENTRIES = 1 << 14;

/**
 * The types of a module, on those of the kernel: out of the list `btf_modules` (kernel/bpf/btf.c),
 * since the section itself is gone once the module has been loaded. Those of a module that was built
 * apart the kernel has fitted to its own. Codes: `no-btf` where there are none, `list-loop`, those of
 * reading and of `parseBtf`.
 */
export function moduleTypes(kernel: Kernel, module: VirtAddr, name: string): Result<Types> {
  const { types, virtual, symbol } = kernel;
  const head = symbol('btf_modules');
  const toLinks = types.offset('btf_module.list');
  const entries = types.record('btf_module', ENTRY);
  const blobs = types.record('btf', BTF);
  const none = fail('no-btf', `module ${name} has no types in the kernel`);
  if (head === undefined || toLinks === undefined || !entries.ok || !blobs.ok) return none;
  const first = virtual.pointer(head);
  if (!first.ok) return first;
  let at = first.value;
  for (let left = MOST_ENTRIES; at !== head; left--) {
    if (left === 0) return fail('list-loop', `types of modules: no end of the list at ${hex(at)}`);
    const entry = entries.value.read(virtual, before(at, toLinks));
    if (!entry.ok) return entry;
    if (entry.value.module !== module) {
      at = entry.value.next;
      continue;
    }
    const blob = blobs.value.read(virtual, entry.value.btf);
    if (!blob.ok) return blob;
    const bytes = virtual.read(blob.value.data, blob.value.size);
    return bytes.ok ? parseBtf(bytes.value.slice(), types) : bytes;
  }
  return none;
}

const before = (links: VirtAddr, toLinks: number): VirtAddr =>
  virtAddr(BigInt.asUintN(64, links - BigInt(toLinks)));
