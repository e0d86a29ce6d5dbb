import type { LogEntry, LogLevel } from '../incident.js';
import { type Region, wordOf } from '../log/region.js';

/** How a kind of line names levels. */
interface Style {
  /** Matches one entry: name in group 1, digits in group 2. */
  readonly each: RegExp;
  /** A line of such entries: only there they are looked for. */
  readonly line: RegExp;
  readonly levels: Readonly<Record<string, LogLevel>>;
}

const PLAIN: Readonly<Record<string, LogLevel>> = {
  pgd: 'pgd',
  p4d: 'p4d',
  pud: 'pud',
  pmd: 'pmd',
  pte: 'pte',
};

const STYLES: readonly Style[] = [
  // x86 dump_pagetable(); PTE may stand on a line of its own
  {
    line: /\bPGD [0-9a-f]{1,16}\b(?:\s+(?:P4D|PUD|PMD|PTE) [0-9a-f]{1,16}\b)*/dg,
    each: /\b(PGD|P4D|PUD|PMD|PTE) ([0-9a-f]{1,16})\b/dg,
    levels: { PGD: 'pgd', P4D: 'p4d', PUD: 'pud', PMD: 'pmd', PTE: 'pte' },
  },
  // i386
  {
    line: /\*pd(?:e|pt) = [0-9a-f]{8,16}[^\n]*(?:\n\*p[^\n]*)?/dg,
    each: /\*(pdpt|pde|pte) = ([0-9a-f]{8,16})\b/dg,
    levels: { pdpt: 'pgd', pde: 'pmd', pte: 'pte' },
  },
  // arm64 and riscv show_pte(), arm32 with asterisks; the hardware's own entry of arm32 is not one
  {
    line: /\[[0-9a-f]{8,16}\] \*?pgd=[0-9a-f]{1,16}[^\n]*/dg,
    each: /(?:^|[\s,*])(pgd|p4d|pud|pmd|pte)=([0-9a-f]{1,16})\b/dg,
    levels: PLAIN,
  },
  // s390 dump_pagetable()
  {
    line: /\bAS:[0-9a-f]{16}\b(?: (?:R[123]|S|P):[0-9a-f]{16}\b)*/dg,
    each: /\b(R1|R2|R3|S|P):([0-9a-f]{16})\b/dg,
    levels: { R1: 'pgd', R2: 'p4d', R3: 'pud', S: 'pmd', P: 'pte' },
  },
  // the line of print_bad_page_map() since 6.18
  {
    line: /\bpgd:[0-9a-f]{8,16}(?:\s+(?:p4d|pud|pmd):[0-9a-f]{8,16})*/dg,
    each: /\b(pgd|p4d|pud|pmd):([0-9a-f]{8,16})\b/dg,
    levels: PLAIN,
  },
];

/** Most entries that one report can hold: every level, and some to spare. */
const MOST_ENTRIES = 16;

/** Entries that a report prints as the path to an address, in order of the log. */
export function readPath(region: Region): readonly LogEntry[] {
  const found: LogEntry[] = [];
  for (const { line, each, levels } of STYLES) {
    for (const place of region.text.matchAll(line)) {
      for (const match of place[0].matchAll(each)) {
        const raw = wordOf(match[2]);
        const level = levels[match[1] as string];
        if (raw === undefined || level === undefined || found.length >= MOST_ENTRIES) continue;
        const offset = place.index + (match.indices?.[2]?.[0] ?? 0);
        found.push({
          level,
          raw: { value: raw, at: region.place(offset) },
          digits: (match[2] as string).length,
          reported: false,
        });
      }
    }
  }
  return found;
}

/** An entry that a group of a match holds. */
export function entryOf(
  region: Region,
  match: RegExpExecArray,
  group: number,
  level: LogLevel,
  reported: boolean,
): LogEntry[] {
  const raw = region.group(match, group, wordOf);
  if (raw === undefined) return [];
  return [{ level, raw, digits: (match[group] as string).replace(/^0x/, '').length, reported }];
}
