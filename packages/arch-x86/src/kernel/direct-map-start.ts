import {
  bits,
  decodeEntry,
  type KernelFacts,
  type PhysAddr,
  physAddr,
  probeWord,
} from '@pagewright/core';

const ENTRY_BYTES = 8n;
const MASK64 = (1n << 64n) - 1n;
/** The direct map begins at a multiple of what a pud maps, random or not (mm/kaslr.c). */
const START_ALIGNMENT = 1n << 30n;

/**
 * Where the direct map begins, out of the kernel's own tables: it is the lowest region that the
 * kernel's table maps (Documentation/arch/x86/x86_64/mm.rst; what is below it is in tables of
 * processes alone), and maps memory from physical address 0 on. Undefined where the tables are not
 * in the dump or say something else.
 *
 * @param root the kernel's root table
 */
export function directMapStart(facts: KernelFacts, root: PhysAddr): bigint | undefined {
  const levels = facts.form.levels.filter(({ folded }) => !folded);
  let table = root;
  // Sign extension is the same for the whole upper half, where the root's search begins.
  let address = 0n;
  for (const [depth, { level, shift, indexBits }] of levels.entries()) {
    const entries = 1n << BigInt(indexBits);
    let next: PhysAddr | undefined;
    for (let i = depth === 0 ? entries / 2n : 0n; i < entries; i++) {
      const raw = probeWord(facts, physAddr(table + i * ENTRY_BYTES));
      if (raw === undefined) return undefined;
      const entry = decodeEntry(facts.form, level, bits(raw));
      if (entry.kind !== 'table' && entry.kind !== 'leaf') continue;
      address |= i << BigInt(shift);
      if (entry.kind === 'leaf') {
        const reach = BigInt((levels[0]?.shift ?? 0) + (levels[0]?.indexBits ?? 0));
        const upper = MASK64 ^ ((1n << reach) - 1n);
        const start = (upper | address) - (entry.pfn << BigInt(facts.form.definition.pageShift));
        return start % START_ALIGNMENT === 0n ? start : undefined;
      }
      next = entry.next;
      break;
    }
    if (next === undefined) return undefined;
    table = next;
  }
  return undefined;
}
