import type { MappingLevel } from '@pagewright/core';
import {
  CacheSlot,
  type Entry,
  Frame,
  Global,
  InFlight,
  type Machine,
  Reference,
  Slot,
  type State,
  SwapSlot,
  Table,
} from '@pagewright/mm';

/** Columns that refer to frames. */
export const FRAME_REFERRING: ReadonlySet<number> = new Set<number>([
  ...[Global.inactiveHead, Global.inactiveTail, Global.activeHead, Global.activeTail],
  ...[Frame.lruPrevious, Frame.lruNext, Reference.frame, InFlight.frame],
  ...[SwapSlot.frame, CacheSlot.frame],
]);

/** Which frames get new numbers. */
export interface FrameChoice {
  /** Frames that have names, which keep their numbers unless they are alike. */
  readonly named: ReadonlySet<number>;
  /** Those of named pages that are interchangeable. */
  readonly alike: readonly number[];
  /** Those that are handed out. */
  readonly handedOut: boolean;
}

/**
 * New numbers of the frames of interchangeable pages, in an order that is given, and of the frames that
 * are handed out, in the order in which tables lead to them. A state with a folio of several of the latter
 * keeps their numbers: where it begins is a matter of alignment.
 */
export class FrameNumbers {
  private readonly map: Int32Array;
  private readonly first: number;
  private readonly end: number;
  private next = 0;
  private readonly moved = new Map<number, Entry>();

  constructor(
    private readonly machine: Machine,
    private readonly choice: FrameChoice,
  ) {
    const { memory, layout } = machine;
    this.map = Int32Array.from({ length: layout.capacities.frame }, (_, frame) => frame);
    const frames = memory.framesOf('RAM');
    this.first = frames[0] ?? 0;
    this.end = this.first + frames.length;
  }

  /** The new number of a frame. */
  of(frame: number): number {
    return this.map[frame] as number;
  }

  /** Numbers the frames of a state, its interchangeable pages and its tables in an order. */
  number(state: State, pages: readonly number[], tables: Iterable<number>): void {
    const { map, first, end } = this;
    const { named, alike, handedOut } = this.choice;
    for (let frame = first; frame < end; frame++) map[frame] = frame;
    pages.forEach((frame, i) => {
      map[frame] = alike[i] as number;
    });
    if (!handedOut) return;
    for (let frame = first; frame < end; frame++) {
      if (state.get(Frame.order, frame) !== 0 || state.get(Frame.head, frame) !== 0) return;
    }
    for (let frame = first; frame < end; frame++) if (!named.has(frame)) map[frame] = -1;
    this.next = first;
    for (const table of tables) this.visitTable(state, table);
    for (const head of [Global.inactiveHead, Global.activeHead]) {
      for (let at = state.ref(head, 0); at >= 0; at = state.ref(Frame.lruNext, at)) this.take(at);
    }
    for (let frame = first; frame < end; frame++) {
      if (state.get(Frame.refcount, frame) !== 0) this.take(frame);
    }
    for (let frame = first; frame < end; frame++) this.take(frame);
  }

  private take(frame: number): void {
    const { map, first, end } = this;
    if (frame < first || frame >= end || map[frame] !== -1) return;
    while (this.choice.named.has(this.next)) this.next++;
    map[frame] = this.next++;
  }

  private visitTable(state: State, table: number): void {
    const { tableStride } = this.machine;
    const level = this.levelOf(state, table);
    const [start, end] = [table * tableStride, (table + 1) * tableStride];
    for (let slot = state.next(Slot.entry, start, end); slot >= 0; ) {
      const entry = state.get(Slot.entry, slot);
      if (entry > 0 && level !== undefined) this.take(this.frameOf(level, entry as Entry));
      slot = state.next(Slot.entry, slot + 1, end);
    }
  }

  private levelOf(state: State, table: number): MappingLevel | undefined {
    const level = this.machine.levels[state.get(Table.level, table)]?.level;
    return level === 'pte' || level === 'pmd' || level === 'pud' ? level : undefined;
  }

  /** The frame that an entry is about; -1 for none that has a number. */
  private frameOf(level: MappingLevel, entry: Entry): number {
    const space = this.machine.space(level);
    const { memory } = this.machine;
    if (space.is.present(entry)) return memory.frame(space.pfn(entry));
    const { pfn } = space.absent(entry);
    return pfn === undefined ? -1 : memory.frame(Number(pfn));
  }

  /** An entry of the frame that has the new number. */
  entryOf(level: MappingLevel, entry: Entry): Entry {
    const from = this.frameOf(level, entry);
    return from < 0 ? entry : this.moveTo(level, entry, from, this.of(from));
  }

  /** The same entry whatever frame it is of. */
  shapeOf(level: MappingLevel, entry: Entry): Entry {
    const from = this.frameOf(level, entry);
    const { named, alike, handedOut } = this.choice;
    if (alike.includes(from)) return this.moveTo(level, entry, from, alike[0] as number);
    if (!handedOut || from < this.first || from >= this.end || named.has(from)) return entry;
    return this.moveTo(level, entry, from, this.first);
  }

  /** Bits of a pfn lie where they lie, whatever the others are: what differs is exchanged. */
  private moveTo(level: MappingLevel, entry: Entry, from: number, to: number): Entry {
    if (from === to) return entry;
    const space = this.machine.space(level);
    const key = (entry * 4096 + to) * 4 + ['pte', 'pmd', 'pud'].indexOf(level);
    const known = this.moved.get(key);
    if (known !== undefined) return known;
    const [old, now] = [from, to].map((frame) => this.machine.memory.pfn(frame)) as [
      number,
      number,
    ];
    const like = (pfn: number): bigint => {
      if (space.is.present(entry)) return space.word(space.leaf(pfn, 0));
      const made = space.makeAbsent('migration-read', pfn);
      if (made === undefined)
        throw new Error('an entry is about a frame in a way that none can be');
      return space.word(made);
    };
    const moved = space.of(space.word(entry) ^ like(old) ^ like(now));
    if (this.frameOf(level, moved) !== to) throw new Error('an entry was not moved to its frame');
    this.moved.set(key, moved);
    return moved;
  }
}
