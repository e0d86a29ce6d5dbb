import {
  type Bits,
  type EntryForm,
  type FrameKind,
  frameOfKind,
  type Kernel,
  type Level,
  type MappedEntry,
  type MappingLevel,
  makeKernel,
  mappedEntry,
  normalPage,
  type Pfn,
  REVISIONS,
  type Verdict,
  type VirtAddr,
  VM_MAYWRITE,
  type Vma,
} from '@pagewright/core';

const ADDRESS = 0x40_0000n;
/** Flags of an ordinary private VMA. */
export const PLAIN = VM_MAYWRITE;

/** The kernel that a form's headers belong to: the newest revision of their generation. */
function kernelOf(form: EntryForm): Kernel | undefined {
  const revision = REVISIONS.filter(({ headers }) => headers === form.headers).at(-1);
  const made = revision && makeKernel({ revision, form: form.definition });
  return made?.ok ? made.value : undefined;
}

/** What an entry is judged in; a plain VMA and a page of a file when left out. */
export interface Situation {
  readonly flags?: bigint;
  readonly frame?: FrameKind;
  readonly hook?: () => Pfn | null;
}

/** Decides about an entry at the first address of a VMA, off the line of vm_pgoff. */
export function verdictOf(
  kernel: Kernel,
  level: MappingLevel,
  entry: MappedEntry,
  { flags = PLAIN, frame = 'file', hook }: Situation,
): Verdict {
  const vma: Vma = {
    start: ADDRESS as VirtAddr,
    end: (ADDRESS * 2n) as VirtAddr,
    flags,
    pgoff: entry.pfn + 1n,
    ops: hook === undefined ? {} : { findNormalPage: hook },
  };
  const frames = frameOfKind(frame, entry.pfn);
  return normalPage({ kernel, level, vma, addr: ADDRESS as VirtAddr, entry, frames });
}

/** What laws about verdicts need at a level, or undefined where nothing is mapped there. */
export function deciderAt(form: EntryForm, level: Level) {
  if (level !== 'pte' && level !== 'pmd' && level !== 'pud') return undefined;
  const geometry = form.geometry(level);
  const kernel = kernelOf(form);
  if (!kernel || geometry?.folded !== false || !geometry.mayMap) return undefined;
  const readOne = (word: bigint): MappedEntry | undefined => {
    const found = mappedEntry(form, level, word as Bits);
    return found.ok ? found.value : undefined;
  };
  const decide = (word: bigint, situation: Situation): Verdict | undefined => {
    const entry = readOne(word);
    return entry && verdictOf(kernel, level, entry, situation);
  };
  // Only a kernel that asks for the mark per level trusts its absence above the leaf table.
  const trusted = kernel.hasSpecial(level) && (level === 'pte' || kernel.has('special-per-level'));
  return { kernel, geometry, decide, trusted, works: kernel.hasSpecial(level) };
}

/** The answer in a word. */
export const answer = (verdict: Verdict | undefined): string => verdict?.answer ?? 'nothing mapped';
