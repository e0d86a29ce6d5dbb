import type { EntryForm, KernelLayout } from '@pagewright/core';

const [FIRST_PRINTABLE, LAST_PRINTABLE] = [0x20, 0x7e];

/** A word of nothing but printable characters, as they lie in memory; undefined for all others. */
export function textOf({ definition }: EntryForm, raw: bigint): string | undefined {
  const bytes = definition.wordBits / 8;
  let text = '';
  for (let i = 0; i < bytes; i++) {
    const place = definition.byteOrder === 'little' ? i : bytes - 1 - i;
    const byte = Number((raw >> BigInt(8 * place)) & 0xffn);
    if (byte < FIRST_PRINTABLE || byte > LAST_PRINTABLE) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/**
 * True for a word that is an address of the kernel's direct map or image. Only where those lie in the
 * upper half of addresses: elsewhere entries look like addresses.
 */
export function isKernelPointer({ form, directMap }: KernelLayout, raw: bigint): boolean {
  const upperHalf = 1n << BigInt(form.definition.wordBits - 1);
  return raw >= upperHalf && directMap(raw) !== undefined;
}
