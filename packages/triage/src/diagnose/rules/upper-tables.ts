import { hex } from '@pagewright/core';
import type { Facts } from '../facts.js';
import { isKernelPointer, popcount } from '../patterns.js';
import { at, type Rule, type Say } from '../rule.js';

const isBadTable = ({ report }: Facts): boolean => /^bad_p(?:md|ud|4d|gd)$/.test(report.kind);

/** The bits of a user table's pointer on x86: present, write, user; accessed is set by use. */
const isTableLike = (value: bigint): boolean => (value & 0xf9fn) === 0x007n;

/** Entries of upper tables (FORMATS 5 and 6). */
export const UPPER_TABLE_RULES: readonly Rule[] = [
  {
    id: 'huge-entry-is-good',
    sentence: 'A bad table entry is a good huge one, or one made for NUMA hints.',
    source: 'mm/pgtable-generic.c; FORMATS 5',
    applies: (f) => {
      if (!isBadTable(f) || f.word === undefined) return [];
      const { word } = f;
      const place = at(word.entry.raw.at);
      if (word.reading.kind !== 'leaf' || !word.sound) return [];
      const sentence =
        word.reading.protnone === true
          ? `${hex(word.value)} is a huge entry made inaccessible, as NUMA hints are`
          : `${hex(word.value)} is a good huge entry`;
      return [{ finding: 'healthy-huge-entry', weight: 8, sentence, ...place }];
    },
  },
  {
    id: 'table-entry-migration',
    sentence: 'A bad table entry is a migration entry.',
    source: 'mm/huge_memory.c set_pmd_migration_entry()',
    applies: (f) => {
      const swap = f.word?.reading.swap;
      if (!isBadTable(f) || swap === undefined || !/^migration/.test(swap.what)) return [];
      const sentence = 'the entry is a migration entry of a huge page';
      return [{ finding: 'healthy-huge-entry', weight: 6, sentence, ...at(f.word?.entry.raw.at) }];
    },
  },
  {
    id: 'table-entry-foreign',
    sentence: 'A bad table entry is no entry at all.',
    source: 'FORMATS 5',
    applies: (f) => {
      if (!isBadTable(f) || f.word === undefined) return [];
      const { value, entry } = f.word;
      const place = at(entry.raw.at);
      if (isKernelPointer(value, f.machine.arch, f.addressBits)) {
        const sentence = `${hex(value)} is a kernel address: the table was freed and used again`;
        return [
          { finding: 'table-reused', weight: 5, sentence, ...place },
          { finding: 'pointer-over-entry', weight: 4, sentence, ...place },
        ];
      }
      const sentence = `${hex(value)} points to no table`;
      const says: Say[] = [
        { finding: 'foreign-entry', weight: 2, sentence, ...place },
        { finding: 'stray-entry', weight: 2, sentence, ...place },
      ];
      if (popcount(value) <= 2) says.push({ finding: 'bit-flip', weight: 4, sentence, ...place });
      return says;
    },
  },
  {
    id: 'table-address-absurd',
    sentence: 'An entry has the bits of a table pointer and an address beyond all memory.',
    source: 'arch/x86/mm/fault.c pgtable_bad(); FORMATS 6',
    applies: (f) => {
      if (f.report.kind !== 'corrupted_page_table') return [];
      const last =
        f.report.entries.findLast(({ level }) => level !== 'pte') ?? f.report.entries.at(-1);
      if (last === undefined || f.report.entries.at(-1)?.level === 'pte') return [];
      const value = last.raw.value;
      const place = at(last.raw.at);
      const frame = (value & 0x000f_ffff_ffff_f000n) >> 12n;
      const high = (value & 0x7ff0_0000_0000_0000n) | ((frame >> 34n) << 46n);
      if (high === 0n) return [];
      if (isTableLike(value)) {
        if (popcount(high) <= 2) {
          const sentence = `${hex(value)} is a good pointer to a table but for ${popcount(high)} high bits`;
          return [{ finding: 'bit-flip', weight: 6, sentence, ...place }];
        }
        const sentence = `${hex(value)} has the low bits of a pointer to a table and an address that is none`;
        return [
          { finding: 'wrong-table-address', weight: 8, sentence, ...place },
          { finding: 'stray-entry', weight: 2, sentence, ...place },
        ];
      }
      const sentence = `${hex(value)} has nothing of a pointer to a table`;
      return [
        { finding: 'stray-entry', weight: 5, sentence, ...place },
        { finding: 'table-reused', weight: 4, sentence, ...place },
        { finding: 'foreign-entry', weight: 3, sentence, ...place },
      ];
    },
  },
  {
    id: 'reserved-bit-in-leaf',
    sentence: 'A last-level entry with a reserved bit.',
    source: 'arch/x86/mm/fault.c; FORMATS 6',
    applies: (f) => {
      const last = f.report.entries.at(-1);
      if (f.report.kind !== 'corrupted_page_table' || last?.level !== 'pte') return [];
      const { value } = last.raw;
      if (f.word?.reading.special === true) return [];
      const place = at(last.raw.at);
      const high = value & 0x7fff_c000_0000_0000n;
      if (high !== 0n && popcount(high) <= 2) {
        const sentence = `${hex(value)} is a good entry but for ${popcount(high)} high bits`;
        return [{ finding: 'bit-flip', weight: 6, sentence, ...place }];
      }
      const sentence = `${hex(value)} is no entry that Linux writes`;
      return [
        { finding: 'stray-entry', weight: 4, sentence, ...place },
        { finding: 'foreign-entry', weight: 4, sentence, ...place },
        { finding: 'table-reused', weight: 3, sentence, ...place },
      ];
    },
  },
  {
    id: 'reserved-bit-of-absent',
    sentence: 'The error code speaks of a reserved bit in an entry that is not present.',
    source: 'arch/x86/include/asm/trap_pf.h; FORMATS 6',
    applies: (f) => {
      const code = f.report.errorCode;
      const word = code === undefined ? 0 : Number.parseInt(code.value, 16);
      if (code === undefined || (word & 8) === 0 || (word & 1) !== 0) return [];
      const sentence = `error code ${code.value}: a reserved bit, but no present entry`;
      return [{ finding: 'cpu-erratum', weight: 8, sentence, ...at(code.at) }];
    },
  },
];
