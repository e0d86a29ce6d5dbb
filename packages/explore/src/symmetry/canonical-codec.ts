import { type Column, type Entry, Frame, InFlight, Kept, Slot, type State } from '@pagewright/mm';
import { Key } from '../key.js';
import { LEFT_OUT, StateCodec } from '../state/codec.js';
import type { Stepper } from '../world/stepper.js';
import { Colours } from './colours.js';
import { FRAME_REFERRING, FrameNumbers } from './frames.js';
import { type FreeKind, isAnonOwner, REFERRING, Renumbering } from './renumbering.js';

/** Most orders of processes that are tried where they look alike. */
const MOST_ORDERS = 24;
const MOST_WORDS = 2 ** 16;
const MOST_RECORDS = 2 ** 18;

/** An order of all that is interchangeable: processes that are not, come first. */
interface Order {
  readonly apart: readonly number[];
  readonly processes: readonly number[];
  readonly pages: readonly number[];
}

/**
 * Writes states so that those are equal which differ by the numbers of processes, VMAs, anon_vmas and
 * tables alone, and by which of the interchangeable processes and pages is which. What is written is such
 * a state.
 */
export class CanonicalCodec extends StateCodec {
  private readonly renumbering: Renumbering;
  private readonly colours: Colours;
  private readonly frames: FrameNumbers | undefined;
  private readonly least = new Key();
  private readonly other = new Key();
  /** Places of the names of interchangeable processes, and of the others. */
  private readonly alike: readonly number[];
  private readonly apart: readonly number[];
  /** Frames of interchangeable pages, and what each has that does not depend on which it is. */
  private readonly pages: readonly number[];
  private readonly pageColours: Int32Array;
  private readonly columns: number[] = [];
  private readonly records: number[] = [];
  private readonly values: number[] = [];
  private sorted = new Float64Array(1024);

  constructor(stepper: Stepper) {
    super(stepper);
    const { layout, tableStride } = this.machine;
    this.renumbering = new Renumbering(layout.capacities, tableStride);
    const { processes = [], pages = [], frames = false } = stepper.bound.file.interchangeable ?? {};
    this.pages = pages.map((name) => stepper.world.get(name, 'page').frame);
    this.pageColours = new Int32Array(layout.capacities.frame);
    const choice = { named: namedFrames(stepper), alike: this.pages, handedOut: frames };
    this.frames = frames || pages.length > 0 ? new FrameNumbers(this.machine, choice) : undefined;
    this.colours = new Colours(this.machine, (state, slot, entry) => {
      const level = this.levelOf(state, slot);
      const shape = this.frames?.shapeOf(level, entry as Entry) ?? (entry as Entry);
      return this.machine.space(level).word(shape);
    });
    const { slots } = stepper;
    this.alike = processes.map((name) => slots.place(name));
    this.apart = slots.kinds.flatMap((kind, place) =>
      kind === 'process' && !this.alike.includes(place) ? [place] : [],
    );
  }

  override write(key: Key): void {
    const { state } = this.stepper.world.model;
    this.writeOrder(state, this.choose(state), key);
  }

  /**
   * Calls back with the words that are not 0 of the state that would be written: where they lie there, and
   * where the same word lies in the state that the stepper is in, with its value there.
   */
  forEachWord(visit: (at: number, value: number, from: number, was: number) => void): void {
    const { state } = this.stepper.world.model;
    const { bases } = this.machine.layout;
    const { columns, records, values } = this;
    const order = this.choose(state);
    this.number(state, order);
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i] as number;
      const [base, record] = [bases[column] as number, records[i] as number];
      const was = values[i] as number;
      const value = this.newValue(state, column, record, was);
      visit(base + this.newRecord(column, record), value, base + record, was);
    }
    const kept = bases[Kept.word] as number;
    this.keptWords(state, order.processes).forEach((word, i) => {
      if (word !== 0) visit(kept + i, word, kept + i, word);
    });
  }

  /** Of the orders that may be the one that counts, the one whose state is written as the least. */
  private choose(state: State): Order {
    this.gather(state);
    const { slots } = this.stepper;
    const mmsOf = (places: readonly number[]): number[] =>
      places.flatMap((place) => (slots.word(place) === 0 ? [] : [slots.word(place) - 1]));
    const apart = mmsOf(this.apart);
    const alike = mmsOf(this.alike);
    this.colours.find(state, [...apart, ...alike]);
    const { mms } = this.colours;
    alike.sort((a, b) => (mms[a] as number) - (mms[b] as number) || a - b);
    const pageOrders = [...orders(this.sortedPages(state), this.pageColours)];
    const all = [...orders(alike, mms)].flatMap((processes) =>
      pageOrders.map((pages): Order => ({ apart, processes, pages })),
    );
    let [best, ...others] = all as [Order, ...Order[]];
    if (others.length > 0) this.writeOrder(state, best, this.least);
    for (const order of others) {
      this.writeOrder(state, order, this.other);
      if (!isLess(this.other, this.least)) continue;
      this.least.set(this.other.bytes.subarray(0, this.other.length));
      best = order;
    }
    return best;
  }

  /** Interchangeable pages by their colours: what is told of a page by itself. */
  private sortedPages(state: State): readonly number[] {
    const { pageColours, pages } = this;
    for (const frame of pages) {
      let colour = 0;
      for (const column of PAGE_COLUMNS) colour = Math.imul(colour, 31) + state.get(column, frame);
      pageColours[frame] = colour;
    }
    return pages.toSorted(
      (a, b) => (pageColours[a] as number) - (pageColours[b] as number) || a - b,
    );
  }

  private gather(state: State): void {
    let count = 0;
    state.forEachSet((column, record, value) => {
      if (this.kinds[column] === LEFT_OUT || column === Kept.word) return;
      this.columns[count] = column;
      this.records[count] = record;
      this.values[count] = value;
      count++;
    });
    if (count >= MOST_WORDS) throw new RangeError(`a state of ${count} words`);
    this.columns.length = count;
    if (this.sorted.length < count) this.sorted = new Float64Array(2 * count);
  }

  private number(state: State, { apart, processes, pages }: Order): void {
    const { renumbering } = this;
    renumbering.number(state, [...apart, ...processes]);
    this.frames?.number(state, pages, renumbering.tables);
  }

  private writeOrder(state: State, order: Order, key: Key): void {
    const { columns, records, values, sorted } = this;
    this.number(state, order);
    const count = columns.length;
    for (let i = 0; i < count; i++) {
      const column = columns[i] as number;
      const record = this.newRecord(column, records[i] as number);
      sorted[i] = (column * MOST_RECORDS + record) * MOST_WORDS + i;
    }
    const ordered = sorted.subarray(0, count).sort();
    this.begin(key);
    for (let at = 0; at < count; at++) {
      const place = ordered[at] as number;
      const i = place % MOST_WORDS;
      const column = columns[i] as number;
      const record = Math.floor(place / MOST_WORDS) % MOST_RECORDS;
      const value = this.newValue(state, column, records[i] as number, values[i] as number);
      this.entryOf(key, state, column as Column, record, records[i] as number, value);
    }
    this.keptWords(state, order.processes).forEach((word, i) => {
      if (word !== 0) this.entryOf(key, state, Kept.word, i, i, word);
    });
    this.end(key);
  }

  /** What the state keeps when the processes are in an order: words of the names first. */
  private keptWords(state: State, order: readonly number[]): Float64Array {
    const { slots } = this.stepper;
    const { kept } = this.machine.layout.capacities;
    const words = new Float64Array(kept);
    state.read(Kept.word, words, 0, kept);
    for (const place of this.apart) {
      const word = words[place] as number;
      if (word !== 0) words[place] = this.renumbering.of('mm', word - 1) + 1;
    }
    const { frames } = this;
    if (frames !== undefined) {
      slots.kinds.forEach((kind, place) => {
        const word = words[place] as number;
        if (kind === 'page' && word !== 0) words[place] = frames.of(word - 1) + 1;
      });
    }
    this.alike.forEach((place, i) => {
      const mm = order[i];
      words[place] = mm === undefined ? 0 : this.renumbering.of('mm', mm) + 1;
    });
    return words;
  }

  private newRecord(column: number, record: number): number {
    const { renumbering, machine } = this;
    const kind = this.recordKinds[column] as string;
    if (kind === 'slot') {
      const { tableStride } = machine;
      const table = Math.floor(record / tableStride);
      return renumbering.of('table', table) * tableStride + (record % tableStride);
    }
    if (kind === 'frame') {
      const table = record - machine.tableFrame;
      const isTable = table >= 0 && table < machine.layout.capacities.table;
      if (isTable) return machine.tableFrame + renumbering.of('table', table);
      return this.frames?.of(record) ?? record;
    }
    return isFree(kind) ? renumbering.of(kind, record) : record;
  }

  private newValue(state: State, column: number, record: number, value: number): number {
    const { renumbering, frames } = this;
    if (column === Slot.entry) {
      if (value < 0) return -renumbering.of('table', -value - 1) - 1;
      if (frames === undefined) return value;
      return frames.entryOf(this.levelOf(state, record), value as Entry);
    }
    if (frames !== undefined) {
      if (FRAME_REFERRING.has(column)) return frames.of(value - 1) + 1;
      if (column === InFlight.entry) {
        return frames.entryOf(this.savedLevel(state, record), value as Entry);
      }
    }
    const isAnon = column === Frame.ownerId && isAnonOwner(state.get(Frame.owner, record));
    const kind = isAnon ? 'anonVma' : REFERRING.get(column);
    return kind === undefined ? value : renumbering.of(kind, value - 1) + 1;
  }
}

/** What of a page tells it from others. */
const PAGE_COLUMNS = [Frame.flags, Frame.mapcount, Frame.refcount, Frame.content] as const;

/** Frames of pages that the file names: they stay what they are. */
function namedFrames({ bound, world }: Stepper): ReadonlySet<number> {
  const names = Object.keys(bound.file.objects?.pages ?? {});
  return new Set(
    names.flatMap((name) => {
      const { frame, pages } = world.get(name, 'page');
      return frame < 0 ? [] : Array.from({ length: pages }, (_, i) => frame + i);
    }),
  );
}

const isFree = (kind: string): kind is FreeKind =>
  ['mm', 'vma', 'anonVma', 'avc', 'table'].includes(kind);

/** A state is written as the least of what its orders give. */
function isLess(one: Key, other: Key): boolean {
  const length = Math.min(one.length, other.length);
  for (let i = 0; i < length; i++) {
    const difference = (one.bytes[i] as number) - (other.bytes[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return one.length < other.length;
}

/** Orders of processes that are sorted by colour: those of one colour in every order, if they are few. */
function* orders(
  sorted: readonly number[],
  colours: Int32Array,
): Generator<readonly number[], void> {
  const groups: number[][] = [];
  for (const mm of sorted) {
    const last = groups.at(-1);
    if (last !== undefined && colours[last[0] as number] === colours[mm]) last.push(mm);
    else groups.push([mm]);
  }
  let count = 1;
  for (const { length } of groups) for (let i = 2; i <= length; i++) count *= i;
  if (count > MOST_ORDERS) yield sorted;
  else yield* product(groups);
}

function* product(groups: readonly (readonly number[])[]): Generator<readonly number[], void> {
  const [first, ...rest] = groups;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const head of permutations(first))
    for (const tail of product(rest)) yield [...head, ...tail];
}

function* permutations(list: readonly number[]): Generator<readonly number[], void> {
  if (list.length < 2) {
    yield list;
    return;
  }
  for (const [i, one] of list.entries()) {
    for (const rest of permutations(list.toSpliced(i, 1))) yield [one, ...rest];
  }
}
