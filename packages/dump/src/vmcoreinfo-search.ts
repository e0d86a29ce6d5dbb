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
 */
export function findVmcoreinfo(
  memory: PhysicalMemory,
  ranges: Iterable<MemoryRange>,
): Result<VmcoreInfo> {
  // However often ranges repeat the same memory, no more chunks are read than that memory has.
  let chunksLeft = memory.byteCount / BigInt(CHUNK) + MOST_PARTIAL_CHUNKS;
  let searched = 0n;
  for (const { physical, length } of ranges) {
    const end = physical + length;
    let at = (physical + BigInt(SMALLEST_PAGE - 1)) & ~BigInt(SMALLEST_PAGE - 1);
    for (; at < end && chunksLeft > 0n; chunksLeft--) {
      const bytes = end - at < CHUNK ? Number(end - at) : CHUNK;
      const found = searchChunk(memory, at, bytes);
      if (found !== undefined) return ok(found);
      searched += BigInt(bytes);
      at += BigInt(CHUNK);
    }
  }
  return fail(
    'no-vmcoreinfo',
    `no page of the ${searched} bytes that were searched begins as VMCOREINFO does`,
    { searched },
  );
}

function searchChunk(memory: PhysicalMemory, at: bigint, bytes: number): VmcoreInfo | undefined {
  const whole = memory.read(physAddr(at), bytes);
  if (whole.ok) {
    const starts = textStarts(whole.value);
    return firstThatReads(
      memory,
      starts.map((start) => at + BigInt(start)),
    );
  }
  for (let page = 0; page < bytes; page += SMALLEST_PAGE) {
    const head = memory.read(physAddr(at + BigInt(page)), Math.min(SMALLEST_PAGE, bytes - page));
    if (!head.ok) continue;
    const starts = textStarts(head.value).map((start) => at + BigInt(page + start));
    const found = firstThatReads(memory, starts);
    if (found !== undefined) return found;
  }
  return undefined;
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

function firstThatReads(
  memory: PhysicalMemory,
  addresses: readonly bigint[],
): VmcoreInfo | undefined {
  for (const address of addresses) {
    const found = parseVmcoreinfo(readText(memory, address));
    if (found.pageSize !== undefined && found.symbol('_stext') !== undefined) return found;
  }
  return undefined;
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
