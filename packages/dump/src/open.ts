import { ok, type PhysicalMemory, type Result } from '@pagewright/core';
import type { ByteSource } from './bytes.js';
import { type ElfHeader, isElf, readElf } from './elf.js';
import { rawMemory, segmentMemory } from './segments.js';

/** A dump opened as physical memory. */
export interface Dump {
  readonly container: 'elf' | 'raw';
  readonly memory: PhysicalMemory;
  /** Headers of an ELF core. */
  readonly elf?: ElfHeader;
}

/**
 * Opens a dump by its content: an ELF core by its program headers, anything else as a raw image
 * that begins at physical address `rawBase`.
 */
export function openDump(source: ByteSource, rawBase = 0n): Result<Dump> {
  if (!isElf(source)) return ok({ container: 'raw', memory: rawMemory(source, rawBase) });
  const elf = readElf(source);
  if (!elf.ok) return elf;
  return ok({
    container: 'elf',
    memory: segmentMemory(source, elf.value.segments),
    elf: elf.value,
  });
}
