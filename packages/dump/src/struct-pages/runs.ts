import { type VirtAddr, virtAddr } from '@pagewright/core';
import { lastIndex } from '../last-index.js';

/** Frames whose struct pages follow each other in memory. */
export interface PageRun {
  readonly firstPfn: bigint;
  /** One past the last frame. */
  readonly endPfn: bigint;
  /** Address of the first frame's struct page. */
  readonly start: bigint;
}

/** Where the struct pages of a dumped kernel lie. */
export interface StructPages {
  /** Which of the kernel's memory models it is (include/asm-generic/memory_model.h). */
  readonly model: 'vmemmap' | 'sparse' | 'flat';
  /** Bytes of one struct page. */
  readonly size: number;
  /** Frames that have a struct page, by frame number; frames of absent sections have none. */
  readonly runs: readonly PageRun[];
  /** True where an array that names the frames was broken off: more than the dump can hold. */
  readonly incomplete: boolean;
  /** Address of a frame's struct page (pfn_to_page), undefined for a frame that has none. */
  pageAddress(pfn: bigint): VirtAddr | undefined;
  /** Frame of a struct page (page_to_pfn), undefined for an address where none begins. */
  pfnOfPage(address: bigint): bigint | undefined;
}

/** Answers both questions from runs in any order. */
export function pagesOfRuns(
  model: StructPages['model'],
  size: number,
  unsorted: readonly PageRun[],
  incomplete = false,
): StructPages {
  const runs = joined(unsorted, size);
  const byAddress = [...runs].sort((a, b) => order(a.start, b.start));
  const each = BigInt(size);
  return {
    model,
    size,
    runs,
    incomplete,
    pageAddress(pfn) {
      const run = lastAtOrBefore(runs, pfn, (r) => r.firstPfn);
      if (run === undefined || pfn >= run.endPfn) return undefined;
      return virtAddr(BigInt.asUintN(64, run.start + (pfn - run.firstPfn) * each));
    },
    pfnOfPage(address) {
      const run = lastAtOrBefore(byAddress, address, (r) => r.start);
      if (run === undefined || (address - run.start) % each !== 0n) return undefined;
      const pfn = run.firstPfn + (address - run.start) / each;
      return pfn < run.endPfn ? pfn : undefined;
    },
  };
}

/** Runs by frame, neighbours whose struct pages follow each other made one. */
function joined(unsorted: readonly PageRun[], size: number): readonly PageRun[] {
  const runs: PageRun[] = [];
  const sorted = [...unsorted].sort((a, b) => order(a.firstPfn, b.firstPfn));
  for (const run of sorted) addRun(runs, run, BigInt(size));
  return runs;
}

/** Adds a run, or lengthens the last one when the new one goes on where that ends. */
export function addRun(runs: PageRun[], run: PageRun, size: bigint): void {
  const last = runs.at(-1);
  const goesOn =
    last !== undefined &&
    last.endPfn === run.firstPfn &&
    last.start + (run.firstPfn - last.firstPfn) * size === run.start;
  if (goesOn) runs[runs.length - 1] = { ...last, endPfn: run.endPfn };
  else runs.push(run);
}

const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

function lastAtOrBefore(
  runs: readonly PageRun[],
  value: bigint,
  keyOf: (run: PageRun) => bigint,
): PageRun | undefined {
  return runs[lastIndex(runs.length, (i) => keyOf(runs[i] as PageRun) <= value)];
}
