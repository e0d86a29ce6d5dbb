import { fail, hex, ok, type Result } from '@pagewright/core';
import { type ByteSource, readBytes } from './bytes.js';
import { Fields } from './fields.js';

/** A run of physical memory. */
export interface MemoryRange {
  /** First physical address. */
  readonly physical: bigint;
  readonly length: bigint;
}

/** A run of physical memory that a file holds. */
export interface Segment extends MemoryRange {
  /** Where its bytes lie in the file. */
  readonly offset: bigint;
}

/** What an ELF core file says about itself. */
export interface ElfHeader {
  readonly wordBits: 32 | 64;
  readonly byteOrder: 'little' | 'big';
  /** e_machine: 62 x86-64, 183 AArch64, 22 s390. */
  readonly machine: number;
  /** PT_LOAD segments in file order. */
  readonly segments: readonly Segment[];
  /** Memory that PT_LOAD segments name without holding it: `makedumpfile -E` left it out. */
  readonly excluded: readonly MemoryRange[];
  /** Where the notes lie: PT_NOTE segments. */
  readonly notes: readonly { readonly offset: bigint; readonly length: bigint }[];
}

/** Field positions by ELF class (System V ABI, chapter 4 and 5). */
const LAYOUT = {
  32: { header: 52, phoff: 28, shoff: 32, phentsize: 42, phnum: 44, program: 32, section: 40 },
  64: { header: 64, phoff: 32, shoff: 40, phentsize: 54, phnum: 56, program: 56, section: 64 },
} as const;
const PROGRAM = {
  32: { offset: 4, physical: 12, filesz: 16, memsz: 20 },
  64: { offset: 8, physical: 24, filesz: 32, memsz: 40 },
} as const;
/** Position of sh_info, which holds the real count when e_phnum is PN_XNUM. */
const SH_INFO = { 32: 28, 64: 44 } as const;
const PN_XNUM = 0xffff;
const PT_LOAD = 1;
const PT_NOTE = 4;
/** More program headers than any machine's memory map needs; a file that claims more lies. */
const MOST_PROGRAM_HEADERS = 1 << 20;

/** True for files that begin as ELF does. */
export function isElf(source: ByteSource): boolean {
  if (source.byteCount < 16n) return false;
  const magic = source.read(0n, 4);
  return magic[0] === 0x7f && magic[1] === 0x45 && magic[2] === 0x4c && magic[3] === 0x46;
}

/**
 * Reads the headers of an ELF core. Every count is held against the file's size. Codes: `bad-elf`
 * for headers that contradict themselves, `truncated` for segments that the file does not hold.
 */
export function readElf(source: ByteSource): Result<ElfHeader> {
  const ident = readBytes(source, 0n, 16);
  if (!ident.ok) return ident;
  const [wordClass, data] = [ident.value[4], ident.value[5]];
  if ((wordClass !== 1 && wordClass !== 2) || (data !== 1 && data !== 2)) {
    return bad(source, `class ${wordClass} and data encoding ${data} are none of ELF's`);
  }
  const wordBits = wordClass === 1 ? 32 : 64;
  const little = data === 1;
  const layout = LAYOUT[wordBits];
  const head = readBytes(source, 0n, layout.header);
  if (!head.ok) return head;
  const header = new Fields(head.value, little, wordBits);
  const machine = header.half(18);
  const phoff = header.word(layout.phoff);
  const entrySize = header.half(layout.phentsize);
  if (entrySize < layout.program) {
    return bad(source, `program headers of ${entrySize} bytes, ${layout.program} are needed`);
  }
  const counted = programCount(source, header, little, wordBits);
  if (!counted.ok) return counted;
  const count = counted.value;
  if (count > MOST_PROGRAM_HEADERS) return bad(source, `${count} program headers`);
  if (phoff + BigInt(count) * BigInt(entrySize) > source.byteCount) {
    return fail(
      'truncated',
      `${source.name}: ${count} program headers at ${hex(phoff)} reach beyond the file's ${source.byteCount} bytes`,
      { phoff, count },
    );
  }
  const segments: Segment[] = [];
  const excluded: MemoryRange[] = [];
  const notes: { offset: bigint; length: bigint }[] = [];
  const at = PROGRAM[wordBits];
  for (let i = 0; i < count; i++) {
    const bytes = source.read(phoff + BigInt(i * entrySize), layout.program).slice();
    const program = new Fields(bytes, little, wordBits);
    const type = program.full(0);
    if (type === PT_NOTE) {
      notes.push({ offset: program.word(at.offset), length: program.word(at.filesz) });
    }
    if (type !== PT_LOAD) continue;
    const segment = readSegment(source, program, wordBits, i);
    if (!segment.ok) return segment;
    const { physical, length } = segment.value;
    if (length > 0n) segments.push(segment.value);
    const beyond = program.word(at.memsz) - length;
    if (beyond > 0n) excluded.push({ physical: physical + length, length: beyond });
  }
  if (segments.length === 0) return bad(source, 'no PT_LOAD segment holds memory');
  const byteOrder = little ? 'little' : 'big';
  return ok({ wordBits, byteOrder, machine, segments, excluded, notes });
}

/** e_phnum, or what section header 0 says instead when the number does not fit. */
function programCount(
  source: ByteSource,
  header: Fields,
  little: boolean,
  wordBits: 32 | 64,
): Result<number> {
  const layout = LAYOUT[wordBits];
  const count = header.half(layout.phnum);
  if (count !== PN_XNUM) return ok(count);
  const section = readBytes(source, header.word(layout.shoff), layout.section);
  if (!section.ok) return section;
  return ok(new Fields(section.value, little, wordBits).full(SH_INFO[wordBits]));
}

function readSegment(
  source: ByteSource,
  program: Fields,
  wordBits: 32 | 64,
  index: number,
): Result<Segment> {
  const at = PROGRAM[wordBits];
  const offset = program.word(at.offset);
  const physical = program.word(at.physical);
  const length = program.word(at.filesz);
  const memory = program.word(at.memsz);
  if (length === 0n) return ok({ physical, offset, length });
  if (length > memory) {
    return bad(source, `segment ${index} has ${length} bytes in the file for ${memory} of memory`);
  }
  if (physical + length > 1n << 64n) {
    return bad(source, `segment ${index} at ${hex(physical)} reaches beyond 64 bits`);
  }
  if (offset + length > source.byteCount) {
    return fail(
      'truncated',
      `${source.name}: segment ${index} (physical ${hex(physical)}) needs bytes up to ${offset + length}, the file has ${source.byteCount}`,
      { segment: index, offset, length, byteCount: source.byteCount },
    );
  }
  return ok({ physical, offset, length });
}

const bad = (source: ByteSource, why: string) => fail('bad-elf', `${source.name}: ${why}`);
