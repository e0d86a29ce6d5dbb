import { bits, hex } from '@pagewright/core';
import { readByForm } from '../../decode/by-form.js';
import { isData } from '../data.js';
import type { Facts, Word } from '../facts.js';
import { popcount } from '../patterns.js';
import { at, type Rule, type Say } from '../rule.js';
import { excess, isSound, suits } from '../sound.js';

/** Most bits that are called few. */
const FEW = 2;

/** The bit by which an entry differs from one that the kernel would write in this VMA. */
function wrongBit({ machine, vma, memoryBits }: Facts, { entry, value }: Word): number | undefined {
  const { form } = machine;
  const flags = vma?.flags?.value;
  if (form === undefined || flags === undefined || entry.level !== 'pte') return undefined;
  for (let bit = 0; bit < form.definition.wordBits; bit++) {
    const other = bits(value ^ (1n << BigInt(bit)));
    const reading = readByForm(form, { ...entry, raw: { ...entry.raw, value: other } });
    const good = reading.special !== true && isSound(reading, form, memoryBits);
    if (good && suits(form, reading, flags)) return bit;
  }
  return undefined;
}

/** Single and few wrong bits (FORMATS 2 and 7). */
export const BIT_FLIP_RULES: readonly Rule[] = [
  {
    id: 'one-bit-from-empty',
    sentence: 'One bit is set in a slot that is otherwise empty.',
    source: 'FORMATS 2; mm/memory.c zap_nonpresent_ptes()',
    applies: (f) => {
      const found = f.words.find(
        ({ value, entry }) => entry.level === 'pte' && popcount(value) === 1,
      );
      if (found === undefined) return [];
      const alone = f.words.length === 1;
      const bit = found.value.toString(2).length - 1;
      // Low bits are software flags on most architectures: an encoding may have left one.
      const sure = ['x86_64', 'i386', 'arm64'].includes(f.machine.arch);
      const low = bit < 12 && !sure;
      const place = at(found.entry.raw.at);
      const says: Say[] = [
        {
          finding: 'bit-flip',
          weight: (low ? 3 : 7) + (alone ? 0 : -1),
          sentence: `bit ${bit} alone is set`,
          ...place,
        },
      ];
      if (low) {
        const sentence = `bit ${bit} alone is set, where flags lie`;
        says.push({ finding: 'entry-misencoded', weight: 4, sentence, ...place });
      }
      return says;
    },
  },
  {
    id: 'one-bit-from-good',
    sentence: 'An entry is one bit away from what the kernel writes in this VMA.',
    source: 'FORMATS 2; SPEC 16.3',
    applies: (f) => {
      if (f.page !== undefined) return [];
      for (const word of f.words) {
        if (word.sound || isData(f, word)) continue;
        const bit = wrongBit(f, word);
        if (bit === undefined) continue;
        const sentence = `${hex(word.value)} is what this VMA has, but for bit ${bit}`;
        return [{ finding: 'bit-flip', weight: 5, sentence, ...at(word.entry.raw.at) }];
      }
      return [];
    },
  },
  {
    id: 'few-bits-too-high',
    sentence: 'An entry is a good one but for one or two bits above all memory.',
    source: 'FORMATS 2; SPEC 16.3',
    applies: (f) => {
      const found = f.words.find(
        (word) =>
          word.reading.special !== true &&
          !isData(f, word) &&
          excess(word.reading, f.memoryBits) !== 0n,
      );
      if (found === undefined) return [];
      const count = popcount(excess(found.reading, f.memoryBits));
      const place = at(found.entry.raw.at);
      const pfn = hex(found.reading.pfn ?? 0n);
      if (count > FEW) {
        const sentence = `pfn ${pfn} is beyond all memory by ${count} bits`;
        return [
          { finding: 'foreign-entry', weight: 4, sentence, ...place },
          { finding: 'stray-entry', weight: 3, sentence, ...place },
          { finding: 'bit-flip', weight: 1, sentence, ...place },
        ];
      }
      const sentence = `pfn ${pfn} is good but for ${count === 1 ? 'one bit' : 'two bits'} above all memory`;
      return [
        { finding: 'bit-flip', weight: count === 1 ? 6 : 5, sentence, ...place },
        { finding: 'foreign-entry', weight: 3, sentence, ...place },
      ];
    },
  },
  {
    id: 'few-bits-from-empty',
    sentence: 'Very few bits are set in a slot that is no entry.',
    source: 'FORMATS 2',
    applies: (f) => {
      const found = f.words.find(
        ({ value, reading, entry }) =>
          entry.level === 'pte' &&
          reading.kind !== 'leaf' &&
          popcount(value) >= 2 &&
          popcount(value) <= 3 &&
          value >> 12n !== 0n,
      );
      if (found === undefined) return [];
      const sentence = `only ${popcount(found.value)} bits are set`;
      return [{ finding: 'bit-flip', weight: 3, sentence, ...at(found.entry.raw.at) }];
    },
  },
  {
    id: 'neighbours-wrong-too',
    sentence: 'Several entries of the table are wrong, each in another way.',
    source: 'FORMATS 7',
    applies: (f) => {
      const wrong = new Set(f.words.filter(({ sound }) => !sound).map(({ value }) => value));
      if (wrong.size < 3) return [];
      const sentence = `${wrong.size} different wrong entries in one table: more than bits that flipped`;
      const place = at(f.word?.entry.raw.at);
      return [
        { finding: 'bit-flip', weight: -3, sentence, ...place },
        { finding: 'stray-entry', weight: 1, sentence, ...place },
        { finding: 'table-reused', weight: 1, sentence, ...place },
      ];
    },
  },
  {
    id: 'machine-error',
    sentence: 'The machine reports an error of its own near the report.',
    source: 'Documentation/admin-guide/RAS',
    applies: (f) => {
      const sign = f.near('machine-check');
      if (sign === undefined) return [];
      return [{ finding: 'machine-error', weight: 6, sentence: sign.ground, ...at(sign.at) }];
    },
  },
];
