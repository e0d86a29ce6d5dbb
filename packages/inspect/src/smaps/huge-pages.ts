import {
  type Kernel as Rules,
  VM_MIXEDMAP,
  VM_PFNMAP,
  vmaIsAnonymous,
  vmConstant,
} from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { AddressSpace } from '../mm.js';
import type { MappedArea } from '../vma/vmas.js';
import type { Backing } from './backing.js';
import { type HugePageSettings, hugePageSettings } from './huge-page-settings.js';
import { highestFirst } from './orders.js';
import { ShmemHugePages } from './shmem-huge-pages.js';

/** Bits of mm_struct's flags that keep huge pages away (include/linux/mm_types.h, MMF_*). */
const MMF_DISABLE_THP = 24n;
/** The same without areas that are advised; of kernels with `enum tva_type`. */
const MMF_DISABLE_THP_EXCEPT_ADVISED = 23n;

/** Flags that decide, as masks of the kernel's form. */
const FLAGS = [
  'VM_HUGEPAGE',
  'VM_NOHUGEPAGE',
  'VM_EXEC',
  'VM_GROWSDOWN',
  'VM_SEQ_READ',
  'VM_RAND_READ',
] as const;
type FlagName = (typeof FLAGS)[number];

/** Answers the THPeligible line: huge pages could be mapped into an area. */
export class HugePages {
  private readonly settings: HugePageSettings;
  private readonly shmem: ShmemHugePages;
  private readonly masks: Readonly<Record<FlagName, bigint>>;
  private readonly ops;
  private readonly spaces;

  constructor(
    private readonly kernel: Kernel,
    rules: Rules,
  ) {
    const { types, form } = kernel;
    this.settings = hugePageSettings(kernel, rules);
    this.shmem = new ShmemHugePages(kernel, this.settings);
    this.masks = Object.fromEntries(
      FLAGS.map((name) => [name, vmConstant(form.definition, name) ?? 0n]),
    ) as Record<FlagName, bigint>;
    this.ops = types.record('vm_operations_struct', { huge: field.pointer('huge_fault') });
    const bitmap = 'flags.__mm_flags[0]';
    this.spaces = types.record('mm_struct', {
      flags: field.int(types.has(`mm_struct.${bitmap}`) ? bitmap : 'flags'),
    });
  }

  /** thp_vma_allowable_orders(), to 6.6 hugepage_vma_check(), as smaps asks (mm/huge_memory.c). */
  eligible(area: MappedArea, backing: Backing | undefined, space: AddressSpace): boolean {
    const { settings } = this;
    if (!settings.supported || this.isForbidden(area, space)) return false;
    if (backing?.isDax) return false;
    const orders = this.suitable(area, this.wanted(area));
    if (orders === 0n) return false;
    if (backing?.isShmem) {
      const allowed = this.shmem.allowed(area, backing);
      return (settings.masksShmemOrders ? allowed & orders : allowed) !== 0n;
    }
    if (vmaIsAnonymous(area)) return !this.isTemporaryStack(area);
    if (!this.isOn(area)) return false;
    return this.hasHugeFault(area) || this.isReadOnlyFile(area, backing);
  }

  private has(area: MappedArea, flag: FlagName): boolean {
    return (area.flags & this.masks[flag]) !== 0n;
  }

  private isForbidden(area: MappedArea, { address }: AddressSpace): boolean {
    if (this.has(area, 'VM_NOHUGEPAGE')) return true;
    const read = this.spaces.ok ? this.spaces.value.read(this.kernel.virtual, address) : undefined;
    const flags = read?.ok ? read.value.flags : 0n;
    if (((flags >> MMF_DISABLE_THP) & 1n) === 1n) return true;
    const exceptAdvised = ((flags >> MMF_DISABLE_THP_EXCEPT_ADVISED) & 1n) === 1n;
    const knowsAdvice = this.kernel.types.has('enum tva_type');
    return knowsAdvice && exceptAdvised && !this.has(area, 'VM_HUGEPAGE');
  }

  /** The system's setting lets an area have huge pages, advised or not. */
  private isOn(area: MappedArea): boolean {
    const { always, onAdvice } = this.settings;
    return always || (onAdvice && this.has(area, 'VM_HUGEPAGE'));
  }

  /** Orders that the kind of memory can have and the settings allow. */
  private wanted(area: MappedArea): bigint {
    const { anon, pmdOrder, specialOrders, fileOrders } = this.settings;
    if (!vmaIsAnonymous(area)) {
      const isSpecial = (area.flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0n;
      return isSpecial ? specialOrders : fileOrders;
    }
    const pmd = 1n << BigInt(pmdOrder);
    if (anon === undefined) return this.isOn(area) ? pmd : 0n;
    let orders = anon.always;
    if (this.has(area, 'VM_HUGEPAGE')) orders |= anon.onAdvice;
    if (this.isOn(area)) orders |= anon.inherit;
    // Anonymous folios have four pages at least, and a pmd's at most (THP_ORDERS_ALL_ANON).
    return orders & (2n * pmd - 1n) & ~3n;
  }

  /** Orders from the highest that has room at the area's end (thp_vma_suitable_order()). */
  private suitable(area: MappedArea, orders: bigint): bigint {
    const shift = this.kernel.form.definition.pageShift;
    const firstPage = (area.start >> BigInt(shift)) - area.pgoff;
    for (const { order, upTo } of highestFirst(orders)) {
      const size = 1n << BigInt(order + shift);
      const isAligned = vmaIsAnonymous(area) || firstPage % (1n << BigInt(order)) === 0n;
      const start = (area.end - size) & ~(size - 1n);
      if (isAligned && start >= area.start && start + size <= area.end) return upTo;
    }
    return 0n;
  }

  /** vma_is_temporary_stack(): a program is being started. */
  private isTemporaryStack(area: MappedArea): boolean {
    return (
      this.has(area, 'VM_GROWSDOWN') &&
      this.has(area, 'VM_SEQ_READ') &&
      this.has(area, 'VM_RAND_READ')
    );
  }

  private hasHugeFault({ opsAddress }: MappedArea): boolean {
    if (!this.settings.trustsHugeFault || opsAddress === 0n || !this.ops.ok) return false;
    const ops = this.ops.value.read(this.kernel.virtual, opsAddress);
    return ops.ok && ops.value.huge !== 0n;
  }

  /** file_thp_enabled(), of kernels with CONFIG_READ_ONLY_THP_FOR_FS. */
  private isReadOnlyFile(area: MappedArea, backing: Backing | undefined): boolean {
    if (backing === undefined || !this.kernel.types.has('address_space.nr_thps')) return false;
    return this.has(area, 'VM_EXEC') && backing.isRegular && backing.writers <= 0n;
  }
}
