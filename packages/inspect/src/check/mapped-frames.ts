import { pfn as frameNumber, hex } from '@pagewright/core';
import type { Judge } from '../stream-context.js';
import { isExclusive } from './exclusive.js';
import type { FindingId } from './finding.js';
import { FrameCounts } from './frame-counts.js';

/** A frame whose struct page does not agree with the entries that map it. */
export interface OddFrame {
  readonly frame: bigint;
  readonly id: FindingId;
  readonly detail: string;
  readonly kept: bigint;
  readonly counted: bigint;
}

/** A page that is mapped whole, by its first frame. */
interface WholeMapping {
  readonly pages: number;
  count: number;
}

/** Counts over all processes the entries that map each frame. */
export class MappedFrames {
  private readonly single = new FrameCounts();
  private readonly whole = new Map<bigint, WholeMapping>();

  constructor(
    private readonly judge: Judge,
    /** Pages of a leaf of each upper level. */
    private readonly wholeSizes: readonly number[],
  ) {}

  add(frame: bigint, pages: number): void {
    if (pages === 1) {
      this.single.add(Number(frame));
      return;
    }
    const before = this.whole.get(frame);
    if (before !== undefined) before.count++;
    else this.whole.set(frame, { pages, count: 1 });
  }

  /** @param complete every process was walked: then no mapcount may be more than was found */
  *odd(complete: boolean): Generator<OddFrame> {
    const heads = new Map<bigint, number>();
    for (const [number, count] of this.single) {
      const frame = BigInt(number);
      yield* this.compared(frame, count + this.covering(frame), count, heads, complete);
    }
    for (const [frame, { count }] of this.whole) {
      const single = this.single.get(Number(frame));
      if (single === 0) yield* this.compared(frame, count, count, heads, complete);
      else heads.set(frame, (heads.get(frame) ?? 0) + count);
    }
    for (const [head, entries] of heads) {
      const facts = this.judge.pages.facts(head);
      if (!facts.ok || facts.value.refcount >= entries) continue;
      yield {
        frame: head,
        id: 'refcount-below-mapcount',
        detail: `frame ${hex(head)}: ${facts.value.refcount} references, ${entries} entries map it`,
        kept: BigInt(facts.value.refcount),
        counted: BigInt(entries),
      };
    }
  }

  /** Mappings of a whole folio that has the frame inside; folios lie at multiples of their size. */
  private covering(frame: bigint): number {
    let found = 0;
    if (this.whole.size === 0) return 0;
    for (const size of this.wholeSizes) {
      const first = frame & ~(BigInt(size) - 1n);
      const whole = this.whole.get(first);
      if (whole?.pages === size) found += whole.count;
    }
    return found;
  }

  private *compared(
    frame: bigint,
    entries: number,
    own: number,
    heads: Map<bigint, number>,
    complete: boolean,
  ): Generator<OddFrame> {
    const found = this.judge.pages.facts(frameNumber(frame));
    if (!found.ok) return;
    const { mapcount, refcount, order, head } = found.value;
    const odd = (id: FindingId, detail: string, kept: number, counted = entries): OddFrame => ({
      frame,
      id,
      detail: `frame ${hex(frame)}: ${detail}`,
      kept: BigInt(kept),
      counted: BigInt(counted),
    });
    // Without CONFIG_PAGE_MAPCOUNT pages of large folios have no counts of their own.
    const counts = order === 0 || this.judge.chosen.kernel.config.PAGE_MAPCOUNT !== false;
    const said = `mapcount ${mapcount}, mapped by ${entries} entries`;
    if (counts && mapcount < entries) yield odd('mapcount-below-entries', said, mapcount);
    if (counts && complete && mapcount > entries) {
      yield odd('mapcount-above-entries', said, mapcount);
    }
    if (order > 0) heads.set(head, (heads.get(head) ?? 0) + own);
    else if (refcount < Math.max(mapcount, entries)) {
      const most = Math.max(mapcount, entries);
      const less = `${refcount} references, ${most} mappings`;
      yield odd('refcount-below-mapcount', less, refcount, most);
    }
    if (entries > 1 && isExclusive(this.judge.pages, found.value)) {
      yield odd('anon-exclusive-shared', `marked exclusive, mapped by ${entries} entries`, 1);
    }
  }
}
