/** Numbers of a structure in the byte order and word size of the machine that wrote it. */
export class Fields {
  private readonly view: DataView;
  constructor(
    bytes: Uint8Array,
    private readonly little: boolean,
    private readonly wordBits: 32 | 64,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  half(at: number): number {
    return this.view.getUint16(at, this.little);
  }
  full(at: number): number {
    return this.view.getUint32(at, this.little);
  }
  /** 64 bits, whatever the word size. */
  double(at: number): bigint {
    return this.view.getBigUint64(at, this.little);
  }
  /** An address or size: as wide as a word. */
  word(at: number): bigint {
    return this.wordBits === 64 ? this.double(at) : BigInt(this.full(at));
  }
}
