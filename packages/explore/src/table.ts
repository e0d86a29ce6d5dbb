import type { Key } from './key.js';
import { CONTROL, FIRST_SLOTS, FULLEST, RECORD_BYTES, type TableMemory } from './table-memory.js';

/** Answer of `StateTable.put`: the state was there already. */
export const KNOWN = -1;
/** Answer of `StateTable.put`: it is new, and there is no room for it. */
export const FULL = -2;

/** Words of the arena that a thread takes at a time. */
const BLOCK_WORDS = 4096;
/** Stands for a parent while it is changed together with its action. */
const CHANGING = -1;

/**
 * The states that a search has seen, as bytes in one open-addressing table that several threads may
 * fill at once. A state is added as a *record*, in no certain order when there are several threads;
 * `numberNew` then gives it its *number*: the place that a search by one thread, state by state and
 * action by action, would have found it at. Parents are numbers, so that a number's way from the
 * beginning is the least of the shortest ones, by action numbers.
 */
export class StateTable {
  private readonly control: Int32Array;
  private readonly slots: Int32Array;
  private readonly offsets: Uint32Array;
  private readonly lengths: Uint32Array;
  private readonly parents: Int32Array;
  private readonly actions: Uint16Array;
  private readonly order: Uint32Array;
  private readonly arena: Uint32Array;
  /** What is left of the words of the arena that this thread took. */
  private blockAt = 0;
  private blockEnd = 0;

  constructor(readonly memory: TableMemory) {
    this.control = new Int32Array(memory.control);
    this.slots = new Int32Array(memory.slots);
    this.offsets = new Uint32Array(memory.offsets);
    this.lengths = new Uint32Array(memory.lengths);
    this.parents = new Int32Array(memory.parents);
    this.actions = new Uint16Array(memory.actions);
    this.order = new Uint32Array(memory.order);
    this.arena = new Uint32Array(memory.arena);
    Atomics.compareExchange(this.control, CONTROL.slots, 0, FIRST_SLOTS);
  }

  /** States that have numbers: 0 and up. */
  get count(): number {
    return this.control[CONTROL.numbered] as number;
  }

  /** Bytes that it takes: keys, records and slots. */
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
  put(key: Key, parent: number, action: number): number {
    const { slots, control } = this;
    const hash = hashOf(key);
    const mask = (control[CONTROL.slots] as number) - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      let found = Atomics.load(slots, 2 * slot);
      if (found === 0) {
        if (!this.hasRoom(key.wordCount)) return FULL;
        found = Atomics.compareExchange(slots, 2 * slot, 0, hash);
        if (found === 0) {
          const record = this.write(key, parent, action);
          Atomics.store(slots, 2 * slot + 1, record + 1);
          return record;
        }
      }
      if (found !== hash) continue;
      const record = this.recordAt(slot);
      if (!this.isEqual(record, key)) continue;
      this.improve(record, parent + 1, action);
      return KNOWN;
    }
  }

  /** The record of a slot; whoever took the slot is about to write it there. */
  private recordAt(slot: number): number {
    for (;;) {
      const record = Atomics.load(this.slots, 2 * slot + 1);
      if (record !== 0) return record - 1;
    }
  }

  private hasRoom(words: number): boolean {
    const { control, memory } = this;
    if (Atomics.load(control, CONTROL.records) >= memory.limits.states) return false;
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

  private write(key: Key, parent: number, action: number): number {
    const record = Atomics.add(this.control, CONTROL.records, 1);
    const { arena, blockAt } = this;
    const { words, wordCount } = key;
    for (let i = 0; i < wordCount; i++) arena[blockAt + i] = words[i] as number;
    this.blockAt = blockAt + wordCount;
    this.offsets[record] = blockAt;
    this.lengths[record] = key.length;
    this.parents[record] = parent + 1;
    this.actions[record] = action;
    return record;
  }

  private isEqual(record: number, key: Key): boolean {
    if (this.lengths[record] !== key.length) return false;
    const { arena } = this;
    const { words, wordCount } = key;
    const offset = this.offsets[record] as number;
    for (let i = 0; i < wordCount; i++) if (arena[offset + i] !== words[i]) return false;
    return true;
  }

  /** A parent's actions come in order from one thread: the first of them is the least. */
  private improve(record: number, parent: number, action: number): void {
    const { parents } = this;
    for (;;) {
      const known = Atomics.load(parents, record);
      if (known === CHANGING) continue;
      if (known <= parent) return;
      if (Atomics.compareExchange(parents, record, known, CHANGING) !== known) continue;
      this.actions[record] = action;
      Atomics.store(parents, record, parent);
      return;
    }
  }

  /**
   * Gives numbers to all records that have none, by parent and action. For one thread, while no other
   * adds; and only when every state up to the last that was expanded was expanded in full, so that
   * whatever comes later comes behind.
   */
  numberNew(): void {
    const { control, order, parents, actions } = this;
    const first = control[CONTROL.numbered] as number;
    const end = control[CONTROL.records] as number;
    control[CONTROL.numbered] = end;
    let isSorted = true;
    for (let record = first; record < end; record++) {
      order[record] = record;
      isSorted &&= record === first || this.isBefore(record - 1, record);
    }
    if (isSorted) return;
    const byWay = (a: number, b: number): number =>
      (parents[a] as number) - (parents[b] as number) ||
      (actions[a] as number) - (actions[b] as number);
    order.subarray(first, end).sort(byWay);
  }

  private isBefore(one: number, other: number): boolean {
    const difference = (this.parents[one] as number) - (this.parents[other] as number);
    return (
      difference < 0 ||
      (difference === 0 && (this.actions[one] as number) < (this.actions[other] as number))
    );
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

  /** The key of the state with a number. */
  read(number: number, into: Key): void {
    const record = this.order[number] as number;
    const length = this.lengths[record] as number;
    const offset = this.offsets[record] as number;
    into.reserve(length + 3);
    into.length = length;
    const { words, wordCount } = into;
    for (let i = 0; i < wordCount; i++) words[i] = this.arena[offset + i] as number;
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
    return (this.parents[record] as number) - 1;
  }

  /** As `actionOf`. */
  actionOfRecord(record: number): number {
    return this.actions[record] as number;
  }
}

/** A hash of 32 bits, never 0. */
function hashOf({ words, wordCount, length }: Key): number {
  let hash = length;
  for (let i = 0; i < wordCount; i++) {
    hash = Math.imul(hash ^ (words[i] as number), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash === 0 ? 1 : hash;
}
