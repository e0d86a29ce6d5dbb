import type { ByteSource } from './bytes.js';

/** How files begin that would pass for raw images but are none, and what to do about them. */
const RECOGNISED: readonly (readonly [magic: readonly number[], advice: string])[] = [
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed with zstd; decompress it first (zstd -d --long=27)'],
  [[0x1f, 0x8b], 'compressed with gzip; decompress it first'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'compressed with xz; decompress it first'],
  [[...'DISKDUMP'].map(letter), 'a diskdump of before kdump (Linux 2.4 and early 2.6)'],
];

function letter(character: string): number {
  return character.charCodeAt(0);
}

/** Why a file that is no known container should not be taken for a raw image, if it should not. */
export function unreadable(source: ByteSource): string | undefined {
  const found = RECOGNISED.find(([magic]) => {
    if (source.byteCount < BigInt(magic.length)) return false;
    const bytes = source.read(0n, magic.length);
    return magic.every((byte, i) => bytes[i] === byte);
  });
  return found?.[1];
}
