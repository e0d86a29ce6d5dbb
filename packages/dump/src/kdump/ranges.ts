import type { MemoryRange } from '../elf.js';
import type { KdumpFile } from './file.js';

/** Frames that are looked at together: those of one section of a bitmap, and of a part of it. */
const SECTION_FRAMES = 1 << 15;
const PART_FRAMES = 1 << 8;

/**
 * Memory of which a kdump holds something, ascending: pieces of 256 frames of which at least one
 * was kept. What lies in between was left out, or is no memory.
 */
export function* kdumpRanges(files: readonly KdumpFile[]): Generator<MemoryRange, void> {
  for (const file of [...files].sort((a, b) => a.start - b.start)) {
    const { blockSize } = file.header;
    for (const section of partsOf(file, file.start, file.end, SECTION_FRAMES)) {
      for (const { start, end } of partsOf(file, section.start, section.end, PART_FRAMES)) {
        const bytes = BigInt(blockSize);
        yield { physical: BigInt(start) * bytes, length: BigInt(end - start) * bytes };
      }
    }
  }
}

function* partsOf({ dumped }: KdumpFile, first: number, end: number, step: number) {
  for (let start = first; start < end; ) {
    const next = Math.min(end, start - (start % step) + step);
    if (dumped.rank(next) > dumped.rank(start)) yield { start, end: next };
    start = next;
  }
}
