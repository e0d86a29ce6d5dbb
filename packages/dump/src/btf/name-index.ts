/** Where names lie: bytes by offset, 0 at the end of a name and beyond the last one. */
export interface NameBytes {
  nameByte(offset: number): number;
}

/**
 * Finds what bears a name, in the order it was put in, without making a string of any name that is
 * not asked for: names are hashed as bytes where they lie.
 */
export class NameIndex {
  private readonly heads: Int32Array;
  private readonly chain: Int32Array;

  /** Entry `i` bears the name that begins at `offsets[i]`; nobody finds an empty name. */
  constructor(
    private readonly names: NameBytes,
    private readonly offsets: ArrayLike<number>,
  ) {
    const slots = 2 ** Math.ceil(Math.log2(offsets.length + 2));
    this.heads = new Int32Array(slots).fill(-1);
    this.chain = new Int32Array(offsets.length);
    // Backwards, so that every chain begins with the entry that came first.
    for (let i = offsets.length - 1; i >= 0; i--) {
      const slot = hashAt(names, offsets[i] as number) & (slots - 1);
      this.chain[i] = this.heads[slot] as number;
      this.heads[slot] = i;
    }
  }

  /** The entries of a name, first one first. */
  *entries(name: string): Generator<number> {
    const wanted = new TextEncoder().encode(name);
    if (wanted.length === 0) return;
    const slot = hashAt({ nameByte: (i) => wanted[i] ?? 0 }, 0) & (this.heads.length - 1);
    for (let i = this.heads[slot] as number; i >= 0; i = this.chain[i] as number) {
      if (this.isAt(this.offsets[i] as number, wanted)) yield i;
    }
  }

  private isAt(offset: number, wanted: Uint8Array): boolean {
    for (let i = 0; i < wanted.length; i++) {
      if (this.names.nameByte(offset + i) !== wanted[i]) return false;
    }
    return this.names.nameByte(offset + wanted.length) === 0;
  }
}

/** Longest part of a name that is hashed: a name without end must not cost more than others. */
const HASHED_BYTES = 64;

/** FNV-1a over the bytes up to NUL. */
function hashAt(names: NameBytes, offset: number): number {
  let hash = 0x811c9dc5;
  for (let i = offset; i < offset + HASHED_BYTES; i++) {
    const byte = names.nameByte(i);
    if (byte === 0) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
