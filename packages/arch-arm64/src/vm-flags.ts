import type { HeaderGeneration } from '@pagewright/core';

/**
 * Bits of the VM_* flags that are arm64's own (include/linux/mm.h): memory tagging moved up when
 * protection keys came (6.12), guarded control stacks followed.
 */
const KEYED = {
  VM_ARM64_BTI: 24,
  VM_PKEY_BIT0: 32,
  VM_PKEY_BIT1: 33,
  VM_PKEY_BIT2: 34,
  VM_MTE: 36,
  VM_MTE_ALLOWED: 37,
};
const BITS: Readonly<Record<HeaderGeneration, Readonly<Record<string, number>>>> = {
  '6.1': { VM_ARM64_BTI: 24, VM_MTE: 32, VM_MTE_ALLOWED: 33 },
  '6.12': KEYED,
  '7.2': { ...KEYED, VM_SHADOW_STACK: 38 },
};

/** Values of arm64's VM_* flags; no soft-dirty tracking, so that flag is 0. */
export const vmFlags = (headers: HeaderGeneration): Readonly<Record<string, bigint>> => ({
  VM_SOFTDIRTY: 0n,
  ...Object.fromEntries(
    Object.entries(BITS[headers]).map(([name, bit]) => [name, 1n << BigInt(bit)]),
  ),
});
