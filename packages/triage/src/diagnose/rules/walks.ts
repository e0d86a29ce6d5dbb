import type { Facts } from '../facts.js';
import { bytesOf, textOf } from '../patterns.js';
import { at, type Rule } from '../rule.js';

/** Bytes that one last-level table maps. */
function tableReach({ machine, addressBits }: Facts): bigint | undefined {
  const level = machine.form?.geometry('pmd');
  if (level !== undefined) return 1n << BigInt(level.shift);
  switch (machine.arch) {
    case 'arm32':
      return 1n << 21n;
    case 'i386':
    case 'ppc32':
    case 'mips32':
      return 1n << 22n;
    default:
      return addressBits === 64 ? 1n << 21n : undefined;
  }
}

const spellsText = ({ word, addressBits, bigEndian }: Facts): boolean =>
  word !== undefined && textOf(bytesOf(word.value, addressBits ?? 64, bigEndian)) !== undefined;

/** Slots at the start of a table that a write beyond the end of the page before reaches first. */
const FIRST_SLOTS = 8n;

/** Where in its table the entry lies, and who was walking (FORMATS 1, field 1). */
export const WALK_RULES: readonly Rule[] = [
  {
    id: 'table-boundary',
    sentence:
      'The address is the first of a table: a walk may have run over the end of the one before.',
    source: 'FORMATS 1, field 1, and 7',
    applies: (f) => {
      const reach = tableReach(f);
      const addr = f.vma?.addr;
      if (f.report.kind !== 'bad_page_map' || addr === undefined || reach === undefined) return [];
      if (addr.value % reach !== 0n || addr.value === 0n) return [];
      const good = f.word?.reading.special === true || f.page !== undefined;
      const again = f.reports.filter(({ vma }) => (vma?.addr?.value ?? 1n) % reach === 0n).length;
      const walks =
        f.inStack(/munlock|mlock|madvise|swapin|walk_p|follow_page|smaps|mincore/) !== undefined;
      if (good) return [];
      // Other data than a pattern: what lies behind a table is an ordinary page.
      const foreign = spellsText(f);
      return [
        {
          finding: 'past-table-end',
          weight: 2 + (walks ? 3 : 0) + (again > 1 ? 2 : 0) + (foreign ? 4 : 0),
          sentence: 'the address is exactly where a table begins',
          ...at(addr.at),
        },
      ];
    },
  },
  {
    id: 'first-slots',
    sentence: 'The wrong entry is among the first of its table.',
    source: 'FORMATS 1, field 1',
    applies: (f) => {
      const reach = tableReach(f);
      const addr = f.vma?.addr;
      const { word } = f;
      if (addr === undefined || reach === undefined || word === undefined || word.sound) return [];
      // All pages here are of 4 KiB, but for forms that say otherwise.
      const slot = (addr.value % reach) >> BigInt(f.machine.form?.definition.pageShift ?? 12);
      if (f.report.kind !== 'bad_page_map' || slot >= FIRST_SLOTS) return [];
      const sentence = `slot ${slot} of its table: a write over the end of the page before comes here first`;
      return [{ finding: 'stray-entry', weight: 1, sentence, ...at(addr.at) }];
    },
  },
];
