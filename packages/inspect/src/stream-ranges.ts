import {
  type DecodedEntry,
  decodeEntry,
  ENTRY_KINDS,
  type EntryForm,
  enterTable,
  entryAt,
  indexOf,
  type Level,
  type LevelGeometry,
  ok,
  openWalk,
  type PhysAddr,
  type Result,
  type TableWalk,
  type Vma,
  virtAddr,
  type WalkedEntry,
  type WalkRange,
} from '@pagewright/core';
import { KIND_BITS } from '@pagewright/core/scan';
import {
  type JudgedEntry,
  judgedEntries,
  judgedEntry,
  judgedRanges,
  type RangeKey,
  rangeKey,
  sameKey,
  type WalkContext,
} from './stream.js';
import { entryScanner, LeafClasses } from './stream-classes.js';

/** A range with its first entry judged. */
export interface AreaRange extends WalkRange<RangeKey> {
  readonly first: JudgedEntry;
}

const NONE = ENTRY_KINDS.indexOf('none');
const TABLE = ENTRY_KINDS.indexOf('table');
const LEAF = ENTRY_KINDS.indexOf('leaf');
const KIND_MASK = (1 << KIND_BITS) - 1;

/**
 * What `judgedRanges` makes of an area's `judgedEntries`, table by table: compiled code reads all
 * entries of one, runs of leaves that cannot differ are judged once, and no object is made for an entry
 * that only lengthens a range. Where the context has no `frameBounds`, each entry is looked at. Codes
 * as `judgedEntries`. Can be read again.
 */
export function areaRanges(context: WalkContext, vma: Vma): Result<Iterable<AreaRange>> {
  const { form, memory, root, frameBounds } = context;
  if (frameBounds === undefined) {
    const entries = judgedEntries(context, vma);
    if (!entries.ok) return entries;
    return ok({
      [Symbol.iterator]: () => judgedRanges(entries.value) as Generator<AreaRange>,
    });
  }
  const opened = openWalk(form, memory, root, vma);
  if (!opened.ok) return opened;
  const { rootBytes, begin } = opened.value;
  return ok({
    *[Symbol.iterator]() {
      const walk = new RangeWalk(context, vma, begin(), new LeafClasses(context, vma, frameBounds));
      yield* walk.table(0, root, rootBytes, vma.start, []);
      if (walk.open !== undefined) yield walk.open;
    },
  });
}

/** Where the first entry of a range stands, and its word. */
type Place = Omit<WalkedEntry, 'start' | 'decoded'> & { readonly start: bigint };

/** The range that is being lengthened; its first entry is spelt out when somebody asks. */
class OpenRange implements AreaRange {
  public entries = 0;
  private spelt: JudgedEntry | undefined;

  constructor(
    public end: bigint,
    /** Of the first entry, or of one that cannot differ from it but in its page. */
    readonly like: RangeKey,
    private readonly form: EntryForm,
    private readonly place: Place,
    /** The first entry, where it is known already. */
    known: JudgedEntry | undefined,
  ) {
    this.spelt = known;
  }

  get start(): bigint {
    return this.place.start;
  }
  get first(): JudgedEntry {
    this.spelt ??= this.spell();
    return this.spelt;
  }
  get key(): RangeKey {
    if (this.like.verdict?.page === undefined) return this.like;
    const { verdict } = this.first;
    return verdict === undefined ? this.like : { ...this.like, verdict };
  }

  /** The page of a verdict that is shared is the frame of the entry: a hook's verdict never is. */
  private spell(): JudgedEntry {
    const { form, like, place } = this;
    const { level, raw } = place;
    const decoded = decodeEntry(form, level, raw);
    const size = 1n << BigInt(form.geometry(level)?.shift ?? 0);
    const entry = { ...place, start: virtAddr(place.start), decoded, size };
    const { verdict } = like;
    if (verdict === undefined) return entry;
    const isPage = verdict.page !== undefined && decoded.kind === 'leaf';
    return { ...entry, verdict: isPage ? { ...verdict, page: decoded.pfn } : verdict };
  }
}

/** What `collect` wrote of a table. */
interface Scratch {
  readonly codes: Uint8Array;
  readonly frames: Uint32Array;
}

class RangeWalk {
  open: OpenRange | undefined;
  private readonly scratch: Scratch[] = [];

  constructor(
    private readonly context: WalkContext,
    private readonly vma: Vma,
    private readonly walk: TableWalk,
    private readonly leaves: LeafClasses,
  ) {}

  *table(
    depth: number,
    table: PhysAddr,
    bytes: Uint8Array,
    from: bigint,
    ancestors: readonly PhysAddr[],
  ): Generator<AreaRange> {
    const { span, levels } = this.walk;
    const { form } = this.context;
    const geometry = levels[depth] as LevelGeometry;
    const { level } = geometry;
    const shift = BigInt(geometry.shift);
    const firstIndex = indexOf(geometry, from);
    const base = ((from >> shift) << shift) - (BigInt(firstIndex) << shift);
    const addressOf = (index: number): bigint => base + (BigInt(index) << shift);
    const count = entriesUpTo(geometry, base, span.end) - firstIndex;
    const { codes, frames } = this.collect(depth, level, bytes, firstIndex, count);
    const part = (i: number, end: bigint): WalkedEntry => {
      const index = firstIndex + i;
      const raw = entryAt(form, bytes, index);
      const at = addressOf(index);
      const start = virtAddr(at > from ? at : from);
      return { start, end, level, table, index, raw, decoded: decodeEntry(form, level, raw) };
    };
    for (let i = 0; i < count; ) {
      const code = codes[i] as number;
      const kind = code & KIND_MASK;
      let next = i + 1;
      let like: RangeKey;
      let known: JudgedEntry | undefined;
      if (kind === NONE) {
        while (next < count && codes[next] === code) next++;
        like = { kind: 'none', level };
      } else if (kind === LEAF) {
        const frame = frameAt(frames, i);
        const { low, high, index } = this.leaves.spanOf(frame);
        like = this.leaves.keyOf(level, code, index, () => part(i, addressOf(firstIndex + i + 1)));
        if (!this.leaves.isShared(level, code, index)) {
          const end = least(addressOf(firstIndex + next), span.end);
          known = judgedEntry(this.context, this.vma, part(i, end));
        } else {
          while (next < count && codes[next] === code) {
            const other = frameAt(frames, next);
            if (other < low || other >= high) break;
            next++;
          }
        }
      } else {
        const here = part(i, least(addressOf(firstIndex + next), span.end));
        if (kind === TABLE && here.decoded.kind === 'table') {
          const path = [...ancestors, table];
          const below = enterTable(this.walk, depth + 1, here.decoded.next, path);
          if (below.ok) {
            yield* this.table(depth + 1, here.decoded.next, below.value, here.start, path);
            i = next;
            continue;
          }
          const reason = below.problem.message;
          const decoded: DecodedEntry = { kind: 'invalid', reason, raw: here.raw };
          known = judgedEntry(this.context, this.vma, {
            ...here,
            decoded,
            problem: below.problem,
          });
        } else known = judgedEntry(this.context, this.vma, here);
        like = rangeKey(known);
      }
      const at = addressOf(firstIndex + i);
      const start = at > from ? at : from;
      const beyond = addressOf(firstIndex + next);
      const end = least(beyond, span.end);
      const { open } = this;
      if (open !== undefined && (open.like === like || sameKey(open.like, like))) {
        open.end = end;
        open.entries += next - i;
      } else {
        if (open !== undefined) yield open;
        const index = firstIndex + i;
        const first = least(addressOf(index + 1), end);
        const place = { start, end: first, level, table, index, raw: entryAt(form, bytes, index) };
        this.open = new OpenRange(end, like, form, place, known);
        this.open.entries = next - i;
      }
      i = next;
    }
  }

  /** Codes and frames of `count` entries from one on; overwritten by the next table of this depth. */
  private collect(
    depth: number,
    level: Level,
    bytes: Uint8Array,
    from: number,
    count: number,
  ): Scratch {
    let scratch = this.scratch[depth];
    if (scratch === undefined || scratch.codes.length < count) {
      scratch = { codes: new Uint8Array(count), frames: new Uint32Array(2 * count) };
      this.scratch[depth] = scratch;
    }
    const scanner = entryScanner(this.context.form, level);
    const { wordsPerEntry } = scanner;
    const at = bytes.byteOffset + 4 * wordsPerEntry * from;
    const words = new Uint32Array(bytes.buffer, at, wordsPerEntry * count);
    scanner.collect(words, scratch.codes, scratch.frames);
    return scratch;
  }
}

/** Entries of a table at `base` that begin below `end`. */
function entriesUpTo({ indexBits, shift }: LevelGeometry, base: bigint, end: bigint): number {
  const most = 2 ** indexBits;
  const needed = (end - base + (1n << BigInt(shift)) - 1n) >> BigInt(shift);
  return needed < BigInt(most) ? Number(needed) : most;
}

/** Frames have fewer bits than a number holds exactly. */
const frameAt = (frames: Uint32Array, i: number): number =>
  (frames[2 * i + 1] as number) * 2 ** 32 + (frames[2 * i] as number);

function least(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}
