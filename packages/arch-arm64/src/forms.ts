import { HEADER_GENERATIONS, type HeaderGeneration } from '@pagewright/core';
import type { AddressEncoding } from './bits.js';
import type { Reach } from './geometry.js';

/** One form: page size, virtual reach, and how physical addresses are encoded. */
export interface FormSpec extends Reach {
  readonly name: string;
  readonly encoding: AddressEncoding;
  readonly headers: readonly HeaderGeneration[];
}

/** LPA2 came with 6.9. */
const WITH_LPA2: readonly HeaderGeneration[] = ['6.12', '7.2'];

const spec = (
  name: string,
  pageShift: number,
  addressBits: number,
  encoding: AddressEncoding = 'plain',
): FormSpec => ({
  name,
  pageShift,
  addressBits,
  encoding,
  headers: encoding === 'lpa2' ? WITH_LPA2 : HEADER_GENERATIONS,
});

/**
 * The forms, most common first. A kernel configured for LPA2 that runs on a machine without it reads
 * and writes entries as the plain form does; with 64K pages it is the configuration that decides.
 */
export const FORMS: readonly FormSpec[] = [
  spec('arm64', 12, 48),
  spec('arm64-16k', 14, 48),
  spec('arm64-64k', 16, 48),
  spec('arm64-4k-39', 12, 39),
  spec('arm64-16k-47', 14, 47),
  spec('arm64-64k-42', 16, 42),
  spec('arm64-4k-52', 12, 52, 'lpa2'),
  spec('arm64-16k-52', 14, 52, 'lpa2'),
  spec('arm64-64k-52', 16, 52, 'lpa'),
  spec('arm64-64k-48-lpa', 16, 48, 'lpa'),
];

/** Bits of physical address that a form's kernel can use (CONFIG_ARM64_PA_BITS). */
export const physicalBits = ({ encoding }: FormSpec): number => (encoding === 'plain' ? 48 : 52);

/** One line about a form. */
export function summary({ pageShift, addressBits, encoding }: FormSpec): string {
  const kib = 2 ** (pageShift - 10);
  const wide = encoding === 'plain' ? '' : `, 52-bit frames (${encoding.toUpperCase()})`;
  return `arm64, ${kib} KiB pages, ${addressBits}-bit addresses${wide}`;
}
