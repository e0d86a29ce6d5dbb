import type { Facts, Word } from './facts.js';
import { bytesOf, isKernelPointer, poisonOf, popcount, repeated, textOf } from './patterns.js';

/** Width of a reported entry: as the machine's words are, or as wide as it was printed. */
export function widthOf({ addressBits, machine }: Facts, { value, entry }: Word): 32 | 64 {
  if (value >> 32n !== 0n || entry.digits > 8) return 64;
  return machine.form?.definition.wordBits ?? machine.layout?.wordBits ?? addressBits ?? 32;
}

/** Its bytes as they lie in memory. */
export const bytes = (f: Facts, word: Word): readonly number[] =>
  bytesOf(word.value, widthOf(f, word), f.bigEndian);

/** Numbers that no entry and no pointer is: small ones in each half or byte. */
export function isSmallData(f: Facts, word: Word): boolean {
  const { value } = word;
  if (widthOf(f, word) !== 64 || value === 0n) return false;
  const [low, high] = [value & 0xffffffffn, value >> 32n];
  const halves = low > 0n && high > 0n && low < 0x10000n && high < 0x10000n;
  const small = bytes(f, word).every((byte) => byte < 0x20);
  return halves || (small && popcount(value) > 6);
}

/** Text, poison, a pattern or a pointer: data of somebody, whose bits are not those of an entry. */
export function isData(f: Facts, word: Word): boolean {
  const all = bytes(f, word);
  return (
    textOf(all) !== undefined ||
    poisonOf(all) !== undefined ||
    repeated(word.value, widthOf(f, word)) !== undefined ||
    isKernelPointer(word.value, f.machine.arch, f.addressBits)
  );
}
