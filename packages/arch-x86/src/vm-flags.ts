import type { HeaderGeneration } from '@pagewright/core';

/** First of the VM_* bits that architectures share out (include/linux/mm.h, VM_HIGH_ARCH_BIT_0). */
const HIGH_ARCH_BIT_0 = 32;
const high = (n: number): bigint => 1n << BigInt(HIGH_ARCH_BIT_0 + n);

/** Values of x86-64's own VM_* flags: protection keys, and since 6.6 shadow stacks. */
export const vmFlags = (headers: HeaderGeneration): Readonly<Record<string, bigint>> => ({
  VM_PKEY_BIT0: high(0),
  VM_PKEY_BIT1: high(1),
  VM_PKEY_BIT2: high(2),
  VM_PKEY_BIT3: high(3),
  VM_SHADOW_STACK: headers === '6.1' ? 0n : high(5),
});
