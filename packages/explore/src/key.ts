/** Bytes of a state on their way into a table or out of it: padded with zeros to whole words. */
export class Key {
  /** Bytes that are in use. */
  length = 0;
  bytes: Uint8Array;
  words: Uint32Array;

  constructor(room = 4096) {
    this.words = new Uint32Array((room + 3) >>> 2);
    this.bytes = new Uint8Array(this.words.buffer);
  }

  /** Words that are in use, the last one padded. */
  get wordCount(): number {
    return (this.length + 3) >>> 2;
  }

  /** Makes room for so many bytes in all; what is there stays. */
  reserve(room: number): void {
    if (room <= this.bytes.length) return;
    const words = new Uint32Array((Math.max(room, 2 * this.bytes.length) + 3) >>> 2);
    words.set(this.words);
    this.words = words;
    this.bytes = new Uint8Array(words.buffer);
  }

  equals(other: Key): boolean {
    if (this.length !== other.length) return false;
    for (let i = 0; i < this.wordCount; i++) if (this.words[i] !== other.words[i]) return false;
    return true;
  }

  /** Takes over bytes from elsewhere. */
  set(from: Uint8Array): void {
    this.reserve(from.length + 3);
    this.bytes.set(from);
    this.finish(from.length);
  }

  /** Ends a key whose bytes were written by hand, with at least three bytes of room behind them. */
  finish(length: number): void {
    this.length = length;
    for (let i = length; (i & 3) !== 0; i++) this.bytes[i] = 0;
  }
}
