/** What goes into an ELF core made by a test: enough freedom to lie in every field that matters. */
export interface MadeSegment {
  readonly physical: bigint;
  readonly bytes: Uint8Array;
  /** What the header claims, when that is not the truth. */
  readonly claims?: { readonly offset?: bigint; readonly filesz?: bigint; readonly memsz?: bigint };
  /** p_type; PT_LOAD when left out. */
  readonly type?: number;
}

export interface MadeElf {
  readonly wordBits?: 32 | 64;
  readonly byteOrder?: 'little' | 'big';
  readonly machine?: number;
  readonly segments: readonly MadeSegment[];
  /** Writes e_phnum as PN_XNUM and the count into section header 0. */
  readonly extendedCount?: boolean;
  /** Claims about the header itself. */
  readonly claims?: {
    readonly phnum?: number;
    readonly phentsize?: number;
    readonly phoff?: bigint;
  };
}

const SIZES = {
  32: { header: 52, program: 32, section: 40 },
  64: { header: 64, program: 56, section: 64 },
} as const;

/** Bytes of an ELF core: header, section header 0, program headers, then the segments in order. */
export function makeElf(made: MadeElf): Uint8Array {
  const wordBits = made.wordBits ?? 64;
  const little = (made.byteOrder ?? 'little') === 'little';
  const size = SIZES[wordBits];
  const phoff = size.header + size.section;
  let offset = phoff + made.segments.length * size.program;
  const total = made.segments.reduce((sum, { bytes }) => sum + bytes.length, offset);
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  const half = (at: number, value: number) => view.setUint16(at, value, little);
  const full = (at: number, value: number) => view.setUint32(at, value, little);
  const word = (at: number, value: bigint) =>
    wordBits === 64
      ? view.setBigUint64(at, BigInt.asUintN(64, value), little)
      : view.setUint32(at, Number(BigInt.asUintN(32, value)), little);

  out.set([0x7f, 0x45, 0x4c, 0x46, wordBits === 64 ? 2 : 1, little ? 1 : 2, 1]);
  half(16, 4);
  half(18, made.machine ?? 62);
  full(20, 1);
  const count = made.claims?.phnum ?? made.segments.length;
  const at64 = wordBits === 64;
  word(at64 ? 32 : 28, made.claims?.phoff ?? BigInt(phoff));
  word(at64 ? 40 : 32, BigInt(size.header));
  half(at64 ? 54 : 42, made.claims?.phentsize ?? size.program);
  half(at64 ? 56 : 44, made.extendedCount ? 0xffff : count);
  if (made.extendedCount) full(size.header + (at64 ? 44 : 28), count);

  made.segments.forEach((segment, i) => {
    const at = phoff + i * size.program;
    const { length } = segment.bytes;
    full(at, segment.type ?? 1);
    word(at + (at64 ? 8 : 4), segment.claims?.offset ?? BigInt(offset));
    word(at + (at64 ? 24 : 12), segment.physical);
    word(at + (at64 ? 32 : 16), segment.claims?.filesz ?? BigInt(length));
    word(at + (at64 ? 40 : 20), segment.claims?.memsz ?? BigInt(length));
    out.set(segment.bytes, offset);
    offset += length;
  });
  return out;
}
