import type { Cells } from '../state/cells.js';
import type { Row } from '../state/row.js';
import { KNOWN_CONTROL, type KnownMemory, NODE } from './known-memory.js';
import { QUESTION, type Trace } from './trace.js';
import type { TrackedWords } from './tracked-words.js';

/** Place of a node that is the end of a way; of one that leads to another. */
const END = -(2 ** 31);
const LEAD = END + 1;
/** Mask of a node that no trace asks: what is behind it was learned while the cell was always 0. */
const GUARD = 1;
/** A tree of fewer ways is forgotten rather than guarded. */
const FEW_WAYS = 500;
/** Root of a tree without ways. */
const NONE = 0;

/**
 * What is known of actions from the times that they ran: a tree of questions for each, as its traces have
 * them, with an outcome where it comes to an end. An action asks the same until it finds something else, so
 * that whatever state answers all questions of a way lets it do the same again. What is asked are cells of
 * the state's row, and bits. Of words that are the same in all states nothing is asked; a tree that would
 * have asks it first of all once they are not.
 *
 * Threads share the trees: whoever changes them holds the lock of the cells, so that nobody adds a cell
 * meanwhile; who only asks needs none.
 */
export class DecisionTrees {
  private readonly control: Int32Array;
  private readonly roots: Int32Array;
  private readonly ways: Int32Array;
  private readonly skipped: Int32Array;
  private readonly nodes: Int32Array;
  /** Words of bits. */
  private readonly places: number;

  constructor(
    memory: KnownMemory,
    private readonly words: TrackedWords,
    private readonly cells: Cells,
    private readonly row: Row,
  ) {
    this.control = new Int32Array(memory.control);
    this.roots = new Int32Array(memory.roots);
    this.ways = new Int32Array(memory.ways);
    this.skipped = new Int32Array(memory.skipped);
    this.nodes = new Int32Array(memory.nodes);
    this.places = words.bits.length;
    // Node 0 is none.
    Atomics.compareExchange(this.control, KNOWN_CONTROL.nodes, 0, 1);
  }

  /** Bytes of the nodes. */
  get usedBytes(): number {
    return 4 * NODE * this.count;
  }

  private get count(): number {
    return this.control[KNOWN_CONTROL.nodes] as number;
  }

  /** There is room for as many more nodes as a way of a trace has. */
  hasRoom(trace: Trace): boolean {
    return NODE * (this.count + trace.count + 1) <= this.nodes.length;
  }

  /** The outcome at the end of the way that the state goes; -1 where none has gone before. */
  find(tree: number): number {
    const { nodes } = this;
    const { bits } = this.words;
    const { bytes } = this.row;
    let node = this.roots[tree] as number;
    while (node !== NONE) {
      const place = nodes[node] as number;
      let found: number;
      if (place >= 0) found = bytes[place] as number;
      else if (place === END) return nodes[node + 2] as number;
      else if (place === LEAD) {
        node = nodes[node + 3] as number;
        continue;
      } else found = (bits[-1 - place] as number) & (nodes[node + 1] as number);
      node = found === nodes[node + 2] ? node + NODE : (nodes[node + 3] as number);
    }
    return -1;
  }

  /**
   * A word has got a cell: up to now this was 0 in all states.
   *
   * @param isFirst it is the word's first: trees that skipped the word have to ask; else all do
   */
  guard(at: number, cell: number, isFirst: boolean): void {
    const { skipped, places, ways } = this;
    for (let tree = 0; tree < ways.length; tree++) {
      if (this.roots[tree] === NONE) continue;
      if (isFirst && !this.words.isAmong(skipped, tree * places, at)) continue;
      if ((ways[tree] as number) < FEW_WAYS || NODE * (this.count + 2) > this.nodes.length) {
        this.forget(tree);
        continue;
      }
      const root = NODE * this.count;
      this.add(cell, GUARD, 0);
      this.add(LEAD, 0, 0);
      this.nodes[root + NODE + 3] = this.roots[tree] as number;
      Atomics.store(this.roots, tree, root);
    }
  }

  private forget(tree: number): void {
    Atomics.store(this.roots, tree, NONE);
    this.ways[tree] = 0;
    this.skipped.fill(0, tree * this.places, (tree + 1) * this.places);
  }

  /** Adds the way of a trace, if there is room, unless it is there: that of the state that the row is of. */
  learn(tree: number, trace: Trace, outcome: number): void {
    const { nodes } = this;
    const { bytes } = this.row;
    this.narrow(tree, trace);
    // What the action changed may have got cells, and guards have taken the room.
    if (!this.hasRoom(trace)) return;
    const { numbers, length } = trace;
    let node = this.roots[tree] as number;
    let last = NONE;
    let at = 0;
    while (node !== NONE) {
      const place = nodes[node] as number;
      const answer = nodes[node + 2] as number;
      // Another thread was quicker.
      if (place === END && at === length) return;
      if (place >= 0 && nodes[node + 1] === GUARD) {
        last = node;
        node = nodes[bytes[place] === answer ? node + NODE + 3 : node + 3] as number;
      } else if (
        place === numbers[at] &&
        nodes[node + 1] === numbers[at + 1] &&
        answer === numbers[at + 2]
      ) {
        at += QUESTION;
        node += NODE;
      } else {
        last = node;
        node = nodes[node + 3] as number;
      }
    }
    const first = NODE * this.count;
    for (; at < length; at += QUESTION) {
      this.add(numbers[at] as number, numbers[at + 1] as number, numbers[at + 2] as number);
    }
    this.add(END, 0, outcome);
    if (last === NONE) Atomics.store(this.roots, tree, first);
    else Atomics.store(nodes, last + 3, first);
    this.ways[tree] = (this.ways[tree] as number) + 1;
  }

  /** Leaves out what is the same in all states, and asks cells for words. */
  private narrow(tree: number, trace: Trace): void {
    const { skipped, cells } = this;
    const { bytes } = this.row;
    const { varying } = this.words;
    const first = tree * this.places;
    const { numbers: asked, length } = trace;
    trace.rewrite();
    for (let i = 0; i < length; i += QUESTION) {
      const where = asked[i] as number;
      if (where >= 0) {
        const own = cells.cellsOf(where);
        for (let j = 0; j < own.length; j++) {
          const cell = own[j] as number;
          trace.add(cell, 0, bytes[cell] as number);
        }
        if (own.length > 0) continue;
        const place = first + (where >>> 5);
        skipped[place] = (skipped[place] as number) | (1 << where);
        continue;
      }
      const mask = asked[i + 1] as number;
      const varies = mask & (varying[-1 - where] as number);
      if (varies !== mask) {
        const place = first - 1 - where;
        skipped[place] = (skipped[place] as number) | (mask & ~varies);
      }
      if (varies !== 0) trace.add(where, varies, (asked[i + 2] as number) & varies);
    }
  }

  private add(place: number, mask: number, answer: number): void {
    const { nodes } = this;
    const node = NODE * this.count;
    nodes[node] = place;
    nodes[node + 1] = mask;
    nodes[node + 2] = answer;
    nodes[node + 3] = NONE;
    this.control[KNOWN_CONTROL.nodes] = this.count + 1;
  }
}
