import {
  hex,
  type Kernel,
  type MappingLevel,
  makeKernel,
  normalPage,
  ok,
  type Result,
  type Verdict,
  virtAddr,
} from '@pagewright/core';
import { SITUATIONS, type Situation, situationFrames, situationVma } from './situations.js';

/** Architectures by the levels at which the special mark works. */
export type SpecialClass = 'S' | 'S-' | 'N';

/** What a class is, and which situations it can form. */
const CLASSES: Readonly<
  Record<
    SpecialClass,
    { meaning: string; marked: readonly MappingLevel[]; shows(s: Situation): boolean }
  >
> = {
  S: {
    meaning: 'special mark at every level',
    marked: ['pte', 'pmd', 'pud'],
    shows: () => true,
  },
  'S-': {
    meaning: 'special mark in PTEs alone; the PTE rows are those of class S',
    marked: ['pte'],
    shows: (s) => s.level !== 'pte' && !s.entry.special && !s.entry.devmap,
  },
  N: {
    meaning: 'no special mark',
    marked: [],
    shows: (s) => !s.entry.special && !s.entry.devmap,
  },
};

/** A situation of a class, and the answer of each revision. */
export interface MatrixRow {
  /** Name in SPEC 18.3: `S12`, `S-30`, `N4`. */
  readonly id: string;
  readonly level: MappingLevel;
  readonly vma: string;
  readonly offset: bigint;
  /** The entry in words: `0x200 special`. */
  readonly entry: string;
  /** In the order of the matrix's revisions. */
  readonly cells: readonly MatrixCell[];
}

/** One answer, in the short form of SPEC 18.3 and in full. */
export interface MatrixCell {
  readonly revision: string;
  readonly answer: string;
  readonly verdict: Verdict;
}

/** The vm_normal_page table over classes and revisions. */
export interface RulesMatrix {
  readonly revisions: readonly string[];
  readonly classes: readonly {
    readonly class: SpecialClass;
    readonly meaning: string;
    readonly rows: readonly MatrixRow[];
  }[];
}

/**
 * Computes the rows of SPEC 18.3 for the given revisions, with the hook configured and all warnings
 * on. Code `unknown-revision` for an id that nobody knows.
 */
export function rulesMatrix(revisions: readonly string[]): Result<RulesMatrix> {
  const classes: RulesMatrix['classes'][number][] = [];
  for (const [name, { meaning, marked, shows }] of Object.entries(CLASSES)) {
    const kernels: Kernel[] = [];
    for (const revision of revisions) {
      const levels = marked.map((level) => ({ level, hasSpecial: true }));
      const kernel = makeKernel({
        revision,
        form: { pageShift: 12, levels },
        config: { DEBUG_VM: true, FIND_NORMAL_PAGE: true },
      });
      if (!kernel.ok) return kernel;
      kernels.push(kernel.value);
    }
    const rows = SITUATIONS.filter(shows).map((situation) => rowOf(name, situation, kernels));
    classes.push({ class: name as SpecialClass, meaning, rows });
  }
  return ok({ revisions, classes });
}

function rowOf(name: string, situation: Situation, kernels: readonly Kernel[]): MatrixRow {
  const { number, level, vma: kind, offset, entry, anon } = situation;
  const vma = situationVma(kind);
  const frames = situationFrames(anon ? entry.pfn : null);
  const addr = virtAddr(vma.start + offset);
  const cells = kernels.map((kernel) => {
    const verdict = normalPage({ kernel, level, vma, addr, entry, frames });
    return { revision: kernel.revision.id, answer: shortAnswer(verdict), verdict };
  });
  const marks = [entry.special && 'special', entry.devmap && 'devmap', anon && 'anon'];
  const words = [hex(entry.pfn), ...marks.filter((mark) => mark !== false)].join(' ');
  return { id: `${name}${number}`, level, vma: kind, offset, entry: words, cells };
}

/** A verdict as SPEC 18.3 writes it. */
function shortAnswer(verdict: Verdict): string {
  const warnings = verdict.warns
    .map(({ id }) => (id === 'pfn-without-memmap' ? '+Winvalid' : '+W'))
    .join('');
  switch (verdict.answer) {
    case 'page':
      return (verdict.via === 'hook' ? 'HOOK' : 'PAGE') + warnings;
    case 'none':
      return `NULL${warnings}`;
    case 'bad':
      return `BAD${warnings}`;
    case 'absent':
      return 'N/A';
  }
}
