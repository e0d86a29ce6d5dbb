/** A state as a search stores it: a byte a cell (`Cells`), and a hash of them. */
export class Row {
  bytes = new Uint8Array(256);
  signed = new Int32Array(this.bytes.buffer);
  /** Words of four cells that are in use: those behind them are 0. */
  count = 0;
  /** Sum of the hashes of all cells that are not 0. */
  hash = 0;

  /** Makes room for so many words. */
  reserve(words: number): void {
    if (words <= this.count) return;
    if (words > this.signed.length) {
      const grown = new Int32Array(2 * words);
      grown.set(this.signed);
      this.signed = grown;
      this.bytes = new Uint8Array(grown.buffer);
    }
    this.count = words;
  }

  /** Sets a cell that there is room for. */
  set(cell: number, byte: number): void {
    this.hash = (this.hash + cellHash(cell, byte) - cellHash(cell, this.bytes[cell] as number)) | 0;
    this.bytes[cell] = byte;
  }

  /** Becomes a row of zeros. */
  clear(): void {
    this.signed.fill(0, 0, this.count);
    this.hash = 0;
  }
}

/** What a cell adds to the hash of a row. */
export function cellHash(cell: number, byte: number): number {
  if (byte === 0) return 0;
  let hash = Math.imul(((cell << 8) | byte) ^ 0x2545f491, 0x9e3779b1);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
