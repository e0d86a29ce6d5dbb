import { fail, hex, type Result, type VirtAddr } from '@pagewright/core';
import { btfByteOrder } from './header.js';
import type { AddressedMemory } from './record.js';
import { elfSection } from './section.js';
import { parseBtf, type Types } from './types.js';

const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46] as const;

/**
 * Types out of a file's bytes: a raw BTF blob (/sys/kernel/btf/vmlinux) or an ELF file with a
 * section `.BTF` (vmlinux, a module). Codes: those of `parseBtf` and `elfSection`.
 */
export function parseTypesFile(bytes: Uint8Array, base?: Types): Result<Types> {
  if (!ELF_MAGIC.every((byte, i) => bytes[i] === byte)) return parseBtf(bytes, base);
  const section = elfSection(bytes, '.BTF');
  return section.ok ? parseBtf(section.value, base) : section;
}

/** Addresses by symbol name. */
export interface SymbolAddresses {
  address(name: string): VirtAddr | undefined;
}

/** No kernel's types take more; a distribution's take 5 to 8 MiB. */
export const MOST_BTF_BYTES = 1 << 26;
/** Enough to see whether BTF begins there at all. */
const MAGIC_BYTES = 2;

/**
 * The kernel's types out of its own image, between `__start_BTF` and `__stop_BTF`
 * (include/asm-generic/vmlinux.lds.h). Codes: `no-btf` where the symbols are missing or no BTF lies
 * between them, those of the memory, and those of `parseBtf`.
 */
export function readBtf(memory: AddressedMemory, symbols: SymbolAddresses): Result<Types> {
  const start = symbols.address('__start_BTF');
  const stop = symbols.address('__stop_BTF');
  if (start === undefined || stop === undefined) {
    return fail(
      'no-btf',
      'the kernel has no symbols __start_BTF and __stop_BTF: it holds no types',
    );
  }
  const length = stop - start;
  if (length < BigInt(MAGIC_BYTES) || length > BigInt(MOST_BTF_BYTES)) {
    return fail('no-btf', `BTF from ${hex(start)} to ${hex(stop)} has no possible size`, {
      start,
      stop,
    });
  }
  const magic = memory.read(start, MAGIC_BYTES);
  if (!magic.ok) return magic;
  if (btfByteOrder(magic.value) === undefined) {
    return fail('no-btf', `what lies at __start_BTF, ${hex(start)}, does not begin as BTF does`, {
      start,
    });
  }
  const bytes = memory.read(start, Number(length));
  return bytes.ok ? parseBtf(bytes.value.slice()) : bytes;
}
