import { hex } from '@pagewright/core';
import type { Facts } from '../facts.js';
import { popcount } from '../patterns.js';
import { at, type Rule, type Say } from '../rule.js';

/** Releases in whose making software bits came into swap entries, and for which words they matter. */
const NEW_BITS: readonly {
  readonly from: number;
  readonly to: number;
  readonly bits: 32 | 64 | undefined;
  readonly what: string;
}[] = [
  {
    from: 518,
    to: 519,
    bits: undefined,
    what: 'the exclusive bit came into swap entries with 5.19',
  },
  { from: 602, to: 603, bits: 32, what: 'the exclusive bit came to all architectures with 6.3' },
  {
    from: 311,
    to: 313,
    bits: undefined,
    what: 'the soft-dirty bit came into swap entries with 3.12',
  },
];

/** Types from here up are no swap files but migration and other entries (include/linux/swap.h). */
const FIRST_OTHER_TYPE = 24;

/** Nothing that was reported is present. */
const absent = (f: Facts): boolean =>
  f.words.length === 0
    ? f.report.swap.length > 0
    : f.words.every(({ reading }) => reading.present !== true && reading.kind !== 'leaf');

/** Entries that the swap layer does not know (SPEC 4.3, 9.8; FORMATS 1, companion line). */
export const SWAP_RULES: readonly Rule[] = [
  {
    id: 'swap-bits-era',
    sentence: 'An absent entry is bad on a kernel in which software bits were new in such entries.',
    source: 'arch/*/include/asm/pgtable.h pte_swp_mkexclusive(); FORMATS 7',
    applies: (f) => {
      if (f.report.kind !== 'bad_swap_entry' && f.report.kind !== 'bad_page_map') return [];
      if (!absent(f) || f.page !== undefined || f.release === undefined) return [];
      // A single bit is no entry that somebody encoded.
      if (f.words.some(({ value }) => popcount(value) <= 1)) return [];
      const era = NEW_BITS.find(
        ({ from, to, bits }) =>
          (f.release as number) >= from &&
          (f.release as number) <= to &&
          (bits === undefined || bits === f.addressBits),
      );
      if (era === undefined) return [];
      return [
        {
          finding: 'swap-bits-collide',
          weight: 4,
          sentence: era.what,
          ...at(f.word?.entry.raw.at),
        },
      ];
    },
  },
  {
    id: 'swap-type-unknown',
    sentence: 'The swap layer does not know the type of the entry.',
    source: 'mm/swapfile.c _swap_info_get(); FORMATS 1',
    applies: (f) => {
      const message = f.report.swap.find(({ what }) => what === 'Bad swap file');
      if (message === undefined) return [];
      const place = at(message.entry.at);
      const alone = f.report.kind === 'bad_swap_entry';
      const short =
        f.addressBits === 32 || (f.addressBits === undefined && message.entry.value >> 32n === 0n);
      return [
        {
          finding: 'swap-bits-collide',
          weight: (alone ? 4 : 2) + (short ? 1 : 0),
          sentence: `${hex(message.entry.value)} has the type of no swap area`,
          ...place,
        },
      ];
    },
  },
  {
    id: 'swap-offset-unknown',
    sentence: 'The offset of a swap entry is beyond its area, or its slot is not in use.',
    source: 'mm/swapfile.c _swap_info_get(); FORMATS 1',
    applies: (f) => {
      const message = f.report.swap.find(({ what }) => what !== 'Bad swap file');
      if (message === undefined || f.report.kind !== 'bad_swap_entry') return [];
      const place = at(message.entry.at);
      const unused = message.what.startsWith('Unused');
      const says: Say[] = unused
        ? [
            {
              finding: 'counters-adrift',
              weight: 4,
              sentence:
                'the slot is not in use any more: it was freed twice, or the entry is stale',
              ...place,
            },
          ]
        : [
            {
              finding: 'stray-entry',
              weight: 4,
              sentence: `${hex(message.entry.value)} is past the end of its swap area: its bits were damaged`,
              ...place,
            },
            {
              finding: 'swap-bits-collide',
              weight: 3,
              sentence: 'an offset with a stray bit is past the end of its swap area',
              ...place,
            },
          ];
      return says;
    },
  },
  {
    id: 'migration-with-stray-bit',
    sentence: 'The type is that of a migration entry, whose offset is a frame.',
    source: 'include/linux/swap.h SWP_MIGRATION_READ; SPEC 9.9',
    applies: (f) => {
      const word = f.words.find(
        ({ reading, value }) =>
          reading.kind === 'absent' &&
          f.addressBits === 32 &&
          value >> 12n !== 0n &&
          popcount(value) > 3,
      );
      if (word === undefined || f.page !== undefined) return [];
      const type = Number((word.value >> 1n) & 0x1fn);
      const same = f.words.length > 1 && f.words.every(({ value }) => value === word.value);
      const says: Say[] = [];
      if (f.machine.arch === 'i386' && type >= FIRST_OTHER_TYPE) {
        const sentence = `type ${type} is that of a migration or other non-swap entry, with a frame behind it`;
        says.push({ finding: 'swap-bits-collide', weight: 5, sentence, ...at(word.entry.raw.at) });
      }
      if (same) {
        const sentence =
          'the same entry stands in several tables, as after a fork: software wrote it';
        says.push({ finding: 'swap-bits-collide', weight: 4, sentence, ...at(word.entry.raw.at) });
      }
      return says;
    },
  },
  {
    id: 'absent-on-narrow-words',
    sentence:
      'An absent entry of a 32-bit architecture is bad, though it is built like a swap entry.',
    source: 'arch/*/include/asm/pgtable.h; SPEC 15.4',
    applies: (f) => {
      if (f.report.kind !== 'bad_page_map' || f.addressBits !== 32 || f.page !== undefined)
        return [];
      const { word } = f;
      if (word === undefined || !absent(f) || word.reading.kind !== 'absent') return [];
      const modern = (f.releaseFrom ?? 0) >= 518;
      if (popcount(word.value) <= 2) return [];
      const sentence = 'type, offset and software bits of a 32-bit entry lie close together';
      return [
        {
          finding: 'swap-bits-collide',
          weight: modern ? 3 : 1,
          sentence,
          ...at(word.entry.raw.at),
        },
      ];
    },
  },
  {
    id: 'types-count-up',
    sentence: 'Messages differ in nothing but a type that counts up.',
    source: 'mm/swapfile.c get_swap_device(); FORMATS 7',
    applies: (f) => {
      const values = f.reports.flatMap(({ swap }) => swap.map(({ entry }) => entry.value));
      if (f.report.kind !== 'bad_swap_entry' || values.length < 3) return [];
      const steps = new Set(values.slice(1).map((value, i) => value - (values[i] as bigint)));
      const [step] = steps;
      if (steps.size !== 1 || step === undefined || step <= 0n || popcount(step) !== 1) return [];
      const sentence = `${values.length} entries that count up by ${hex(step)}: a loop over swap types`;
      return [
        { finding: 'counting-queries', weight: 9, sentence, ...at(f.report.swap[0]?.entry.at) },
      ];
    },
  },
];
