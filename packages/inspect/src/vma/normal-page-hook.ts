import { type Pfn, pfn, type VirtAddr, type VmOps, virtAddr } from '@pagewright/core';
import { field, type StructPages, structPages } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import { loadedModules, typesWith } from '../modules/modules.js';

/** `vm_operations_struct` of a dump, as far as the decision asks it. */
export interface DumpedVmOps extends VmOps {
  /** The hook is set, but what it finds is not known; `findNormalPage` then answers null. */
  readonly hookUnknown?: true;
}

/** The member, renamed in 2025. */
const MEMBERS = ['find_normal_page', 'find_special_page'] as const;
/** The only hook there is (drivers/xen/gntdev.c), by either name. */
const GNTDEV_HOOK = /^gntdev_vma_find_(normal|special)_page$/;
/** Its array of struct pages, one for each page of the VMA, hangs at `vm_private_data`. */
const GRANT_MAP = {
  pages: field.pointer('pages'),
  start: field.pointer('pages_vm_start'),
  count: field.number('count'),
};

/** Reads the hooks of VMAs: find_normal_page(), find_special_page() before. */
export class NormalPageHooks {
  private readonly hooks = new Map<VirtAddr, VirtAddr>();
  private readonly names = new Map<VirtAddr, string | undefined>();
  private pages: StructPages | undefined;

  constructor(private readonly kernel: Kernel) {}

  /** The operations of a VMA by the address of its `vm_ops`; null where that is NULL. */
  of(opsAddress: VirtAddr, privateData: VirtAddr): DumpedVmOps | null {
    if (opsAddress === 0n) return null;
    const hook = this.hookOf(opsAddress);
    if (hook === 0n) return {};
    const grants = GNTDEV_HOOK.test(this.nameOf(hook) ?? '') ? this.grants(privateData) : undefined;
    return grants ?? { findNormalPage: () => null, hookUnknown: true };
  }

  /** Address of the function; 0 where there is none, or the structure is not in the dump. */
  private hookOf(opsAddress: VirtAddr): VirtAddr {
    const known = this.hooks.get(opsAddress);
    if (known !== undefined) return known;
    const { types, virtual } = this.kernel;
    const offset = MEMBERS.map((name) => types.offset(`vm_operations_struct.${name}`)).find(
      (at) => at !== undefined,
    );
    const at = offset === undefined ? undefined : opsAddress + BigInt(offset);
    const read = at === undefined ? undefined : virtual.pointer(virtAddr(BigInt.asUintN(64, at)));
    const hook = read?.ok ? read.value : virtAddr(0n);
    this.hooks.set(opsAddress, hook);
    return hook;
  }

  private nameOf(hook: VirtAddr): string | undefined {
    if (!this.names.has(hook)) this.names.set(hook, functionAt(this.kernel, hook));
    return this.names.get(hook);
  }

  private grants(privateData: VirtAddr): DumpedVmOps | undefined {
    const { virtual, vmcoreinfo, form } = this.kernel;
    const types = typesWith(this.kernel, 'gntdev_grant_map.pages_vm_start')?.types;
    const reader = types?.record('gntdev_grant_map', GRANT_MAP);
    const map = reader?.ok ? reader.value.read(virtual, privateData) : undefined;
    if (this.pages === undefined) {
      const found = structPages(virtual, vmcoreinfo);
      if (found.ok) this.pages = found.value;
    }
    const { pages } = this;
    if (map?.ok !== true || pages === undefined) return undefined;
    const { pages: array, start, count } = map.value;
    const shift = BigInt(form.definition.pageShift);
    const findNormalPage = (addr: VirtAddr): Pfn | null => {
      const index = BigInt.asUintN(64, addr - start) >> shift;
      if (index >= BigInt(count)) return null;
      const slot = virtual.pointer(virtAddr(array + index * BigInt(virtual.wordBytes)));
      const frame = slot.ok ? pages.pfnOfPage(slot.value) : undefined;
      return frame === undefined ? null : pfn(frame);
    };
    return { findNormalPage };
  }
}

/** Name of the function at an address, in the kernel or in a module. */
function functionAt(kernel: Kernel, address: VirtAddr): string | undefined {
  const { symbols } = kernel;
  const own = symbols.ok ? symbols.value.nearest(address) : undefined;
  if (own?.offset === 0n) return own.name;
  const list = loadedModules(kernel);
  for (const { symbols: ofModule } of list.ok ? list.value.modules : []) {
    const table = ofModule();
    const found = table.ok ? table.value.find((symbol) => symbol.address === address) : undefined;
    if (found !== undefined) return found.name;
  }
  return undefined;
}
