import { type Bits, type Pfn, type VirtAddr, virtAddr } from '@pagewright/core';
import { ERRNO } from '../errno.js';
import { vmMapPagesZero } from '../insert/vm-map-pages.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { entryAt, setEntry, slotMade, tableHolding } from '../tables/tables.js';
import { vmaAt } from '../vma/vma.js';

/** Told before entries of its range change (mmu_interval_notifier). */
export interface RangeNotifier {
  readonly start: VirtAddr;
  /** First address behind the range. */
  readonly end: VirtAddr;
  invalidate(start: VirtAddr, end: VirtAddr): void;
}

/** Errors of `mapPages`, by the kernel's names. */
export type MapError = 'EINVAL' | 'ENOMEM' | 'EFAULT' | 'EBUSY' | 'ENXIO';

/**
 * An address space as a driver outside of the model sees it: by addresses and entry words. It is what
 * `@pagewright/xen-gntdev` calls `AddressSpace`.
 */
export class DeviceAddressSpace {
  readonly notifiers = new Set<RangeNotifier>();

  constructor(
    private readonly model: Model,
    readonly mm: number,
  ) {}

  /** The leaf entry of an address. */
  readEntry(addr: VirtAddr): Bits {
    return this.model.pte.word(entryAt(this.model, this.mm, this.pageOf(addr), 'pte'));
  }

  /** Somebody, a hypervisor maybe, writes a word into the leaf entry. Its table must exist. */
  writeEntry(addr: VirtAddr, entry: Bits): void {
    const slot = slotMade(this.model, this.mm, this.pageOf(addr), 'pte');
    if (slot < 0) throw new Error('an entry is written whose table was never made');
    setEntry(this.model, slot, this.model.pte.of(entry));
  }

  /** Physical address of the leaf entry, with tables made as needed; null without memory for them. */
  leafEntryAddress(addr: VirtAddr): bigint | null {
    const { machine } = this.model;
    const slot = slotMade(this.model, this.mm, this.pageOf(addr), 'pte');
    if (slot < 0) return null;
    const table = tableHolding(this.model, slot);
    const pageShift = BigInt(machine.form.definition.pageShift);
    const pfn = BigInt(machine.memory.pfn(machine.tableFrame + table));
    return (
      (pfn << pageShift) +
      BigInt(slot % machine.tableStride) * BigInt(machine.form.definition.wordBits / 8)
    );
  }

  /** vm_map_pages_zero() on the VMA there, which takes the flags that the driver has set. */
  mapPages(
    vma: { readonly start: VirtAddr; readonly end: VirtAddr; readonly flags: bigint },
    pages: readonly Pfn[],
  ): MapError | null {
    const { model } = this;
    const found = vmaAt(model, this.mm, this.pageOf(vma.start));
    if (found < 0) return 'EFAULT';
    model.state.set(Vma.flags, found, model.machine.flagSets.of(vma.flags));
    const frames = pages.map((pfn) => model.machine.memory.frame(Number(pfn)));
    const error = vmMapPagesZero(model, found, frames);
    return error === 0 ? null : nameOf(error);
  }

  /** Calls the notifiers of a range, given by page numbers, in the order of their registration. */
  invalidate(first: number, end: number): void {
    const [from, to] = [this.addressOf(first), this.addressOf(end)];
    for (const notifier of [...this.notifiers]) {
      if (notifier.start < to && from < notifier.end) notifier.invalidate(from, to);
    }
  }

  /** Number of the page that an address lies in. */
  pageOf(addr: VirtAddr): number {
    return Number(addr >> BigInt(this.model.machine.form.definition.pageShift));
  }

  /** First address of a page. */
  addressOf(vpn: number): VirtAddr {
    return virtAddr(BigInt(vpn) << BigInt(this.model.machine.form.definition.pageShift));
  }
}

function nameOf(error: number): MapError {
  for (const name of ['EINVAL', 'ENOMEM', 'EFAULT', 'EBUSY', 'ENXIO'] as const) {
    if (ERRNO[name] === error) return name;
  }
  throw new Error(`vm_map_pages_zero() does not answer ${error}`);
}
