import type { PhysicalMemory } from '@pagewright/core';
import type { Dump } from '@pagewright/dump';

/** Unit in which changed memory is kept. */
const BLOCK = 4096;

/** A dump with changes on top of it: what was not changed is read from below. */
export class Overlay {
  private readonly blocks = new Map<bigint, Uint8Array>();

  constructor(private readonly below: Dump) {}

  /** The same dump with the changes made so far and later ones. */
  get dump(): Dump {
    const { below, blocks } = this;
    const memory: PhysicalMemory = {
      byteCount: below.memory.byteCount,
      read: (address, length) => {
        const found = below.memory.read(address, length);
        if (!found.ok || blocks.size === 0) return found;
        let copy: Uint8Array | undefined;
        const first = address / BigInt(BLOCK);
        for (let at = first; at * BigInt(BLOCK) < address + BigInt(length); at++) {
          const block = blocks.get(at);
          if (block === undefined) continue;
          copy ??= found.value.slice();
          const offset = Number(at * BigInt(BLOCK) - address);
          const [from, to] = [Math.max(offset, 0), Math.min(offset + BLOCK, length)];
          copy.set(block.subarray(from - offset, to - offset), from);
        }
        return copy === undefined ? found : { ok: true, value: copy };
      },
    };
    return { ...below, memory };
  }

  /** Takes every change back. */
  reset(): void {
    this.blocks.clear();
  }

  /** Writes bytes at a physical address; throws where the dump has none. */
  write(address: bigint, bytes: Uint8Array): void {
    for (const [i, byte] of bytes.entries()) {
      const at = address + BigInt(i);
      const number = at / BigInt(BLOCK);
      let block = this.blocks.get(number);
      if (block === undefined) {
        const found = this.below.memory.read((number * BigInt(BLOCK)) as never, BLOCK);
        if (!found.ok) throw new Error(found.problem.message);
        block = found.value.slice();
        this.blocks.set(number, block);
      }
      block[Number(at % BigInt(BLOCK))] = byte;
    }
  }

  word(address: bigint, value: bigint, bytes: 4 | 8, order: 'little' | 'big'): void {
    const buffer = new DataView(new ArrayBuffer(bytes));
    if (bytes === 8) buffer.setBigUint64(0, BigInt.asUintN(64, value), order === 'little');
    else buffer.setUint32(0, Number(BigInt.asUintN(32, value)), order === 'little');
    this.write(address, new Uint8Array(buffer.buffer));
  }
}
