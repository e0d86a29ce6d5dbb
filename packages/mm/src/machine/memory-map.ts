/** Where a frame lies, as far as anybody asks. */
export type Zone = 'normal' | 'movable' | 'device';

/** Migrate types of pageblocks from which long pins are kept away. */
export type Pageblock = 'cma' | 'isolate';

/** What a run of frames is for: `general` ones are handed out, the others when somebody names them. */
export type Purpose = 'general' | 'own' | 'device';

/** A run of frames. */
export interface MemoryRange {
  /** What scenarios call it. */
  readonly name: string;
  readonly firstPfn: number;
  readonly frames: number;
  readonly purpose: Purpose;
  readonly zone?: Zone;
  readonly pageblock?: Pageblock;
  /** False for addresses without struct page (device registers). */
  readonly memmap?: boolean;
  /** highest_memmap_pfn was not raised for it, which real memory never shows. */
  readonly aboveHighest?: boolean;
}

/** A run of frames with struct pages. */
export interface Placed {
  readonly range: MemoryRange;
  /** Number of the range's first frame among those with struct page. */
  readonly first: number;
}

/**
 * Frames by number: those with a struct page are counted through in order of their pfns. Numbers are
 * what the state's `frame` records are.
 */
export class MemoryMap {
  /** Frames with a struct page. */
  readonly count: number;
  /** highest_memmap_pfn. */
  readonly highest: number;
  /** The ranges that are handed out, in the order in which they were named. */
  readonly general: readonly Placed[];
  private readonly placed: readonly Placed[];

  /** Ranges must not overlap. Throws when they do. */
  constructor(readonly ranges: readonly MemoryRange[]) {
    const sorted = [...ranges].sort((a, b) => a.firstPfn - b.firstPfn);
    const placed: Placed[] = [];
    let count = 0;
    let end = 0;
    let highest = 0;
    for (const range of sorted) {
      if (range.firstPfn < end) throw new Error(`memory range ${range.name} overlaps another`);
      end = range.firstPfn + range.frames;
      if (range.memmap === false) continue;
      placed.push({ range, first: count });
      count += range.frames;
      if (range.aboveHighest !== true) highest = end - 1;
    }
    this.placed = placed;
    this.general = ranges.flatMap((each) =>
      placed.filter(({ range }) => range === each && range.purpose === 'general'),
    );
    this.count = count;
    this.highest = highest;
  }

  /** Number of a frame; -1 for a pfn without struct page. */
  frame(pfn: number): number {
    for (let i = 0; i < this.placed.length; i++) {
      const { range, first } = this.placed[i] as Placed;
      const offset = pfn - range.firstPfn;
      if (offset >= 0 && offset < range.frames) return first + offset;
    }
    return -1;
  }

  /** pfn of a frame. */
  pfn(frame: number): number {
    const { range, first } = this.placeOf(frame);
    return range.firstPfn + (frame - first);
  }

  /** Zone of a frame. */
  zone(frame: number): Zone {
    return this.placeOf(frame).range.zone ?? 'normal';
  }

  /** Migrate type of a frame's pageblock, where it matters. */
  pageblock(frame: number): Pageblock | undefined {
    return this.placeOf(frame).range.pageblock;
  }

  /** Numbers of the frames of a range, by its name; none where it has no struct pages. */
  framesOf(name: string): readonly number[] {
    const found = this.placed.find(({ range }) => range.name === name);
    if (found === undefined) return [];
    return Array.from({ length: found.range.frames }, (_, i) => found.first + i);
  }

  private placeOf(frame: number): Placed {
    for (let i = this.placed.length - 1; i >= 0 && frame < this.count; i--) {
      const place = this.placed[i] as Placed;
      if (place.first <= frame) return place;
    }
    throw new Error(`no frame has number ${frame}`);
  }
}
