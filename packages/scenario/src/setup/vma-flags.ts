import {
  type FormDefinition,
  fail,
  ok,
  parseVmFlags,
  type Result,
  VM_MAYWRITE,
  VM_SHARED,
  vmConstant,
} from '@pagewright/core';

/** Flags of `rwxs` by position, and their VM_MAY* partners. */
const LETTERS = [
  ['r', 'VM_READ', 'VM_MAYREAD'],
  ['w', 'VM_WRITE', 'VM_MAYWRITE'],
  ['x', 'VM_EXEC', 'VM_MAYEXEC'],
] as const;

/**
 * vm_flags of a readable text: `rw-p` as in /proc/PID/maps, then flags by name or letters of smaps;
 * `no-X` takes one away. VM_MAY* and VM_SOFTDIRTY are set at first; `s` sets VM_SHARED and VM_MAYSHARE. Code
 * `unknown-vma-flag`.
 */
export function readVmaFlags(text: string, form: FormDefinition): Result<bigint> {
  const [rights = '', ...words] = text.trim().split(/\s+/);
  if (!/^[r-][w-][x-][ps]$/.test(rights)) {
    return fail('unknown-vma-flag', `"${rights.slice(0, 20)}" is not as rw-p or r--s`);
  }
  const mask = (name: string): bigint => vmConstant(form, name) ?? 0n;
  // New mappings are soft-dirty as a whole (mmap_region()).
  let flags = mask('VM_SOFTDIRTY');
  LETTERS.forEach(([letter, now, may], i) => {
    flags |= mask(may) | (rights[i] === letter ? mask(now) : 0n);
  });
  if (rights.endsWith('s')) flags |= VM_SHARED | mask('VM_MAYSHARE');
  for (const word of words) {
    const without = /^no-(.+)$/.exec(word)?.[1];
    const parsed = parseVmFlags(without ?? word, form);
    if (!parsed.ok) return parsed;
    if (without === undefined) flags |= parsed.value.flags;
    else flags &= ~parsed.value.flags;
  }
  // Shared memory of a file that is never written has no VM_SHARED (do_mmap()).
  if ((flags & VM_SHARED) !== 0n && (flags & VM_MAYWRITE) === 0n) flags &= ~VM_SHARED;
  return ok(flags);
}
