import { expect, it } from 'vitest';
import { DecisionTrees } from '../src/known/decision-trees.js';
import { NODE, reserveKnown } from '../src/known/known-memory.js';
import { Trace } from '../src/known/trace.js';
import { TrackedWords } from '../src/known/tracked-words.js';
import type { Cells } from '../src/state/cells.js';
import { Row } from '../src/state/row.js';

/** A tree of many ways, in memory for so many nodes: of a word with two cells, and one that never varied. */
function treeOf(room: number) {
  const words = new TrackedWords(64);
  const row = new Row();
  row.reserve(1);
  const cells = { cellsOf: (at: number) => (at === 1 ? [0, 1] : []) } as unknown as Cells;
  const nodes = new ArrayBuffer(4 * NODE * room);
  const memory = { ...reserveKnown(1, words.bits.length, false), nodes };
  const trees = new DecisionTrees(memory, words, cells, row);
  const isRemembered = (number: number): boolean => {
    row.set(0, number & 0xff);
    row.set(1, number >>> 8);
    return trees.find(0) === number;
  };
  const learn = (number: number, meanwhile = (): void => {}): void => {
    isRemembered(number);
    const trace = new Trace();
    trace.add(1, 0, 0);
    trace.add(2, 0, 0);
    if (!trees.hasRoom(trace)) return;
    meanwhile();
    trees.learn(0, trace, number);
  };
  for (let number = 0; number < 600; number++) learn(number);
  return { trees, isRemembered, learn, nodes };
}

it('trees that are full learn no more, and forget nothing', () => {
  const { isRemembered } = treeOf(500);
  const known = Array.from({ length: 600 }, (_, number) => isRemembered(number));
  expect(known.indexOf(false)).toBeGreaterThan(100);
  expect(known.lastIndexOf(true)).toBe(known.indexOf(false) - 1);
});

it('new cells may take the room that a way was promised', () => {
  const used = treeOf(10_000).trees.usedBytes / (4 * NODE);
  for (let left = 6; left < 12; left++) {
    const { trees, isRemembered, learn, nodes } = treeOf(used + left);
    learn(600, () => {
      for (const cell of [2, 3, 4]) trees.guard(2, cell, cell === 2);
    });
    expect(trees.usedBytes).toBeLessThanOrEqual(nodes.byteLength);
    for (let number = 0; number < 600; number += 7) expect(isRemembered(number)).toBe(true);
  }
});
