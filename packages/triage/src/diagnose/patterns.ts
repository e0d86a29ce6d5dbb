import type { LogArch } from '../arch/names.js';

/** Bytes of a word as they lie in memory. */
export function bytesOf(word: bigint, bits: 32 | 64, bigEndian: boolean): readonly number[] {
  const bytes: number[] = [];
  for (let shift = 0n; shift < BigInt(bits); shift += 8n)
    bytes.push(Number((word >> shift) & 0xffn));
  return bigEndian ? bytes.reverse() : bytes;
}

const PRINTABLE = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;

/** The text that words spell, ASCII or UTF-16; undefined when they spell none. */
export function textOf(bytes: readonly number[]): string | undefined {
  const wide =
    bytes.every((byte, i) => (i % 2 === 1 ? byte === 0 : PRINTABLE(byte))) ||
    bytes.every((byte, i) => (i % 2 === 0 ? byte === 0 : PRINTABLE(byte)));
  const letters = wide ? bytes.filter((byte) => byte !== 0) : trimmed(bytes);
  if (letters.length < (wide ? 3 : 4) || !letters.every(PRINTABLE)) return undefined;
  if (new Set(letters).size < 3) return undefined;
  // Digits and letters, not only signs: entries can have printable bytes by chance.
  const words = letters.filter((byte) => /[A-Za-z0-9 _./,:=-]/.test(String.fromCharCode(byte)));
  if (words.length * 4 < letters.length * 3) return undefined;
  return String.fromCharCode(...letters);
}

/** Without the zeros at the end of a string. */
function trimmed(bytes: readonly number[]): readonly number[] {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.slice(0, end);
}

/** Number of bits that are set. */
export function popcount(word: bigint): number {
  let count = 0;
  for (let rest = word; rest > 0n; rest &= rest - 1n) count++;
  return count;
}

/** Bytes by which the slab allocator and others mark memory (include/linux/poison.h). */
const POISON_BYTES: Readonly<Record<number, string>> = {
  90: 'POISON_INUSE 5a, of an object never written to',
  107: 'POISON_FREE 6b, of a freed object',
  165: 'POISON_END a5, the end of a freed object',
  187: 'SLUB_RED_INACTIVE bb, the red zone of a free object',
  204: 'SLUB_RED_ACTIVE cc, the red zone of an object in use',
};

/** Bytes of one poison that a word must have: entries have four equal ones hardly by chance. */
const LEAST_POISON = 4;

/** The poison that a word holds, wholly or for the most part; undefined for none. */
export function poisonOf(bytes: readonly number[]): string | undefined {
  const found = Object.entries(POISON_BYTES).find(([byte]) => {
    const count = bytes.filter((each) => each === Number(byte)).length;
    return count >= LEAST_POISON && count * 5 >= bytes.length * 3;
  });
  return found?.[1];
}

/** The piece that a word repeats, 1, 2 or 4 bytes; undefined for none, and for zeros and ones. */
export function repeated(word: bigint, bits: 32 | 64): bigint | undefined {
  for (const size of [8, 16, 32].filter((size) => size < bits)) {
    const piece = word & ((1n << BigInt(size)) - 1n);
    let whole = 0n;
    for (let shift = 0; shift < bits; shift += size) whole |= piece << BigInt(shift);
    if (whole === word && piece !== 0n && piece !== (1n << BigInt(size)) - 1n) return piece;
  }
  return undefined;
}

/** From here up error codes lie, no pointers. */
const ERROR_CODES = 0xffff_ffff_ffe0_0000n;

/** A pointer into the kernel's own address range: direct map, text, modules or vmalloc. */
export function isKernelPointer(
  word: bigint,
  arch: LogArch | 'unknown',
  bits: 32 | 64 | undefined,
): boolean {
  switch (arch) {
    case 'riscv64':
      return word >> 56n === 0xffn && word < ERROR_CODES;
    case 'ppc64':
    case 'ppc64le':
      return word >> 60n === 0xcn;
    case 'sparc64':
      return word >> 44n === 0xfffffn || word >> 40n === 0xfffff8n;
    case 's390x':
      // The direct map starts at 0: pointers look like any number.
      return false;
    case 'mips32':
      return word >> 29n === 0x4n && word % 4n === 0n;
    case 'i386':
    case 'arm32':
    case 'ppc32':
      return word >= 0xc0000000n && word < 0xff000000n && word % 4n === 0n;
    default:
      return bits === 64 && word >> 48n === 0xffffn && word < ERROR_CODES;
  }
}

/** Bits of an address that a direct map keeps: its base is a multiple of 1 GiB. */
const KEPT = (1n << 30n) - 1n;

/** A pointer into the page that lies at a physical address, whatever the direct map's base is. */
export const pointsInto = (pointer: bigint, physical: bigint): boolean =>
  (pointer & KEPT) >> 12n === (physical & KEPT) >> 12n && physical >> 12n !== 0n;
