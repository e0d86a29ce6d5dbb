import {
  fail,
  hex,
  type KernelLayout,
  MASK64,
  ok,
  type PhysAddr,
  type PhysicalMemory,
  type Result,
  type VirtAddr,
} from '@pagewright/core';
import { TableTranslation } from './translation.js';

/** A kernel's virtual memory: reads at its addresses, in its byte order and word size. */
export interface VirtualMemory {
  readonly memory: PhysicalMemory;
  readonly layout: KernelLayout;
  readonly byteOrder: 'little' | 'big';
  /** Bytes of a pointer. */
  readonly wordBytes: 4 | 8;
  /**
   * Physical address behind a kernel address: a run of the layout when the dump holds it, else as
   * the kernel's tables say. Codes: `not-mapped`, `address-outside-form`, those of reading.
   */
  physical(address: VirtAddr): Result<PhysAddr>;
  /**
   * Reads bytes at consecutive addresses. They may be a view that the next read overwrites. Codes:
   * `not-mapped`, `address-outside-form`, `too-long` for more than the dump holds, and those of
   * reading physical memory (`not-in-dump`, `excluded`, `truncated`).
   */
  read(address: VirtAddr, length: number): Result<Uint8Array>;
  u8(address: VirtAddr): Result<number>;
  u16(address: VirtAddr): Result<number>;
  u32(address: VirtAddr): Result<number>;
  u64(address: VirtAddr): Result<bigint>;
  /** An unsigned long or a pointer. */
  pointer(address: VirtAddr): Result<VirtAddr>;
  /** Text up to its NUL, at most `longest` bytes; bytes that are not UTF-8 become U+FFFD. */
  cString(address: VirtAddr, longest: number): Result<string>;
}

/** A kernel's virtual memory over a dump's physical memory. */
export const virtualMemory = (memory: PhysicalMemory, layout: KernelLayout): VirtualMemory =>
  new KernelMemory(memory, layout);

class KernelMemory implements VirtualMemory {
  readonly byteOrder: 'little' | 'big';
  readonly wordBytes: 4 | 8;
  private readonly little: boolean;
  private readonly tables: TableTranslation;
  private readonly pageBytes: number;

  constructor(
    readonly memory: PhysicalMemory,
    readonly layout: KernelLayout,
  ) {
    const { byteOrder, wordBits, pageShift } = layout.form.definition;
    this.byteOrder = byteOrder;
    this.little = byteOrder === 'little';
    this.wordBytes = wordBits === 64 ? 8 : 4;
    this.pageBytes = 2 ** pageShift;
    this.tables = new TableTranslation(memory, layout);
  }

  physical(address: VirtAddr): Result<PhysAddr> {
    const direct = this.layout.directMap(address);
    if (direct !== undefined && this.memory.read(direct, 1).ok) return ok(direct);
    return this.tables.physical(address);
  }

  read(address: VirtAddr, length: number): Result<Uint8Array> {
    if (BigInt(length) > this.memory.byteCount) {
      const why = `${length} bytes at ${hex(address)} are more than the dump holds`;
      return fail('too-long', why, { address, length });
    }
    if (address + BigInt(length) > MASK64 + 1n) {
      return fail(
        'address-outside-form',
        `${length} bytes at ${hex(address)} pass the last address`,
      );
    }
    const inPage = this.pageBytes - Number(address & BigInt(this.pageBytes - 1));
    if (length <= inPage) return this.inPage(address, length);
    const direct = this.direct(address, length);
    if (direct?.ok) return direct;
    return this.byPages(address, length);
  }

  /** By a run of the layout when all of it lies in one. */
  private direct(address: bigint, length: number): Result<Uint8Array> | undefined {
    const first = this.layout.directMap(address);
    if (first === undefined || length <= 1) {
      return first === undefined ? undefined : this.memory.read(first, length);
    }
    const between = BigInt(length) - 1n;
    if (this.layout.directMap(address + between) !== first + between) return undefined;
    return this.memory.read(first, length);
  }

  private inPage(address: bigint, length: number): Result<Uint8Array> {
    const direct = this.direct(address, length);
    // A page that was left out on purpose is no sign that the address means another place.
    if (direct !== undefined && (direct.ok || direct.problem.code === 'excluded')) return direct;
    const mapped = this.tables.physical(address);
    if (mapped.ok) return this.memory.read(mapped.value, length);
    return mapped.problem.code === 'not-mapped' ? (direct ?? mapped) : mapped;
  }

  private byPages(address: bigint, length: number): Result<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const at = address + BigInt(done);
      const inPage = this.pageBytes - Number(at & BigInt(this.pageBytes - 1));
      const take = Math.min(inPage, length - done);
      const part = this.inPage(at, take);
      if (!part.ok) return part;
      bytes.set(part.value, done);
      done += take;
    }
    return ok(bytes);
  }

  u8(address: VirtAddr): Result<number> {
    return this.number(address, 1, (view) => view.getUint8(0));
  }

  u16(address: VirtAddr): Result<number> {
    return this.number(address, 2, (view) => view.getUint16(0, this.little));
  }

  u32(address: VirtAddr): Result<number> {
    return this.number(address, 4, (view) => view.getUint32(0, this.little));
  }

  u64(address: VirtAddr): Result<bigint> {
    return this.number(address, 8, (view) => view.getBigUint64(0, this.little));
  }

  pointer(address: VirtAddr): Result<VirtAddr> {
    if (this.wordBytes === 8) return this.u64(address) as Result<VirtAddr>;
    return this.number(address, 4, (view) => BigInt(view.getUint32(0, this.little)) as VirtAddr);
  }

  /** Page by page, so that a short text before a page that is missing is read. */
  cString(address: VirtAddr, longest: number): Result<string> {
    const parts: number[] = [];
    while (parts.length < longest) {
      const at = (address + BigInt(parts.length)) as VirtAddr;
      const inPage = this.pageBytes - Number(at & BigInt(this.pageBytes - 1));
      const found = this.read(at, Math.min(inPage, longest - parts.length));
      if (!found.ok) return found;
      const end = found.value.indexOf(0);
      for (const byte of end < 0 ? found.value : found.value.subarray(0, end)) parts.push(byte);
      if (end >= 0) break;
    }
    return ok(new TextDecoder().decode(Uint8Array.from(parts)));
  }

  private number<T>(address: VirtAddr, bytes: number, take: (view: DataView) => T): Result<T> {
    const found = this.read(address, bytes);
    if (!found.ok) return found;
    const { buffer, byteOffset } = found.value;
    return ok(take(new DataView(buffer, byteOffset, bytes)));
  }
}
