import { lastIndex } from '../last-index.js';

/** Bytes of a flattened file: they belong at `start` and stand at `from`. */
export interface Chunk {
  readonly start: number;
  readonly length: number;
  readonly from: number;
}

/**
 * Chunks in order of place, cut so that none overlaps: of two for the same place the one that
 * stands later in the file wins. At most twice as many pieces come back as chunks went in.
 */
export function latestWins(chunks: readonly Chunk[]): readonly Chunk[] {
  const sorted = [...chunks].sort((a, b) => a.start - b.start || a.from - b.from);
  const pieces: Chunk[] = [];
  const add = ({ start, from }: Chunk, begin: number, end: number): void => {
    if (begin < end) pieces.push({ start: begin, length: end - begin, from: from + begin - start });
  };
  /** Chunks that reach `place`, the one latest in the file on top. */
  const open = new LatestFirst();
  let place = 0;
  /** Writes down what covers everything from `place` up to `limit`. */
  const advance = (limit: number): void => {
    for (let top = open.top; top !== undefined && place < limit; top = open.top) {
      const end = Math.min(top.start + top.length, limit);
      add(top, place, end);
      place = Math.max(place, end);
      if (top.start + top.length <= place) open.pop();
    }
    place = limit;
  };
  for (const chunk of sorted) {
    advance(chunk.start);
    open.push(chunk);
  }
  advance(Number.MAX_SAFE_INTEGER);
  return pieces;
}

/** Index of the last piece that begins at or below a place; -1 when there is none. */
export const pieceBelow = (pieces: readonly Chunk[], place: number): number =>
  lastIndex(pieces.length, (i) => (pieces[i] as Chunk).start <= place);

/** A binary heap by position in the file. */
class LatestFirst {
  private readonly items: Chunk[] = [];

  get top(): Chunk | undefined {
    return this.items[0];
  }

  push(chunk: Chunk): void {
    const { items } = this;
    let at = items.length;
    items.push(chunk);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((items[parent] as Chunk).from >= chunk.from) break;
      items[at] = items[parent] as Chunk;
      at = parent;
    }
    items[at] = chunk;
  }

  pop(): void {
    const { items } = this;
    const moved = items.pop();
    if (moved === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      const right = items[child + 1];
      if (right !== undefined && right.from > (items[child] as Chunk).from) child++;
      const larger = items[child] as Chunk;
      if (larger.from <= moved.from) break;
      items[at] = larger;
      at = child;
    }
    items[at] = moved;
  }
}
