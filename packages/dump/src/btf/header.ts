import { fail, hex, ok, type Result } from '@pagewright/core';

/** The parts of a BTF blob, cut out of it. */
export interface BtfSections {
  readonly byteOrder: 'little' | 'big';
  readonly types: Uint8Array;
  readonly strings: Uint8Array;
  /** Sizes of kinds by their number, 4 bytes each; empty before Linux 7. */
  readonly layout: Uint8Array;
}

const MAGIC = 0xeb9f;
const VERSION = 1;
/** Bytes of the header up to and with `str_len`, and with `layout_len`. */
export const HEADER = { plain: 24, withLayout: 32 } as const;

/** The byte order of bytes that begin, at `at`, as BTF does. */
export function btfByteOrder(bytes: Uint8Array, at = 0): 'little' | 'big' | undefined {
  const [low, high] = [MAGIC & 0xff, MAGIC >> 8];
  if (bytes[at] === low && bytes[at + 1] === high) return 'little';
  return bytes[at] === high && bytes[at + 1] === low ? 'big' : undefined;
}

/**
 * Bytes of the whole blob, as its header says: the place where its last section ends. Undefined for
 * what is no header, or less of one than its first fields.
 */
export function btfLength(header: Uint8Array): number | undefined {
  const byteOrder = btfByteOrder(header);
  if (byteOrder === undefined || header[2] !== VERSION) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const word = (at: number): number => view.getUint32(at, byteOrder === 'little');
  if (header.length < HEADER.plain || word(4) > header.length) return undefined;
  const fields = word(4) >= HEADER.withLayout ? [8, 16, 24] : [8, 16];
  return word(4) + Math.max(...fields.map((field) => word(field) + word(field + 4)));
}

/**
 * Cuts a blob into its sections (struct btf_header, include/uapi/linux/btf.h). Codes: `not-btf`,
 * `bad-btf` for a header that contradicts itself, `truncated` for sections beyond the end.
 */
export function btfSections(bytes: Uint8Array): Result<BtfSections> {
  const byteOrder = btfByteOrder(bytes);
  if (byteOrder === undefined) return fail('not-btf', 'the bytes do not begin as BTF does');
  if (bytes.length < HEADER.plain) {
    return fail('truncated', `a BTF header takes ${HEADER.plain} bytes, there are ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = byteOrder === 'little';
  const version = bytes[2] as number;
  if (version !== VERSION) return fail('bad-btf', `BTF version ${version}, ${VERSION} is known`);
  const length = view.getUint32(4, little);
  if (length < HEADER.plain || length > bytes.length) {
    return fail('bad-btf', `a BTF header of ${length} bytes in ${bytes.length}`, { length });
  }
  const section = (name: string, field: number): Result<Uint8Array> => {
    const start = length + view.getUint32(field, little);
    const end = start + view.getUint32(field + 4, little);
    if (end <= bytes.length) return ok(bytes.subarray(start, end));
    return fail(
      'truncated',
      `BTF's ${name} reach from ${hex(start)} to ${hex(end)}, there are ${hex(bytes.length)} bytes`,
      { start, end, byteCount: bytes.length },
    );
  };
  const types = section('types', 8);
  if (!types.ok) return types;
  const strings = section('strings', 16);
  if (!strings.ok) return strings;
  const layout = length >= HEADER.withLayout ? section('layouts', 24) : ok(new Uint8Array());
  if (!layout.ok) return layout;
  if (types.value.length % 4 !== 0) {
    return fail('bad-btf', `BTF's types take ${types.value.length} bytes, no multiple of 4`);
  }
  return ok({
    byteOrder,
    types: types.value,
    strings: strings.value,
    layout: layout.value,
  });
}
