/** Field positions: e_shoff, e_shentsize; bytes of header and section header; sh_offset, sh_size. */
const AT = {
  32: { header: 52, shoff: 32, shentsize: 46, section: 40, offset: 16, size: 20 },
  64: { header: 64, shoff: 40, shentsize: 58, section: 64, offset: 24, size: 32 },
} as const;

/** An ELF file with section 0, the names of sections, and one section that holds `content`. */
export function makeElfWithSection(
  name: string,
  content: Uint8Array,
  wordBits: 32 | 64,
  byteOrder: 'little' | 'big',
): Uint8Array {
  const at = AT[wordBits];
  const little = byteOrder === 'little';
  const names = new TextEncoder().encode(`\0.shstrtab\0${name}\0`);
  const namesAt = at.header;
  const contentAt = namesAt + names.length;
  const table = contentAt + content.length;
  const out = new Uint8Array(table + 3 * at.section);
  const view = new DataView(out.buffer);
  const word = (position: number, value: number) =>
    wordBits === 64
      ? view.setBigUint64(position, BigInt(value), little)
      : view.setUint32(position, value, little);
  out.set([0x7f, 0x45, 0x4c, 0x46, wordBits === 64 ? 2 : 1, little ? 1 : 2, 1]);
  word(at.shoff, table);
  view.setUint16(at.shentsize, at.section, little);
  view.setUint16(at.shentsize + 2, 3, little);
  view.setUint16(at.shentsize + 4, 1, little);
  const sections = [
    { name: 1, offset: namesAt, size: names.length },
    { name: 11, offset: contentAt, size: content.length },
  ];
  sections.forEach((section, i) => {
    const start = table + (i + 1) * at.section;
    view.setUint32(start, section.name, little);
    word(start + at.offset, section.offset);
    word(start + at.size, section.size);
  });
  out.set(names, namesAt);
  out.set(content, contentAt);
  return out;
}
