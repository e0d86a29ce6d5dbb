import { x86 } from '@pagewright/arch-x86';
import {
  type Bits,
  bits,
  type Frames,
  frameOfKind,
  hex,
  type Kernel,
  makeKernel,
  mappedEntry,
  normalPage,
  type Pfn,
  pfn,
  type Verdict,
  type VirtAddr,
  VM_DONTCOPY,
  VM_MIXEDMAP,
  type Vma,
  virtAddr,
} from '@pagewright/core';
import {
  type AddressSpace,
  type Domain,
  type Errno,
  GntdevFile,
  type Grant,
  GrantTable,
  type GrantVma,
  gntdevDevice,
  type RangeNotifier,
} from '../src/index.js';

export const PAGE = 0x1000n;
/** Where tests map their grants. */
export const START = virtAddr(0x7f00_0000_0000n);

/** What another domain offers: machine frames that mean nothing as guest frames. */
export const GRANTS: readonly Grant[] = [
  { domid: 3, ref: 100, frame: pfn(0xabc001n), readonly: false },
  { domid: 3, ref: 101, frame: pfn(0xabc002n), readonly: false },
  { domid: 3, ref: 102, frame: pfn(0xabc003n), readonly: true },
];
export const WRITABLE = GRANTS.slice(0, 2);

/** A user address space of one leaf table, and what its entries count. */
export class UserMemory implements AddressSpace {
  readonly notifiers = new Set<RangeNotifier>();
  readonly entries = new Map<bigint, Bits>();
  /** References that entries hold on guest frames. */
  readonly counts = new Map<Pfn, number>();
  tables = true;
  private readonly form;

  constructor(readonly kernel: Kernel) {
    const made = x86.form('x86_64', { headers: kernel.revision.headers });
    if (!made.ok) throw new Error(made.problem.message);
    this.form = made.value;
  }

  readEntry(addr: VirtAddr): Bits {
    return this.entries.get(addr) ?? bits(0n);
  }

  writeEntry(addr: VirtAddr, entry: Bits): void {
    this.entries.set(addr, entry);
  }

  leafEntryAddress(addr: VirtAddr): bigint | null {
    return this.tables ? 0x8000_0000n + ((addr >> 9n) % PAGE) : null;
  }

  mapPages(
    { start, end, flags }: Pick<Vma, 'start' | 'end' | 'flags'>,
    pages: readonly Pfn[],
  ): Errno | null {
    if ((end - start) / PAGE > BigInt(pages.length)) return 'ENXIO';
    if ((flags & VM_MIXEDMAP) === 0n) throw new Error('the driver sets VM_MIXEDMAP first');
    const make = this.form.function('mk_pte');
    if ('absent' in make) throw new Error('mk_pte is missing');
    const prot = this.form.definition.protectionMap[Number(flags & 15n)] as bigint;
    for (const [i, page] of pages.entries()) {
      const addr = virtAddr(start + BigInt(i) * PAGE);
      if (this.readEntry(addr) !== 0n) return 'EBUSY';
      this.writeEntry(addr, bits(make.bits(page, prot) as bigint));
      this.count(page, 1);
    }
    return null;
  }

  /** Asks the decision about one page of a VMA, with or without its hook. */
  verdict(vma: GrantVma, index: number, hook = true): Verdict {
    const addr = virtAddr(vma.start + BigInt(index) * PAGE);
    const entry = mappedEntry(this.form, 'pte', this.readEntry(addr));
    if (!entry.ok) throw new Error(entry.problem.message);
    const asked = hook ? vma : { ...vma, ops: {} };
    const { kernel } = this;
    return normalPage({ kernel, level: 'pte', vma: asked, addr, entry: entry.value, frames });
  }

  /** Notifies, then zaps as the kernel does: normal pages lose a reference. */
  unmap(vma: GrantVma, from: VirtAddr = vma.start, to: VirtAddr = vma.end): Verdict[] {
    for (const notifier of [...this.notifiers]) notifier.invalidate(from, to);
    const zapped: Verdict[] = [];
    for (let addr = from; addr < to; addr = virtAddr(addr + PAGE)) {
      if (this.readEntry(addr) === 0n) continue;
      const verdict = this.verdict(vma, Number((addr - vma.start) / PAGE));
      if (verdict.answer === 'page') this.count(verdict.page, -1);
      this.writeEntry(addr, bits(0n));
      zapped.push(verdict);
    }
    return zapped;
  }

  /** The child's copy of a VMA with its entries, or undefined when fork leaves the VMA out. */
  fork(vma: GrantVma, file: GntdevFile): { child: UserMemory; vma: GrantVma } | undefined {
    if ((vma.flags & VM_DONTCOPY) !== 0n) return undefined;
    const child = new UserMemory(this.kernel);
    file.openVma(vma);
    for (const [addr, entry] of this.entries) child.entries.set(addr, entry);
    for (const page of vma.map.pages) this.count(page, 1);
    return { child, vma };
  }

  private count(page: Pfn, by: number): void {
    this.counts.set(page, (this.counts.get(page) ?? 0) + by);
  }
}

const frames: Frames = frameOfKind('file', pfn(0xffffffn));

/** A guest of a revision with an open file of the driver. */
export function guestOf(domain: Domain, revision = 'v7.2', limit?: number) {
  const form = x86.form('x86_64');
  if (!form.ok) throw new Error(form.problem.message);
  const kernel = makeKernel({ revision, form: form.value.definition });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  const made = x86.form('x86_64', { headers: kernel.value.revision.headers });
  if (!made.ok) throw new Error(made.problem.message);
  const grants = new GrantTable(GRANTS);
  let next = 0x5000n;
  let pagesLeft = 100;
  const device = gntdevDevice({
    kernel: kernel.value,
    form: made.value,
    domain,
    grants,
    allocatePages: (count) => {
      if (count > pagesLeft) return null;
      pagesLeft -= count;
      return Array.from({ length: count }, () => pfn(next++));
    },
    ...(limit === undefined ? {} : { limit }),
  });
  if (!device.ok) throw new Error(device.problem.message);
  return { file: new GntdevFile(device.value), memory: new UserMemory(kernel.value), grants };
}

/** What an mmap() of `count` pages at a file offset asks for. */
export const request = (flags: bigint, count: number, offset = 0n) => ({
  start: START,
  end: virtAddr(START + BigInt(count) * PAGE),
  flags,
  pgoff: offset / PAGE,
});

/** The value of an outcome that must have succeeded. */
export function must<T>(
  outcome: { ok: true; value: T } | { ok: false; problem: { message: string } },
) {
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value;
}

/** The entries of a memory, for messages. */
export const words = (memory: UserMemory): string[] => [...memory.entries.values()].map(hex);
