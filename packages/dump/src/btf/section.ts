import { fail, hex, ok, type Result } from '@pagewright/core';
import { Fields } from '../fields.js';

/** Field positions by ELF class (System V ABI, chapter 4). */
const HEADER = {
  32: { bytes: 52, shoff: 32, shentsize: 46, shnum: 48, shstrndx: 50 },
  64: { bytes: 64, shoff: 40, shentsize: 58, shnum: 60, shstrndx: 62 },
} as const;
const SECTION = {
  32: { bytes: 40, offset: 16, size: 20, link: 24 },
  64: { bytes: 64, offset: 24, size: 32, link: 40 },
} as const;
/** e_shstrndx that says: look into section 0. */
const SHN_XINDEX = 0xffff;

/**
 * The bytes of a section of an ELF file by name. Codes: `no-section`, `bad-elf` for headers that
 * contradict themselves, `truncated` for what lies beyond the end.
 */
export function elfSection(elf: Uint8Array, name: string): Result<Uint8Array> {
  const wordBits = elf[4] === 1 ? 32 : 64;
  const at = HEADER[wordBits];
  const part = SECTION[wordBits];
  if (elf.length < at.bytes) return fail('truncated', `an ELF file of ${elf.length} bytes`);
  const little = elf[5] === 1;
  const header = new Fields(elf, little, wordBits);
  const table = cut(elf, header.word(at.shoff), BigInt(elf.length) - header.word(at.shoff));
  const entry = header.half(at.shentsize);
  if (!table.ok || entry < part.bytes || table.value.length < entry) {
    return fail('no-section', 'the ELF file has no table of sections', { entry });
  }
  const sections = new Fields(table.value, little, wordBits);
  const first = { count: Number(sections.word(part.size)), names: sections.full(part.link) };
  const count = Math.min(
    header.half(at.shnum) || first.count,
    Math.floor(table.value.length / entry),
  );
  const index = header.half(at.shstrndx);
  const namesAt = index === SHN_XINDEX ? first.names : index;
  const content = (i: number) =>
    cut(elf, sections.word(i * entry + part.offset), sections.word(i * entry + part.size));
  if (namesAt >= count) return fail('bad-elf', `section ${namesAt} of ${count} holds the names`);
  const names = content(namesAt);
  if (!names.ok) return names;
  const wanted = new TextEncoder().encode(`${name}\0`);
  for (let i = 0; i < count; i++) {
    const start = sections.full(i * entry);
    if (wanted.every((byte, j) => names.value[start + j] === byte)) return content(i);
  }
  return fail('no-section', `the ELF file has no section ${name}`, { sections: count });
}

function cut(bytes: Uint8Array, offset: bigint, size: bigint): Result<Uint8Array> {
  const end = offset + size;
  if (size >= 0n && end <= BigInt(bytes.length)) {
    return ok(bytes.subarray(Number(offset), Number(end)));
  }
  return fail('truncated', `${hex(offset)}-${hex(end)} is beyond the ELF file's end`, {
    offset,
    byteCount: bytes.length,
  });
}
