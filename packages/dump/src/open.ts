import { fail, ok, type PhysicalMemory, type Result } from '@pagewright/core';
import { type ByteSource, readBytes } from './bytes.js';
import type { Decompressors } from './decompress/decompressors.js';
import { type ElfHeader, isElf, type MemoryRange, readElf } from './elf.js';
import { isFlattened, unflattened } from './flattened/flattened.js';
import { vmcoreinfoOfFile } from './kdump/file.js';
import { isKdump, type Utsname } from './kdump/header.js';
import { kdumpMemory } from './kdump/memory.js';
import { readKdumpFiles } from './kdump/open-kdump.js';
import { kdumpRanges } from './kdump/ranges.js';
import { limeByteOrder, readLime } from './lime/lime.js';
import { MOST_NOTE_BYTES, type Note, parseNotes, vmcoreinfoOf } from './notes.js';
import { rawMemory, segmentMemory } from './segments.js';
import { unreadable } from './unreadable.js';

/** A dump opened as physical memory. */
export interface Dump {
  readonly container: 'elf' | 'kdump' | 'lime' | 'raw';
  /** True when the container was wrapped in makedumpfile's flattened form. */
  readonly flattened: boolean;
  readonly memory: PhysicalMemory;
  /**
   * Runs of memory that the container has something of: where to search. They may overlap, and parts
   * of them may have been left out.
   */
  readonly ranges: Iterable<MemoryRange>;
  /** Text of the VMCOREINFO note, when the container has it. */
  readonly vmcoreinfo?: string;
  /** Of the machine that was dumped, where the container says so. */
  readonly byteOrder?: 'little' | 'big';
  readonly wordBits?: 32 | 64;
  /** e_machine of an ELF core: 62 x86-64, 183 AArch64, 22 s390. */
  readonly machine?: number;
  /** Headers of an ELF core. */
  readonly elf?: ElfHeader;
  /** The kernel's name for itself, in a kdump's header. */
  readonly utsname?: Utsname;
}

/** What a dump does not say of itself, and what its pages may need. */
export interface OpenOptions {
  /** Physical address at which a raw image begins; 0 when left out. */
  readonly rawBase?: bigint;
  /** For the pages of kdumps; a page that needs a missing one fails with `no-decompressor`. */
  readonly decompressors?: Partial<Decompressors>;
}

/**
 * Opens a dump by its content: ELF core, makedumpfile's or QEMU's kdump, LiME, each of the first
 * two also in flattened form; anything else is a raw image.
 *
 * @param sources the file; the files of a split kdump in any order
 * @returns codes: `bad-usage` for several files that are no split kdump, `unreadable` for
 *   compressed files and formats that are only recognised, and each container's own
 */
export function openDump(
  sources: ByteSource | readonly ByteSource[],
  options: OpenOptions = {},
): Result<Dump> {
  const given = Array.isArray(sources)
    ? (sources as readonly ByteSource[])
    : [sources as ByteSource];
  const first = given[0];
  if (first === undefined) return fail('bad-usage', 'no dump was given');
  const flattened = isFlattened(first);
  const contents: ByteSource[] = [];
  for (const source of given) {
    const content = isFlattened(source) ? unflattened(source) : ok(source);
    if (!content.ok) return content;
    contents.push(content.value);
  }
  const content = contents[0] as ByteSource;
  if (isKdump(content)) return openKdump(contents, flattened, options.decompressors ?? {});
  if (contents.length > 1) {
    const what = 'is no kdump, and only kdumps are split into several files';
    return fail('bad-usage', `${content.name} ${what}`);
  }
  if (isElf(content)) return openElf(content, flattened);
  const limeOrder = limeByteOrder(content);
  if (limeOrder !== undefined) return openLime(content, flattened, limeOrder);
  const why = unreadable(content);
  if (why !== undefined) return fail('unreadable', `${content.name}: ${why}`);
  const { rawBase = 0n } = options;
  return ok({
    container: 'raw',
    flattened,
    memory: rawMemory(content, rawBase),
    ranges: [{ physical: rawBase, length: content.byteCount }],
  });
}

function openKdump(
  sources: readonly ByteSource[],
  flattened: boolean,
  decompressors: Partial<Decompressors>,
): Result<Dump> {
  const files = readKdumpFiles(sources);
  if (!files.ok) return files;
  const first = files.value[0];
  if (first === undefined) throw new Error('openDump calls this with at least one file');
  const vmcoreinfo = vmcoreinfoOfFile(first);
  const { byteOrder, wordBits, utsname } = first.header;
  return ok({
    container: 'kdump',
    flattened,
    memory: kdumpMemory(files.value, decompressors),
    ranges: { [Symbol.iterator]: () => kdumpRanges(files.value) },
    byteOrder,
    wordBits,
    utsname,
    ...(vmcoreinfo !== undefined && { vmcoreinfo }),
  });
}

function openElf(source: ByteSource, flattened: boolean): Result<Dump> {
  const elf = readElf(source);
  if (!elf.ok) return elf;
  const { byteOrder, wordBits, machine, segments, excluded } = elf.value;
  const vmcoreinfo = vmcoreinfoOf(elfNotes(source, elf.value));
  return ok({
    container: 'elf',
    flattened,
    memory: segmentMemory(source, segments, excluded),
    ranges: segments,
    byteOrder,
    wordBits,
    machine,
    elf: elf.value,
    ...(vmcoreinfo !== undefined && { vmcoreinfo }),
  });
}

/** All notes; a note segment that the file does not hold has none. */
function elfNotes(source: ByteSource, { notes, byteOrder }: ElfHeader): readonly Note[] {
  let left = BigInt(MOST_NOTE_BYTES);
  return notes.flatMap(({ offset, length }) => {
    if (length > left) return [];
    left -= length;
    const bytes = readBytes(source, offset, Number(length));
    return bytes.ok ? parseNotes(bytes.value.slice(), byteOrder) : [];
  });
}

function openLime(
  source: ByteSource,
  flattened: boolean,
  byteOrder: 'little' | 'big',
): Result<Dump> {
  const lime = readLime(source, byteOrder);
  if (!lime.ok) return lime;
  const { segments } = lime.value;
  const memory = segmentMemory(source, segments);
  return ok({ container: 'lime', flattened, memory, ranges: segments, byteOrder });
}
