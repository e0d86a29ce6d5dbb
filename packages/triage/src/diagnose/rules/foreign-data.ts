import { hex } from '@pagewright/core';
import { SLAB_PAGE_SIGN } from '../../read/signs.js';
import { bytes, isSmallData, widthOf } from '../data.js';
import type { Facts, Word } from '../facts.js';
import { bytesOf, isKernelPointer, pointsInto, poisonOf, repeated, textOf } from '../patterns.js';
import { at, type Rule, type Say } from '../rule.js';

/** Bits of an upper entry in which an address can lie. */
const ADDRESS = (1n << 52n) - 1n;

/** Words that spell text, once over all entries that were reported. */
function spelled(
  f: Facts,
): { readonly text: string; readonly word: Word; readonly count: number } | undefined {
  const found = f.words.flatMap((word) => {
    const text = textOf(bytes(f, word));
    return text === undefined ? [] : [{ text, word }];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  return { text: found.map(({ text }) => text).join(''), word: first.word, count: found.length };
}

/** What stands in a table and is no entry (FORMATS 2, poison and pattern words). */
export const FOREIGN_DATA_RULES: readonly Rule[] = [
  {
    id: 'text',
    sentence: 'The bytes of entries are printable.',
    source: 'FORMATS 2; the reason for which the report is kept (SPEC 16.3)',
    applies: (f) => {
      const found = spelled(f);
      if (found === undefined) return [];
      const { text, word, count } = found;
      const long = text.length >= 8;
      if (!long && word.sound && word.reading.by !== 'layout') return [];
      const place = at(word.entry.raw.at);
      const sentence = `the bytes read ${JSON.stringify(text.slice(0, 64))}`;
      return [
        { finding: 'text-over-table', weight: long ? 7 : 5, sentence, ...place },
        { finding: 'data-read-as-entries', weight: count > 1 ? 3 : 2, sentence, ...place },
        { finding: 'bit-flip', weight: -4, sentence: 'text is no bit flip', ...place },
      ];
    },
  },
  {
    id: 'slab-poison',
    sentence: 'Entries hold the bytes by which the slab allocator marks its memory.',
    source: 'include/linux/poison.h',
    applies: (f) => {
      for (const word of f.words) {
        const poison = poisonOf(bytes(f, word));
        if (poison === undefined) continue;
        const sentence = `${hex(word.value)} is ${poison}`;
        const place = at(word.entry.raw.at);
        return [
          { finding: 'table-is-slab', weight: 7, sentence, ...place },
          { finding: 'data-read-as-entries', weight: 3, sentence, ...place },
          { finding: 'table-object-too-small', weight: 3, sentence, ...place },
        ];
      }
      return [];
    },
  },
  {
    id: 'poison-as-swap',
    sentence: 'The swap layer was asked about slab poison.',
    source: 'mm/swap_state.c; include/linux/poison.h',
    applies: ({ report }) => {
      for (const { entry } of report.swap) {
        const all = bytesOf(entry.value, 64, false);
        const run = all.filter((byte) => byte === 0x5a || byte === 0x6b).length;
        if (run < 4 || report.entries.length > 0) continue;
        const sentence = `${hex(entry.value)} holds slab poison: entries were read where none are`;
        return [
          { finding: 'data-read-as-entries', weight: 7, sentence, ...at(entry.at) },
          { finding: 'table-is-slab', weight: 4, sentence, ...at(entry.at) },
        ];
      }
      return [];
    },
  },
  {
    id: 'own-table-pointer',
    sentence: 'An entry points into the page of the table that it stands in.',
    source: 'FORMATS 2; mm/slub.c free pointers, include/linux/list.h',
    applies: (f) => {
      for (const word of f.words) {
        const table = word.report.entries.find(
          ({ level, reported }) => level === 'pmd' && !reported,
        );
        const good = word.sound && word.reading.by === 'form';
        if (table === undefined || good || word.value >> 28n === 0n) continue;
        const high = isKernelPointer(word.value, f.machine.arch, f.addressBits);
        if (!high || !pointsInto(word.value, table.raw.value & ADDRESS)) continue;
        const sentence = `${hex(word.value)} points into the table's own page (${hex(table.raw.value)})`;
        return [{ finding: 'table-is-slab', weight: 8, sentence, ...at(word.entry.raw.at) }];
      }
      return [];
    },
  },
  {
    id: 'kernel-pointer',
    sentence: 'An entry is a pointer of the kernel.',
    source: 'FORMATS 2; Documentation/arch memory maps',
    applies: (f) => {
      const found = f.words.find(
        (word) =>
          isKernelPointer(word.value, f.machine.arch, f.addressBits) &&
          poisonOf(bytes(f, word)) === undefined &&
          repeated(word.value, widthOf(f, word)) === undefined &&
          textOf(bytes(f, word)) === undefined &&
          !(word.sound && (word.reading.by === 'form' || word.report.page !== undefined)),
      );
      if (found === undefined || found.entry.level !== 'pte') return [];
      const sentence = `${hex(found.value)} is a kernel address`;
      const place = at(found.entry.raw.at);
      return [
        { finding: 'table-reused', weight: 5, sentence, ...place },
        { finding: 'pointer-over-entry', weight: 4, sentence, ...place },
        { finding: 'bit-flip', weight: -3, sentence: 'a pointer is no bit flip', ...place },
      ];
    },
  },
  {
    id: 'repeated-bytes',
    sentence: 'An entry is one short pattern, repeated.',
    source: 'FORMATS 2',
    applies: (f) => {
      for (const word of f.words) {
        const width = widthOf(f, word);
        const piece = repeated(word.value, width);
        if (piece === undefined || poisonOf(bytes(f, word)) !== undefined) continue;
        if (width === 32 && piece > 0xffn) continue;
        const sentence = `${hex(word.value)} repeats ${hex(piece)}`;
        const place = at(word.entry.raw.at);
        return [
          { finding: 'byte-fill', weight: piece <= 0xffffn ? 6 : 5, sentence, ...place },
          { finding: 'table-reused', weight: 2, sentence, ...place },
        ];
      }
      return [];
    },
  },
  {
    id: 'small-numbers',
    sentence: 'An entry consists of small numbers.',
    source: 'FORMATS 2',
    applies: (f) => {
      const found = f.words.find((word) => !word.sound && isSmallData(f, word));
      if (found === undefined) return [];
      const sentence = `${hex(found.value)} is small numbers side by side, as in an array of data`;
      const place = at(found.entry.raw.at);
      return [
        { finding: 'data-over-table', weight: 6, sentence, ...place },
        { finding: 'table-reused', weight: 2, sentence, ...place },
        { finding: 'bit-flip', weight: -2, sentence: 'many bits are set', ...place },
      ];
    },
  },
  {
    id: 'not-an-entry',
    sentence: 'The bits are not those of an entry for user memory.',
    source: 'arch/*/include/asm/pgtable*.h; SPEC 16.3',
    applies: (f) => {
      const { word } = f;
      if (word === undefined || f.page !== undefined || f.report.kind !== 'bad_page_map') return [];
      const kind = word.reading.kind;
      if (word.sound || (kind !== 'leaf' && kind !== 'invalid')) return [];
      const sentence = `${hex(word.value)} has neither frame nor flags of an entry for user memory`;
      const place = at(word.entry.raw.at);
      return [
        { finding: 'foreign-entry', weight: 2, sentence, ...place },
        { finding: 'stray-entry', weight: 2, sentence, ...place },
      ];
    },
  },
  {
    id: 'table-named-as-slab',
    sentence: 'Another report shows the very page of the table as a slab page.',
    source: 'mm/kasan/report.c, mm/debug.c',
    applies: ({ report, table }) => {
      const sign = report.signs.find(({ value }) => value.startsWith(SLAB_PAGE_SIGN));
      if (sign === undefined || table === undefined) return [];
      const frame = BigInt(`0x${sign.value.slice(SLAB_PAGE_SIGN.length)}`);
      if (!pointsInto(frame << 12n, table.raw.value & ADDRESS)) return [];
      const sentence = `${sign.ground}, and is this page table`;
      return [{ finding: 'table-is-slab', weight: 10, sentence, ...at(sign.at) }];
    },
  },
  {
    id: 'slab-message',
    sentence: 'SLUB or KASAN speak near the report.',
    source: 'mm/slub.c, mm/kasan/report.c',
    applies: (f) => {
      const says: Say[] = [];
      const slab = f.near('slab-damage');
      const kasan = f.near('kasan');
      const tables = f.near('slab-table');
      if (tables !== undefined) {
        const sentence = tables.ground;
        says.push({ finding: 'table-object-too-small', weight: 7, sentence, ...at(tables.at) });
      }
      if (slab !== undefined) {
        const sentence = slab.ground;
        says.push({ finding: 'table-is-slab', weight: 2, sentence, ...at(slab.at) });
        says.push({ finding: 'stray-entry', weight: 2, sentence, ...at(slab.at) });
      }
      if (kasan !== undefined) {
        const sentence = kasan.ground;
        says.push({ finding: 'table-is-slab', weight: 2, sentence, ...at(kasan.at) });
        says.push({ finding: 'data-read-as-entries', weight: 2, sentence, ...at(kasan.at) });
      }
      return says;
    },
  },
];
