import { fail, ok, type PhysicalMemory, physAddr, type Result } from '@pagewright/core';
import type { MemoryRange } from './elf.js';
import { text } from './notes.js';
import { parseVmcoreinfo, type VmcoreInfo } from './vmcoreinfo.js';

/** What the kernel writes first, in every release that has VMCOREINFO. */
const FIRST_LINE = new TextEncoder().encode('OSRELEASE=');
/**
 * Places in a page where the text begins: `vmcoreinfo_data` is a page of its own; `vmcoreinfo_note`
 * another, with a note header and the name before it (kernel/vmcore_info.c).
 */
const TEXT_STARTS = [0, 24] as const;
/** The kernel's text is at most a page (VMCOREINFO_BYTES), and no page is larger than this. */
const LONGEST_TEXT = 1 << 16;
/** Texts that are looked into: more means that somebody wants the search to last. */
const MOST_TEXTS = 256;
/** Granularity of the search: the smallest page of any architecture. */
const SMALLEST_PAGE = 4096;
/** Memory asked for at once. */
const CHUNK = 1 << 20;
/** Ranges and holes within a chunk cost one each; a machine has not more of them than this. */
const MOST_PARTIAL_CHUNKS = 4096n;

/**
 * Finds VMCOREINFO where a dump has no note with it: the first page of the given memory, by
 * address, whose start reads as VMCOREINFO does. Memory that cannot be read is passed over. Fails
 * with code `no-vmcoreinfo`.
 *
 * @param ranges what to search: the segments of an ELF core, all of a raw image
 * @param isRight says no to another kernel's text, which a file in the page cache may hold; any text
 *   is right when left out
 */
export function findVmcoreinfo(
  memory: PhysicalMemory,
  ranges: Iterable<MemoryRange>,
  isRight: (found: VmcoreInfo) => boolean = () => true,
): Result<VmcoreInfo> {
  let textsLeft = MOST_TEXTS;
  for (const address of textAddresses(memory, ranges)) {
    if (textsLeft-- === 0) break;
    const found = parseVmcoreinfo(readText(memory, address));
    const isWhole = found.pageSize !== undefined && found.symbol('_stext') !== undefined;
    if (isWhole && isRight(found)) return ok(found);
  }
  const texts = MOST_TEXTS - Math.max(textsLeft, 0);
  return fail(
    'no-vmcoreinfo',
    `the kernel's VMCOREINFO is in no page of the dump; ${texts} begin as it does`,
    { texts },
  );
}

/** Physical addresses at which VMCOREINFO's first line stands. */
function* textAddresses(
  memory: PhysicalMemory,
  ranges: Iterable<MemoryRange>,
): Generator<bigint, void> {
  // However often ranges repeat the same memory, no more chunks are read than that memory has.
  let chunksLeft = memory.byteCount / BigInt(CHUNK) + MOST_PARTIAL_CHUNKS;
  for (const { physical, length } of ranges) {
    const end = physical + length;
    let at = (physical + BigInt(SMALLEST_PAGE - 1)) & ~BigInt(SMALLEST_PAGE - 1);
    for (; at < end; at += BigInt(CHUNK)) {
      if (chunksLeft-- === 0n) return;
      yield* addressesInChunk(memory, at, end - at < CHUNK ? Number(end - at) : CHUNK);
    }
  }
}

/** Reads a chunk at once, or page by page where part of it is missing. */
function* addressesInChunk(
  memory: PhysicalMemory,
  at: bigint,
  bytes: number,
): Generator<bigint, void> {
  const whole = memory.read(physAddr(at), bytes);
  const step = whole.ok ? bytes : SMALLEST_PAGE;
  for (let done = 0; done < bytes; done += step) {
    const from = at + BigInt(done);
    const part = whole.ok ? whole : memory.read(physAddr(from), Math.min(step, bytes - done));
    if (!part.ok) continue;
    for (const start of textStarts(part.value)) yield from + BigInt(start);
  }
}

/** Places in some pages where the first line stands. */
function textStarts(bytes: Uint8Array): readonly number[] {
  const starts: number[] = [];
  for (let page = 0; page < bytes.length; page += SMALLEST_PAGE) {
    for (const start of TEXT_STARTS) {
      if (FIRST_LINE.every((byte, i) => bytes[page + start + i] === byte))
        starts.push(page + start);
    }
  }
  return starts;
}

/** Text up to its NUL, read page by page, since the page after it may be missing. */
function readText(memory: PhysicalMemory, address: bigint): string {
  const out = new Uint8Array(LONGEST_TEXT);
  let length = 0;
  while (length < LONGEST_TEXT) {
    const at = address + BigInt(length);
    const take = SMALLEST_PAGE - Number(at % BigInt(SMALLEST_PAGE));
    const part = memory.read(physAddr(at), Math.min(take, LONGEST_TEXT - length));
    if (!part.ok) break;
    out.set(part.value, length);
    length += part.value.length;
    if (part.value.includes(0)) break;
  }
  return text(out.subarray(0, length));
}
