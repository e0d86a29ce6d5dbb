import { ok, type Result, vmConstant } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { MappedArea } from '../vma/vmas.js';
import type { Backing } from './backing.js';

/** No page is larger than 2^52 bytes, whatever a damaged order says. */
const MOST_SHIFT = 52;

/** Finds out the pages that the kernel maps an area with (vma_kernel_pagesize()). */
export class PageSizes {
  private readonly hugetlb: bigint;
  private readonly ops;
  private readonly mount;
  private readonly state;
  private readonly dax;

  constructor(private readonly kernel: Kernel) {
    const { types, form } = kernel;
    this.hugetlb = vmConstant(form.definition, 'VM_HUGETLB') ?? 0n;
    this.ops = types.record('vm_operations_struct', {
      pageSize: field.optional(field.pointer('pagesize')),
    });
    this.mount = types.record('hugetlbfs_sb_info', { state: field.pointer('hstate') });
    this.state = types.record('hstate', { order: field.number('order') });
    this.dax = types.record('dev_dax', { align: field.number('align') });
  }

  /** The area holds hugetlb pages. */
  isHugetlb({ flags }: MappedArea): boolean {
    return (flags & this.hugetlb) !== 0n;
  }

  /** Bytes of a page; the machine's own where nothing says otherwise. */
  of(area: MappedArea, backing: Backing | undefined): number {
    const { pageShift } = this.kernel.form.definition;
    const own = 2 ** pageShift;
    if (backing === undefined) return own;
    if (this.isHugetlb(area)) {
      const order = this.hugetlbOrder(backing);
      return order.ok && order.value + pageShift <= MOST_SHIFT ? own * 2 ** order.value : own;
    }
    return this.hasOwnSize(area) && backing.isDax ? (this.alignment(backing) ?? own) : own;
  }

  /** hstate_vma(): the file system's mount knows the size of its pages. */
  private hugetlbOrder({ superBlockData }: Backing): Result<number> {
    const { virtual } = this.kernel;
    const mount = this.mount.ok ? this.mount.value.read(virtual, superBlockData) : this.mount;
    if (!mount.ok) return mount;
    const state = this.state.ok ? this.state.value.read(virtual, mount.value.state) : this.state;
    return state.ok ? ok(state.value.order) : state;
  }

  private hasOwnSize({ opsAddress }: MappedArea): boolean {
    if (opsAddress === 0n || !this.ops.ok) return false;
    const ops = this.ops.value.read(this.kernel.virtual, opsAddress);
    return ops.ok && (ops.value.pageSize ?? 0n) !== 0n;
  }

  /** dev_dax_pagesize() (drivers/dax/device.c). */
  private alignment({ fileData }: Backing): number | undefined {
    const dax = this.dax.ok ? this.dax.value.read(this.kernel.virtual, fileData) : this.dax;
    const align = dax.ok ? dax.value.align : 0;
    return align > 0 && Number.isInteger(Math.log2(align)) ? align : undefined;
  }
}
