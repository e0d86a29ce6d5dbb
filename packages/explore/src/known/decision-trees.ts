import { QUESTION, type Trace } from './trace.js';
import type { TrackedWords } from './tracked-words.js';

/** Numbers of a node: what it asks (place and mask), the answer, the node with another answer. */
const NODE = 4;
/** Place of a node that is the end of a way; of one that leads to another. */
const END = -(2 ** 31);
const LEAD = END + 1;
/** Mask of a node that no trace asks: what is behind it was learned while the word was always so. */
const GUARD = 1;
/** A tree of fewer ways is forgotten rather than guarded. */
const FEW_WAYS = 500;
/** Nodes at first; there are never more than `MOST_NODES`: then all is forgotten. */
const FIRST_NODES = 2 ** 12;
const MOST_NODES = 2 ** 23;

/**
 * What is known of operations from the times that they ran: a tree of questions for each, as its traces
 * have them, with a number where it comes to an end. An operation asks the same until it finds something
 * else, so that whatever state answers all questions of a way lets it do the same again. Of words that
 * are the same in all states nothing is asked; a tree that would have asks it first of all once they
 * are not.
 */
export class DecisionTrees {
  /** First node of each tree; 0 for none. */
  private readonly roots: Int32Array;
  /** Ways of each tree. */
  private readonly ways: Int32Array;
  private nodes = new Int32Array(NODE * FIRST_NODES);
  private count = 1;
  /** Of each tree the bits of words that it did not ask, though an operation did. */
  private readonly skipped: Int32Array;
  /** Words of bits. */
  private readonly places: number;

  constructor(
    trees: number,
    private readonly words: TrackedWords,
  ) {
    this.roots = new Int32Array(trees);
    this.ways = new Int32Array(trees);
    this.places = words.bits.length;
    this.skipped = new Int32Array(trees * this.places);
  }

  /** There is no room for another way of this length. */
  isFull(length: number): boolean {
    return this.count + length + 1 > MOST_NODES;
  }

  forget(): void {
    for (let tree = 0; tree < this.roots.length; tree++) this.forgetTree(tree);
    this.count = 1;
  }

  private forgetTree(tree: number): void {
    this.roots[tree] = 0;
    this.ways[tree] = 0;
    this.skipped.fill(0, tree * this.places, (tree + 1) * this.places);
  }

  /** A word is no longer the same in all states, as it was up to the present one. */
  vary(at: number): void {
    const { words, skipped, places, ways } = this;
    words.vary(at, (place, bit) => {
      for (let tree = 0; tree < ways.length; tree++) {
        if (((skipped[tree * places + place] as number) & bit) === 0) continue;
        if ((ways[tree] as number) < FEW_WAYS) this.forgetTree(tree);
        else this.guard(tree, at);
      }
    });
  }

  private guard(tree: number, at: number): void {
    this.reserve(2);
    const root = NODE * this.count;
    this.add(at, GUARD, this.words.keys[at] as number);
    this.add(LEAD, 0, 0);
    this.nodes[root + NODE + 3] = this.roots[tree] as number;
    this.roots[tree] = root;
  }

  /** The number at the end of the way that the state goes; -1 where none has gone before. */
  find(tree: number): number {
    const { nodes } = this;
    const { keys, bits } = this.words;
    let node = this.roots[tree] as number;
    while (node !== 0) {
      const place = nodes[node] as number;
      let found: number;
      if (place >= 0) found = keys[place] as number;
      else if (place === END) return nodes[node + 2] as number;
      else if (place === LEAD) {
        node = nodes[node + 3] as number;
        continue;
      } else found = (bits[-1 - place] as number) & (nodes[node + 1] as number);
      node = found === nodes[node + 2] ? node + NODE : (nodes[node + 3] as number);
    }
    return -1;
  }

  /** Adds the way of a trace, which no state has gone before. */
  learn(tree: number, trace: Trace, end: number): void {
    this.narrow(tree, trace);
    const { numbers, length } = trace;
    const { nodes } = this;
    const { keys } = this.words;
    let node = this.roots[tree] as number;
    let last = 0;
    let at = 0;
    while (node !== 0) {
      const place = nodes[node] as number;
      const answer = nodes[node + 2] as number;
      if (place >= 0 && nodes[node + 1] === GUARD) {
        last = node;
        node = nodes[keys[place] === answer ? node + NODE + 3 : node + 3] as number;
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
    this.reserve(trace.count + 1);
    if (last === 0) this.roots[tree] = NODE * this.count;
    else this.nodes[last + 3] = NODE * this.count;
    for (; at < length; at += QUESTION) {
      this.add(numbers[at] as number, numbers[at + 1] as number, numbers[at + 2] as number);
    }
    this.add(END, 0, end);
    this.ways[tree] = (this.ways[tree] as number) + 1;
  }

  /** Leaves out what is the same in all states. */
  private narrow(tree: number, trace: Trace): void {
    const { numbers, length } = trace;
    const { skipped } = this;
    const { varying } = this.words;
    const first = tree * this.places;
    let kept = 0;
    for (let at = 0; at < length; at += QUESTION) {
      const asked = numbers[at] as number;
      const isWord = asked >= 0;
      const place = isWord ? asked >>> 5 : -1 - asked;
      const mask = isWord ? 1 << asked : (numbers[at + 1] as number);
      const varies = mask & (varying[place] as number);
      if (varies !== mask) {
        skipped[first + place] = (skipped[first + place] as number) | (mask & ~varies);
      }
      if (varies === 0) continue;
      const answer = numbers[at + 2] as number;
      numbers[kept] = asked;
      numbers[kept + 1] = isWord ? 0 : varies;
      numbers[kept + 2] = isWord ? answer : answer & varies;
      kept += QUESTION;
    }
    trace.length = kept;
  }

  private add(place: number, mask: number, answer: number): void {
    const node = NODE * this.count++;
    const { nodes } = this;
    nodes[node] = place;
    nodes[node + 1] = mask;
    nodes[node + 2] = answer;
    nodes[node + 3] = 0;
  }

  private reserve(more: number): void {
    const needed = NODE * (this.count + more);
    if (needed <= this.nodes.length) return;
    const grown = new Int32Array(Math.max(2 * this.nodes.length, needed));
    grown.set(this.nodes);
    this.nodes = grown;
  }
}
