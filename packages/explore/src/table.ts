import type { Row } from './state/row.js';
import { CONTROL, FIRST_SLOTS, FULLEST, RECORD_BYTES, type TableMemory } from './table-memory.js';

/** Answer of `StateTable.put`: the state was there already. */
export const KNOWN = -1;
/** Answer of `StateTable.put`: it is new, and there is no room for it. */
export const FULL = -2;

/** Words of the arena that a thread takes at a time. */
const BLOCK_WORDS = 4096;
/** Stands for a parent while it is changed together with its action. */
const CHANGING = -2;
/** Words of a record: its parent; its action, and behind that its length in words; the row. */
const PARENT = 0;
const ACTION = 1;
const HEAD = 2;
const ACTION_BITS = 14;
const MOST_ACTION = (1 << ACTION_BITS) - 1;
/** Most rows that are foreseen, less one: all bits are set. */
const MOST_AHEAD = 63;
const MOST_ROW_WORDS = (1 << (32 - ACTION_BITS)) - 1;

/**
 * The states that a search has seen, as rows in one open-addressing table that several threads may fill
 * at once. A state is added as a *record*, in no certain order when there are several threads;
 * `numberNew` then gives it its *number*: the place that a search by one thread, state by state and
 * action by action, would have found it at. Parents are numbers, so that a number's way from the
 * beginning is the least of the shortest ones, by action numbers.
 */
export class StateTable {
  private readonly control: Int32Array;
  private readonly slots: Int32Array;
  private readonly order: Uint32Array;
  private readonly arena: Int32Array;
  private readonly isShared: boolean;
  /** Slots of the rows that will be looked up soon. */
  private readonly ahead = new Int32Array(MOST_AHEAD + 1);
  private foreseen = 0;
  /** Kept so that what is read ahead is read. */
  warmth = 0;
  /** What is left of the words of the arena that this thread took. */
  private blockAt = 0;
  private blockEnd = 0;

  constructor(readonly memory: TableMemory) {
    this.control = new Int32Array(memory.control);
    this.slots = new Int32Array(memory.slots);
    this.order = new Uint32Array(memory.order);
    this.arena = new Int32Array(memory.arena);
    this.isShared = memory.arena instanceof SharedArrayBuffer;
    Atomics.compareExchange(this.control, CONTROL.slots, 0, FIRST_SLOTS);
  }

  /** States that have numbers: 0 and up. */
  get count(): number {
    return this.control[CONTROL.numbered] as number;
  }

  /** Bytes that it takes: rows, records and slots. */
  get usedBytes(): number {
    const { control } = this;
    return (
      4 * Atomics.load(control, CONTROL.arenaWords) +
      RECORD_BYTES * Atomics.load(control, CONTROL.records) +
      8 * (control[CONTROL.slots] as number)
    );
  }

  /** It should grow before another state is expanded. */
  get isCrowded(): boolean {
    const slots = this.control[CONTROL.slots] as number;
    if (2 * slots >= this.slots.length) return false;
    return Atomics.load(this.control, CONTROL.records) > FULLEST * slots;
  }

  /**
   * Adds a state unless it is there. Of several ways to a state that has no number yet, the least is
   * kept: by the number of its parent, then by its action.
   *
   * @param parent number of the state that it was reached from; -1 for the first
   * @returns its record when it is new; `KNOWN` or `FULL`
   */
  put(row: Row, parent: number, action: number): number {
    const { slots, control } = this;
    const hash = slotHash(row.hash);
    const mask = (control[CONTROL.slots] as number) - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      // An old 0 does no harm: the exchange says what is there. Anything else stays.
      let found = slots[2 * slot] as number;
      if (found === 0) {
        if (!this.hasRoom(HEAD + row.count)) return FULL;
        found = Atomics.compareExchange(slots, 2 * slot, 0, hash);
        if (found === 0) {
          const record = this.write(row, parent, action);
          Atomics.store(slots, 2 * slot + 1, record + 1);
          return record;
        }
      }
      if (found !== hash) continue;
      const record = this.recordAt(slot);
      if (!this.isEqual(record, row)) continue;
      this.improve(record, parent, action);
      return KNOWN;
    }
  }

  /** Only what threads share has to be asked for with care, which takes time. */
  private load(array: Int32Array, at: number): number {
    return this.isShared ? Atomics.load(array, at) : (array[at] as number);
  }

  /** Forgets what was foreseen. */
  forget(): void {
    this.foreseen = 0;
  }

  /** A row with this hash will be looked up soon. */
  foresee(hash: number): void {
    const slot = slotHash(hash) & ((this.control[CONTROL.slots] as number) - 1);
    this.ahead[this.foreseen++ & MOST_AHEAD] = slot;
  }

  /**
   * Reads what will be looked up soon: memory that is far away is asked for all at once, which takes no
   * longer than for one. Nothing depends on it.
   */
  lookAhead(): void {
    const { slots, arena, ahead } = this;
    const count = Math.min(this.foreseen, MOST_AHEAD + 1);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const record = slots[2 * (ahead[i] as number) + 1] as number;
      ahead[i] = record;
    }
    for (let i = 0; i < count; i++) {
      const at = ahead[i] as number;
      if (at !== 0) {
        sum += (arena[at + 16] as number) + (arena[at + 32] as number) + (arena[at] as number);
      }
    }
    this.warmth = sum;
  }

  /** The record of a slot; whoever took the slot is about to write it there. */
  private recordAt(slot: number): number {
    for (;;) {
      const record = this.load(this.slots, 2 * slot + 1);
      if (record !== 0) return record - 1;
    }
  }

  private hasRoom(words: number): boolean {
    const { control, memory } = this;
    if (this.load(control, CONTROL.records) >= memory.limits.states) return false;
    if (this.blockAt + words <= this.blockEnd) return true;
    const size = Math.max(words, BLOCK_WORDS);
    const at = Atomics.add(control, CONTROL.arenaWords, size);
    if (at + size > this.arena.length) {
      Atomics.sub(control, CONTROL.arenaWords, size);
      return false;
    }
    this.blockAt = at;
    this.blockEnd = at + size;
    return true;
  }

  private write({ signed, count }: Row, parent: number, action: number): number {
    const { arena, blockAt: record } = this;
    if (count > MOST_ROW_WORDS) throw new RangeError(`a row of ${count} words`);
    arena[record + PARENT] = parent;
    arena[record + ACTION] = action | (count << ACTION_BITS);
    for (let i = 0; i < count; i++) arena[record + HEAD + i] = signed[i] as number;
    this.blockAt = record + HEAD + count;
    this.order[Atomics.add(this.control, CONTROL.records, 1)] = record;
    return record;
  }

  private lengthAt(record: number): number {
    return (this.arena[record + ACTION] as number) >>> ACTION_BITS;
  }

  /** What one of two rows has more than the other must be 0. */
  private isEqual(record: number, { signed, count }: Row): boolean {
    const { arena } = this;
    const first = record + HEAD;
    const length = this.lengthAt(record);
    const common = Math.min(length, count);
    for (let i = 0; i < common; i++) if (arena[first + i] !== signed[i]) return false;
    for (let i = common; i < length; i++) if (arena[first + i] !== 0) return false;
    for (let i = common; i < count; i++) if (signed[i] !== 0) return false;
    return true;
  }

  /** A parent's actions come in order from one thread: the first of them is the least. */
  private improve(record: number, parent: number, action: number): void {
    const { arena } = this;
    // Parents only become less: an old one that is low enough will do.
    const old = arena[record + PARENT] as number;
    if (old !== CHANGING && old <= parent) return;
    for (;;) {
      const known = Atomics.load(arena, record + PARENT);
      if (known === CHANGING) continue;
      if (known <= parent) return;
      if (Atomics.compareExchange(arena, record + PARENT, known, CHANGING) !== known) continue;
      arena[record + ACTION] = action | (this.lengthAt(record) << ACTION_BITS);
      Atomics.store(arena, record + PARENT, parent);
      return;
    }
  }

  /**
   * Gives numbers to all records that have none, by parent and action. For one thread, while no other
   * adds; and only when every state up to the last that was expanded was expanded in full, so that
   * whatever comes later comes behind.
   */
  numberNew(): void {
    const { control, order } = this;
    const first = control[CONTROL.numbered] as number;
    const end = control[CONTROL.records] as number;
    control[CONTROL.numbered] = end;
    const byWay = (a: number, b: number): number =>
      this.parentOfRecord(a) - this.parentOfRecord(b) ||
      this.actionOfRecord(a) - this.actionOfRecord(b);
    for (let i = first + 1; i < end; i++) {
      if (byWay(order[i - 1] as number, order[i] as number) < 0) continue;
      order.subarray(first, end).sort(byWay);
      return;
    }
  }

  /** Doubles the slots. For one thread, while no other adds. */
  grow(): void {
    const { control, slots } = this;
    const before = control[CONTROL.slots] as number;
    const old = slots.slice(0, 2 * before);
    slots.fill(0, 0, 2 * before);
    control[CONTROL.slots] = 2 * before;
    const mask = 2 * before - 1;
    for (let from = 0; from < old.length; from += 2) {
      const hash = old[from] as number;
      if (hash === 0) continue;
      let slot = hash & mask;
      while (slots[2 * slot] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = hash;
      slots[2 * slot + 1] = old[from + 1] as number;
    }
  }

  /** Makes a row that of the state with a number; it keeps the words that it has more, as 0. */
  read(number: number, into: Row): void {
    const record = this.order[number] as number;
    const length = this.lengthAt(record);
    into.reserve(length);
    const { signed, count } = into;
    const first = record + HEAD;
    for (let i = 0; i < length; i++) signed[i] = this.arena[first + i] as number;
    for (let i = length; i < count; i++) signed[i] = 0;
  }

  /** Number of the state that a state was reached from; -1 for the first. */
  parentOf(number: number): number {
    return this.parentOfRecord(this.order[number] as number);
  }

  /** The action that led from the parent to a state. */
  actionOf(number: number): number {
    return this.actionOfRecord(this.order[number] as number);
  }

  /** What `put` answered, once all ways to it are known: as `parentOf`. */
  parentOfRecord(record: number): number {
    return this.arena[record + PARENT] as number;
  }

  /** As `actionOf`. */
  actionOfRecord(record: number): number {
    return (this.arena[record + ACTION] as number) & MOST_ACTION;
  }
}

/** What a slot has of the hash of a row: 32 bits, never 0. */
function slotHash(rowHash: number): number {
  let hash = Math.imul(rowHash ^ (rowHash >>> 16), 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash === 0 ? 1 : hash;
}
