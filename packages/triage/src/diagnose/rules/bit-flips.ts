import { hex } from '@pagewright/core';
import type { Facts, Word } from '../facts.js';
import { popcount } from '../patterns.js';
import { at, type Rule, type Say } from '../rule.js';

/** Room that memory may have above the highest frame that the log shows: four bits. */
const ROOM = 4n;
const LEAST_FRAME_BITS = 22n;
/** Most bits that are called few. */
const FEW = 2;

/** Bits of frame numbers that the machine's memory can need, by the frames that the log shows. */
function frameBits(f: Facts): bigint {
  let highest = 0n;
  for (const { page, pfn, entries } of f.reports) {
    for (const known of [page?.pfn?.value, pfn?.value]) {
      if (known !== undefined && known > highest) highest = known;
    }
    for (const { raw, reported } of entries) {
      const frame = (raw.value & 0x000f_ffff_ffff_f000n) >> 12n;
      if (!reported && frame > highest) highest = frame;
    }
  }
  const bits = BigInt(highest.toString(2).length) + ROOM;
  return bits < LEAST_FRAME_BITS ? LEAST_FRAME_BITS : bits;
}

/** Bits of a leaf's frame that are above all memory; 0n when it lies within. */
function excess(f: Facts, { reading }: Word): bigint {
  if (reading.pfn === undefined || reading.protnone === true) return 0n;
  const bits = frameBits(f);
  return (reading.pfn >> bits) << bits;
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
      const low = bit < 12;
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
    id: 'few-bits-too-high',
    sentence: 'An entry is a good one but for one or two bits above all memory.',
    source: 'FORMATS 2; SPEC 16.3',
    applies: (f) => {
      const found = f.words.find((word) => word.reading.special !== true && excess(f, word) !== 0n);
      if (found === undefined) return [];
      const count = popcount(excess(f, found));
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
