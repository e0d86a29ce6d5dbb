import {
  fail,
  hex,
  type KernelLayout,
  ok,
  type PhysAddr,
  type PhysicalMemory,
  physAddr,
  type Result,
  walk,
} from '@pagewright/core';

/** Leaves that are remembered; more begin anew. A kernel's structures lie in far fewer. */
const MOST_LEAVES = 8192;

/** Translates kernel addresses through the kernel's own tables and remembers the leaves found. */
export class TableTranslation {
  /** By log2 of the bytes that a leaf maps: physical start of each, by its number. */
  private readonly leaves: readonly {
    readonly shift: bigint;
    readonly found: Map<bigint, bigint>;
  }[];

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly layout: KernelLayout,
  ) {
    this.leaves = layout.form.levels
      .filter(({ folded, mayMap }) => !folded && mayMap)
      .map(({ shift }) => ({ shift: BigInt(shift), found: new Map() }));
  }

  /** Codes: `not-mapped`, `address-outside-form`, and those of reading a table. */
  physical(address: bigint): Result<PhysAddr> {
    for (const { shift, found } of this.leaves) {
      const start = found.get(address >> shift);
      if (start !== undefined) return ok(inLeaf(start, shift, address));
    }
    return this.walked(address);
  }

  private walked(address: bigint): Result<PhysAddr> {
    const { form, root } = this.layout;
    // Where each half has its root, the kernel's tables are those of the upper one.
    if (form.definition.canonical === 'either-half' && address >> 63n === 0n) {
      return fail('not-mapped', `${hex(address)} is no address of the kernel's`, { address });
    }
    const done = walk(form, this.memory, root, address);
    if (!done.ok) return done;
    const { end } = done.value;
    if (end.kind === 'unreadable') return { ok: false, problem: end.problem };
    if (end.kind === 'not-mapped') {
      const why = `the kernel's tables do not map ${hex(address)} (${end.level})`;
      return fail('not-mapped', why, { address, level: end.level });
    }
    const shift = BigInt(form.geometry(end.level)?.shift ?? form.definition.pageShift);
    const start = end.physical - (address & ((1n << shift) - 1n));
    this.remember(shift, address >> shift, start);
    return ok(end.physical);
  }

  private remember(shift: bigint, number: bigint, start: bigint): void {
    const found = this.leaves.find((kept) => kept.shift === shift)?.found;
    if (found === undefined) return;
    if (found.size >= MOST_LEAVES) found.clear();
    found.set(number, start);
  }
}

function inLeaf(start: bigint, shift: bigint, address: bigint): PhysAddr {
  return physAddr(BigInt.asUintN(64, start + (address & ((1n << shift) - 1n))));
}
