import type { Facts } from '../facts.js';
import { at, type Rule, type Say } from '../rule.js';

/** Counters of all reports, by name. */
const totals = ({ reports }: Facts): readonly { readonly name: string; readonly value: number }[] =>
  reports.flatMap(({ counters }) =>
    counters.map(({ name, value }) => ({ name, value: value.value })),
  );

/** Entries of a table, and of a huge page. */
const TABLE_ENTRIES = 512;

/** What page counts and a process's counters say (FORMATS 1, field 2, and 4). */
export const COUNT_RULES: readonly Rule[] = [
  {
    id: 'page-fits',
    sentence:
      'The page is the one that the VMA has at this index, and was counted down below zero.',
    source: 'FORMATS 1, field 2',
    applies: (f) => {
      if (f.pageFitsVma !== true || (f.mapcount ?? 0) >= 0) return [];
      const place = at(f.page?.mapping?.at);
      const sentence =
        'mapping and index of the page are those of the VMA: the right page in the right slot';
      return [
        { finding: 'unmapped-too-often', weight: 5, sentence, ...place },
        { finding: 'foreign-entry', weight: -3, sentence, ...place },
        { finding: 'bit-flip', weight: -3, sentence, ...place },
      ];
    },
  },
  {
    id: 'page-differs',
    sentence: 'The page is not the one that the VMA has at this index.',
    source: 'FORMATS 1, field 2',
    applies: (f) => {
      if (f.pageFitsVma !== false || (f.mapcount ?? 0) >= 0) return [];
      if (f.page?.flagNames.includes('reserved') === true) return [];
      // Frames that a driver maps belong to no mapping of the VMA.
      if (f.rawFrameDriver !== undefined || f.mayMapRawFrames === true) return [];
      const place = at(f.page?.mapping?.at);
      const sentence =
        'mapping and index of the page are not those of the VMA: the entry points to a wrong page';
      return [
        { finding: 'foreign-entry', weight: 6, sentence, ...place },
        { finding: 'stray-entry', weight: 3, sentence, ...place },
        { finding: 'table-reused', weight: 2, sentence, ...place },
        { finding: 'bit-flip', weight: 2, sentence, ...place },
        { finding: 'unmapped-too-often', weight: -2, sentence, ...place },
      ];
    },
  },
  {
    id: 'page-anonymous',
    sentence: 'An anonymous or free page was counted down below zero.',
    source: 'FORMATS 1, field 3',
    applies: (f) => {
      if (f.report.kind !== 'bad_page_map' || f.pageFitsVma !== undefined || (f.mapcount ?? 0) >= 0)
        return [];
      if (f.page?.flagNames.includes('reserved') === true) return [];
      const free = f.refcount === 0;
      const place = at(f.page?.mapcount?.at);
      return [
        {
          finding: 'unmapped-too-often',
          weight: free ? 2 : 3,
          sentence: free
            ? 'the page was free already when it was unmapped'
            : 'the page was unmapped more often than mapped',
          ...place,
        },
        {
          finding: 'foreign-entry',
          weight: free ? 3 : 2,
          sentence: 'the entry may point to a page that it was never made for',
          ...place,
        },
      ];
    },
  },
  {
    id: 'page-not-negative',
    sentence: 'A page was dumped as bad though it is mapped and counted.',
    source: 'mm/memory.c zap_present_folio_ptes(): reports below zero only',
    applies: (f) => {
      const healthy = (f.mapcount ?? 0) > 0 && (f.refcount ?? 0) > 0;
      if (f.report.kind !== 'bad_page_map' || !healthy) return [];
      const sentence =
        'the page is mapped and its counts are good: the kernel does not report such a page';
      return [{ finding: 'nothing-wrong', weight: 6, sentence, ...at(f.page?.mapcount?.at) }];
    },
  },
  {
    id: 'values-elided',
    sentence: 'Values of the report were left out by its writer.',
    source: 'FORMATS 0',
    applies: (f) => {
      const sign = f.near('elided');
      if (sign === undefined) return [];
      const entry = f.word;
      const good = entry?.reading.kind === 'leaf' && entry.reading.special !== true;
      const sentence = 'the report was shortened for a text: it is told, not sent as it came';
      return [{ finding: 'nothing-wrong', weight: good ? 5 : 2, sentence, ...at(sign.at) }];
    },
  },
  {
    id: 'mappings-left',
    sentence: 'A process ends with mappings counted that were not found.',
    source: 'kernel/fork.c check_mm(); FORMATS 4',
    applies: (f) => {
      if (f.report.kind !== 'bad_rss_counter') return [];
      const pages = totals(f).filter(({ name }) => /FILE|ANON|SHMEM/.test(name));
      const place = at(f.report.counters[0]?.value.at);
      if (pages.length === 0 || pages.some(({ value }) => value < 0)) return [];
      const round = pages.some(({ value }) => value % TABLE_ENTRIES === 0);
      const same = pages.length > 2 && new Set(pages.map(({ value }) => value)).size === 1;
      const large = pages.some(({ value }) => value > 64 && value % TABLE_ENTRIES !== 0);
      const says: Say[] = [
        {
          finding: 'table-lost',
          weight: same || large ? 2 : 4,
          sentence: round
            ? 'as many mappings were lost as a table has entries'
            : 'mappings were counted that no table had at the end',
          ...place,
        },
        {
          finding: 'counters-adrift',
          weight: same || large ? 4 : 3,
          sentence: same
            ? 'the same number in several processes: a systematic error'
            : 'more was counted at mapping than at unmapping',
          ...place,
        },
      ];
      return says;
    },
  },
  {
    id: 'class-changed',
    sentence: 'One counter is too high by what another is too low.',
    source: 'FORMATS 4',
    applies: (f) => {
      const all = totals(f);
      const negative = all.some(({ value }) => value < 0);
      if (f.report.kind !== 'bad_rss_counter' || !negative) return [];
      const sum = all.reduce((total, { value }) => total + value, 0);
      const place = at(f.report.counters[0]?.value.at);
      const sentence =
        sum === 0
          ? 'what one counter has too little another has too much: the page changed its class in between'
          : 'more was unmapped than was ever mapped';
      return [{ finding: 'counters-adrift', weight: sum === 0 ? 5 : 4, sentence, ...place }];
    },
  },
  {
    id: 'tables-left',
    sentence: 'A process ends with page tables counted that were not freed.',
    source: 'kernel/fork.c check_mm(); FORMATS 4',
    applies: (f) => {
      const tables = totals(f).some(({ name }) => /nr_p|pgtables/.test(name));
      if (f.report.kind !== 'bad_rss_counter' || !tables) return [];
      const place = at(f.report.counters[0]?.value.at);
      const sentence = 'page tables were left at exit';
      return [
        { finding: 'counters-adrift', weight: 4, sentence, ...place },
        { finding: 'table-lost', weight: 3, sentence, ...place },
      ];
    },
  },
  {
    id: 'swap-count-below-zero',
    sentence: 'Fewer swap entries than none: a slot that was empty was taken for one.',
    source: 'mm/memory.c zap_nonpresent_ptes(); FORMATS 4',
    applies: (f) => {
      const swaps = totals(f).find(({ name }) => /SWAP/.test(name));
      if (swaps === undefined || swaps.value >= 0) return [];
      const place = at(f.report.counters[0]?.value.at);
      const sentence = 'an entry was counted as swap that nobody swapped out: a damaged slot';
      return [{ finding: 'foreign-entry', weight: 4, sentence, ...place }];
    },
  },
];
