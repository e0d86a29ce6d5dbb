import { bitsTruncated, fail, ok, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import { Fields } from '../fields.js';
import type { VirtualMemory } from '../virtual-memory.js';
import type { KernelSymbol } from './symbols.js';
import { LONGEST_NAME } from './tokens.js';

/** Members of a module's `struct mod_kallsyms`; whoever walks the module list reads them. */
export interface ModuleTable {
  /** What messages call the module. */
  readonly module: string;
  /** `symtab`: an array of ELF symbols. */
  readonly symtab: VirtAddr;
  /** `num_symtab`. */
  readonly count: number;
  /** `strtab`. */
  readonly strtab: VirtAddr;
  /** `typetab`: a type letter for each symbol. */
  readonly typetab: VirtAddr;
}

/** Elf32_Sym and Elf64_Sym (System V ABI): bytes of each, and where name, value, section stand. */
const ELF_SYMBOL = {
  4: { bytes: 16, value: 4, section: 14 },
  8: { bytes: 24, value: 8, section: 6 },
} as const;
const SHN_UNDEF = 0;
const SHN_ABS = 0xfff1;
/** Largest modules have some ten thousand. */
const MOST_MODULE_SYMBOLS = 1 << 18;

/**
 * Symbols of one loaded module in its table's order, without the undefined and the nameless ones
 * (kernel/module/kallsyms.c, module_get_kallsym()). Type letters are the table's own; /proc/kallsyms
 * prints those of exported symbols in upper case. Codes: `bad-kallsyms` for a count that no module
 * has, and those of reading memory.
 */
export function readModuleSymbols(
  memory: Pick<VirtualMemory, 'byteOrder' | 'wordBytes' | 'read' | 'cString'>,
  table: ModuleTable,
): Result<readonly KernelSymbol[]> {
  const { module, count } = table;
  if (count > MOST_MODULE_SYMBOLS) {
    return fail('bad-kallsyms', `module ${module} says it has ${count} symbols`, { count });
  }
  const layout = ELF_SYMBOL[memory.wordBytes];
  const read = memory.read(table.symtab, count * layout.bytes);
  if (!read.ok) return read;
  const wordBits = memory.wordBytes === 8 ? 64 : 32;
  const entries = new Fields(read.value.slice(), memory.byteOrder === 'little', wordBits);
  const typed = memory.read(table.typetab, count);
  if (!typed.ok) return typed;
  const types = typed.value.slice();
  const symbols: KernelSymbol[] = [];
  for (let i = 0; i < count; i++) {
    const at = i * layout.bytes;
    const section = entries.half(at + layout.section);
    if (section === SHN_UNDEF) continue;
    const nameAt = bitsTruncated(table.strtab + BigInt(entries.full(at)));
    const name = memory.cString(virtAddr(nameAt), LONGEST_NAME);
    if (!name.ok) return name;
    if (name.value === '') continue;
    symbols.push({
      name: name.value,
      address: entries.word(at + layout.value) as VirtAddr,
      type: String.fromCharCode(types[i] as number),
      absolute: section === SHN_ABS,
    });
  }
  return ok(symbols);
}
