import type { Pfn, VirtAddr } from '@pagewright/core';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import type { VmOps } from '../vm-ops.js';
import { newVma, type VmaParts } from '../vma/address-space.js';
import { munmap } from '../vma/munmap.js';
import { setPageProt } from '../vma/page-prot.js';
import { DeviceAddressSpace } from './device-address-space.js';

/** What a driver outside of the model is asked to map: addresses and flags as the kernel has them. */
export interface OutsideRequest {
  readonly start: VirtAddr;
  readonly end: VirtAddr;
  readonly flags: bigint;
  /** vm_pgoff, in pages. */
  readonly pgoff: bigint;
}

/** What the driver made of it. */
export interface OutsideVma {
  /** vm_flags as the driver leaves them. */
  readonly flags: bigint;
  /** find_normal_page(): the pfn whose content the entry at an address shows, or null. */
  readonly findNormalPage: (addr: VirtAddr) => Pfn | null;
  /** The VMA was split or copied; a VMA of it is gone. */
  readonly open?: () => void;
  readonly close?: () => void;
}

/**
 * A driver that lives outside of the model, as `@pagewright/xen-gntdev` does: it writes entries
 * through `DeviceAddressSpace`. What it knows itself is not part of the model's state, so that copies
 * of a state share it. Its `ops` belong among the machine's `vmOps`.
 */
export class OutsideDevice<Failure> {
  readonly ops: VmOps;
  private readonly mapped: { readonly vma: OutsideVma; readonly space: DeviceAddressSpace }[] = [];
  private readonly spaces = new WeakMap<Model, DeviceAddressSpace[]>();

  /** @param mmap the driver's own mmap(): what it made of a request, or why it refuses */
  constructor(
    name: string,
    private readonly mmap: (
      space: DeviceAddressSpace,
      request: OutsideRequest,
    ) => { readonly ok: true; readonly value: OutsideVma } | ({ readonly ok: false } & Failure),
  ) {
    this.ops = {
      name,
      findNormalPage: (model, vma, vpn) => {
        const found = this.of(model, vma);
        const pfn = found?.vma.findNormalPage(found.space.addressOf(vpn)) ?? null;
        return pfn === null ? -1 : model.machine.memory.frame(Number(pfn));
      },
      invalidate: (model, vma, start, end) => this.of(model, vma)?.space.invalidate(start, end),
      open: (model, vma) => this.of(model, vma)?.vma.open?.(),
      close: (model, vma) => this.of(model, vma)?.vma.close?.(),
    };
  }

  /**
   * mmap() of the device: the VMA, with the flags that the driver set, or the driver's refusal, with
   * the VMA gone again. `parts.ops` must be the number of `ops` in the machine.
   */
  map(
    model: Model,
    mm: number,
    parts: Required<Pick<VmaParts, 'start' | 'end' | 'flags' | 'pgoff' | 'ops'>>,
  ): { readonly ok: true; readonly value: number } | ({ readonly ok: false } & Failure) {
    const { state, machine } = model;
    const space = this.spaceOf(model, mm);
    const vma = newVma(model, mm, parts);
    const made = this.mmap(space, {
      start: space.addressOf(parts.start),
      end: space.addressOf(parts.end),
      flags: parts.flags,
      pgoff: BigInt(parts.pgoff),
    });
    if (!made.ok) {
      munmap(model, mm, parts.start, parts.end - parts.start);
      return made;
    }
    state.set(Vma.flags, vma, machine.flagSets.of(made.value.flags));
    setPageProt(model, vma);
    this.mapped.push({ vma: made.value, space });
    state.set(Vma.private, vma, this.mapped.length);
    return { ok: true, value: vma };
  }

  /** `Vma.private` is the number of the mapping, counted from 1. */
  private of(model: Model, vma: number) {
    return this.mapped[model.state.get(Vma.private, vma) - 1];
  }

  private spaceOf(model: Model, mm: number): DeviceAddressSpace {
    const spaces = this.spaces.get(model) ?? [];
    this.spaces.set(model, spaces);
    const found = spaces.find((space) => space.mm === mm);
    if (found !== undefined) return found;
    const made = new DeviceAddressSpace(model, mm);
    spaces.push(made);
    return made;
  }
}
