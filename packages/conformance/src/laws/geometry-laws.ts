import { type EntryForm, LEVELS, type LevelGeometry, tableBytes } from '@pagewright/core';
import type { Broken, Law } from './law.js';

/** Pairs of a level and the one below it, from the leaf table up. */
const neighbours = (form: EntryForm): [LevelGeometry, LevelGeometry][] => {
  const up = [...form.levels].reverse();
  return up.slice(1).map((above, i) => [above, up[i] as LevelGeometry]);
};

const law = (
  id: string,
  sentence: string,
  check: (form: EntryForm) => Broken | undefined,
): Law => ({
  id,
  group: 'geometry',
  sentence,
  source:
    'LevelGeometry of @pagewright/core; arch asm/pgtable.h PMD_SHIFT, PUD_SHIFT, PTRS_PER_PTE',
  over: 'form',
  at: (form) => () => check(form),
});

const broken = (expected: string, got: string): Broken => ({ expected, got });

/** How the levels fit together. */
export const geometryLaws: readonly Law[] = [
  law('levels root first', 'The levels are listed once each, from the root to the pte.', (form) => {
    const order = form.levels.map(({ level }) => LEVELS.indexOf(level));
    const falling = order.every((n, i) => i === 0 || n < (order[i - 1] as number));
    const last = form.levels.at(-1)?.level;
    return falling && last === 'pte'
      ? undefined
      : broken('falling levels that end with pte', form.levels.map((g) => g.level).join(' '));
  }),
  law('PAGE_SHIFT', 'A pte maps one page.', (form) => {
    const shift = form.geometry('pte')?.shift;
    const { pageShift } = form.definition;
    return shift === pageShift ? undefined : broken(`pte shift ${pageShift}`, `${shift}`);
  }),
  law('PXX_SHIFT', 'An entry maps exactly what a table of the level below covers.', (form) => {
    const wrong = neighbours(form).find(
      ([above, below]) => above.shift !== below.shift + below.indexBits,
    );
    return (
      wrong &&
      broken(`${wrong[0].level} shift ${wrong[1].shift + wrong[1].indexBits}`, `${wrong[0].shift}`)
    );
  }),
  law('address bits', 'The tables together translate the bits that the form says.', (form) => {
    const root = form.levels[0];
    const bits = root === undefined ? 0 : root.shift + root.indexBits;
    const { addressBits } = form.definition;
    return bits === addressBits ? undefined : broken(`${addressBits} bits`, `${bits} bits`);
  }),
  law('folded levels', 'A level is folded exactly when its table would have one entry.', (form) => {
    const wrong = form.levels.find((g) => g.folded !== (g.indexBits === 0));
    return (
      wrong && broken(`${wrong.level} folded only with 0 index bits`, `${wrong.indexBits} bits`)
    );
  }),
  law(
    'decided by',
    'A table is decided by its own level or by a folded one directly below.',
    (form) => {
      const wrong = form.levels.find((g) => {
        const from = LEVELS.indexOf(g.decidedBy);
        const to = LEVELS.indexOf(g.level);
        const between = LEVELS.slice(from, to);
        return from > to || between.some((level) => form.geometry(level)?.folded !== true);
      });
      return wrong && broken(`${wrong.level} decided by itself or below`, wrong.decidedBy);
    },
  ),
  law(
    'special per level',
    'The special mark is claimed only where memory can be mapped.',
    (form) => {
      const wrong = form.levels.find((g) => g.hasSpecial && !g.mayMap);
      return wrong && broken(`${wrong.level} maps memory`, 'special without mapping');
    },
  ),
  law('table size', 'Every table is at least one word and at most 64 pages.', (form) => {
    const most = 64 * 2 ** form.definition.pageShift;
    const wrong = form.levels.find((g) => !g.folded && tableBytes(form, g) > most);
    return (
      wrong && broken(`at most ${most} bytes`, `${tableBytes(form, wrong)} bytes at ${wrong.level}`)
    );
  }),
  law('protection map', 'There is one protection for each of the 16 kinds of mapping.', (form) => {
    const { protectionMap, wordBits } = form.definition;
    const limit = 1n << BigInt(wordBits);
    return protectionMap.length === 16 && protectionMap.every((p) => p >= 0n && p < limit)
      ? undefined
      : broken('16 words', `${protectionMap.length}`);
  }),
];
