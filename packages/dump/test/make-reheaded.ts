/**
 * Head of an ELF core of QEMU's with the faults mended that makedumpfile stumbles over: the header's
 * size, program headers behind the section header, segments without virtual addresses, and, on
 * x86-64, no segment of the kernel's text. Everything behind the head stays where it is.
 *
 * @param head of the file, up to its first note or segment; little-endian, 64 bits
 * @param kernel where the direct map begins, and the text segment to add
 */
export function makeReheaded(
  head: Uint8Array,
  kernel: {
    readonly directMap: bigint;
    readonly text: { readonly virtual: bigint; readonly physical: bigint; readonly bytes: bigint };
  },
): Uint8Array {
  const out = head.slice();
  const from = new DataView(head.buffer, head.byteOffset);
  const to = new DataView(out.buffer);
  const phoff = Number(from.getBigUint64(PHOFF, true));
  const count = from.getUint16(PHNUM, true);
  const programs: Uint8Array[] = Array.from({ length: count }, (_, i) =>
    head.slice(phoff + i * PROGRAM, phoff + (i + 1) * PROGRAM),
  );
  const loads = programs.map((bytes) => new DataView(bytes.buffer)).filter(isLoad);
  for (const load of loads) {
    load.setBigUint64(VIRTUAL, kernel.directMap + load.getBigUint64(PHYSICAL, true), true);
  }
  programs.push(textProgram(loads, kernel.text));
  to.setBigUint64(PHOFF, BigInt(HEADER), true);
  to.setBigUint64(SHOFF, 0n, true);
  to.setUint16(EHSIZE, HEADER, true);
  to.setUint16(PHNUM, programs.length, true);
  for (const at of [SHENTSIZE, SHNUM, SHSTRNDX]) to.setUint16(at, 0, true);
  programs.forEach((bytes, i) => {
    out.set(bytes, HEADER + i * PROGRAM);
  });
  return out;
}

const HEADER = 64;
const PROGRAM = 56;
const PT_LOAD = 1;
/** Fields of the header of an ELF file, and of a program header. */
const [PHOFF, SHOFF, EHSIZE, PHNUM, SHENTSIZE, SHNUM, SHSTRNDX] = [32, 40, 52, 56, 58, 60, 62];
const [OFFSET, VIRTUAL, PHYSICAL, FILESZ, MEMSZ] = [8, 16, 24, 32, 40];

const isLoad = (program: DataView): boolean => program.getUint32(0, true) === PT_LOAD;

function textProgram(
  loads: readonly DataView[],
  text: { readonly virtual: bigint; readonly physical: bigint; readonly bytes: bigint },
): Uint8Array {
  const holder = loads.find((load) => {
    const start = load.getBigUint64(PHYSICAL, true);
    return text.physical >= start && text.physical < start + load.getBigUint64(FILESZ, true);
  });
  if (holder === undefined) throw new Error('no segment holds the text');
  const program = new Uint8Array(holder.buffer.slice(0));
  const view = new DataView(program.buffer);
  const inside = text.physical - view.getBigUint64(PHYSICAL, true);
  view.setBigUint64(OFFSET, view.getBigUint64(OFFSET, true) + inside, true);
  view.setBigUint64(VIRTUAL, text.virtual, true);
  view.setBigUint64(PHYSICAL, text.physical, true);
  view.setBigUint64(FILESZ, text.bytes, true);
  view.setBigUint64(MEMSZ, text.bytes, true);
  return program;
}
