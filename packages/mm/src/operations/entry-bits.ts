import { fieldMask, type MappingLevel } from '@pagewright/core';
import type { Model } from '../model.js';
import { entryAt } from '../tables/tables.js';
import { AT, NEVER_WAITS, operation } from './operation.js';

const LEVEL = { kind: 'level', default: 'pte' } as const;

/** Bits of the words that entries are, and what is left of them (SPEC 0.4, 23.3 item 24). */
export const entryBitOperations = [
  operation(
    'has_bits',
    'whether the word of an entry has any bit of a mask',
    'truth',
    { at: AT, mask: { kind: 'word' }, level: LEVEL },
    (model, { at, mask, level }) => {
      const word = model.machine.space(level).word(entryAt(model, at.mm, at.vpn, level));
      return (word & mask) === 0n ? 0 : 1;
    },
    NEVER_WAITS,
  ),
  operation(
    'bits_without_meaning',
    'how many bits of a leaf entry no kernel header names, and which',
    'count',
    { level: LEVEL },
    (model, { level }) => {
      const bits = unnamedBits(model, level);
      return { value: bits.length, more: Object.fromEntries(bits.map((bit) => [`bit${bit}`, 1])) };
    },
    NEVER_WAITS,
  ),
];

/** Bits of a level's leaves that no field of the form covers, from the lowest up. */
function unnamedBits({ machine }: Model, level: MappingLevel): number[] {
  let named = 0n;
  const { bits, wordBits } = machine.form.definition;
  for (const field of bits) {
    const { scope = 'any' } = field;
    const ofLeaves = scope === 'any' || scope === 'present' || scope === 'leaf';
    if (ofLeaves && field.levels.includes(level)) named |= fieldMask(field);
  }
  return Array.from({ length: wordBits }, (_, bit) => bit).filter(
    (bit) => ((named >> BigInt(bit)) & 1n) === 0n,
  );
}
