import {
  type EntryForm,
  formatVmFlags,
  type Kernel as Rules,
  smapsLetters,
  type VmFlagContext,
} from '@pagewright/core';

/** Flags that smaps has a place for and prints nothing (show_smap_vma_flags()). */
const SILENT = /^VM_(PKEY_BIT\d|MTE_ALLOWED)$/;
/** What smaps prints for a flag without letters. */
const UNKNOWN = '??';

/**
 * The letters of the VmFlags line, by bit (fs/proc/task_mmu.c, show_smap_vma_flags()). The numbers
 * that 7.2's headers have were in place by v6.17 already.
 */
export function vmFlagLetters(flags: bigint, { definition }: EntryForm, rules: Rules): string[] {
  const { headers, vmFlags, wordBits } = definition;
  const context: VmFlagContext = {
    headers: rules.has('guard-markers') ? '7.2' : headers,
    vmFlags,
  };
  const letters: string[] = [];
  for (let bit = 0; bit < wordBits; bit++) {
    const mask = flags & (1n << BigInt(bit));
    if (mask === 0n) continue;
    const known = smapsLetters(mask, context);
    if (known !== '') letters.push(known);
    else if (!SILENT.test(formatVmFlags(mask, context))) letters.push(UNKNOWN);
  }
  return letters;
}
