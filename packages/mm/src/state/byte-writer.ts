/** Bytes that grow, with the few forms of number that packed states are made of. */
export class ByteWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;

  /** An integer of at most 53 bits, small ones in few bytes, negative ones too. */
  integer(value: number): void {
    // Zigzag: 0, -1, 1, -2 ... become 0, 1, 2, 3 ...
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    this.reserve(8);
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** A 64-bit word, least significant byte first. */
  word(value: bigint): void {
    this.reserve(8);
    let rest = value;
    for (let i = 0; i < 8; i++) {
      this.bytes[this.length++] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  }

  /** What was written. */
  done(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count + 1 <= this.bytes.length) return;
    const grown = new Uint8Array(2 * this.bytes.length);
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

/** Reads what `ByteWriter` wrote. Throws RangeError at a premature end: bytes are our own. */
export class ByteReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }

  integer(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.next();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  word(): bigint {
    let value = 0n;
    for (let i = 0n; i < 64n; i += 8n) value |= BigInt(this.next()) << i;
    return value;
  }

  private next(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError('packed state ends early');
    return byte;
  }
}
