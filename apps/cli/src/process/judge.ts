import {
  type LeafEntry,
  type Level,
  type MappingLevel,
  mappedEntry,
  normalPage,
  type Verdict,
  type Vma,
  virtAddr,
  type WalkedEntry,
  walkEntries,
} from '@pagewright/core';
import type { OpenProcess } from './open-process.js';

/** A present entry of a process with what its kernel's vm_normal_page*() answers. */
export interface JudgedLeaf extends WalkedEntry {
  readonly level: MappingLevel;
  readonly decoded: LeafEntry;
  readonly vma: Vma;
  readonly verdict: Verdict;
}

/** What the walk of a VMA finds: present entries with their verdict, the others as they are. */
export type Found = JudgedLeaf | (WalkedEntry & { readonly verdict: null });

const isMappingLevel = (level: Level): level is MappingLevel =>
  level === 'pte' || level === 'pmd' || level === 'pud';

/** Walks a VMA and judges every present entry in it; the parts tile the VMA. */
export function* judgeVma(opened: OpenProcess, vma: Vma): Generator<Found> {
  const walked = walkEntries(opened.form, opened.memory, opened.root, vma);
  if (!walked.ok) throw new Error(walked.problem.message);
  for (const part of walked.value) {
    const { level, decoded } = part;
    if (decoded.kind !== 'leaf' || !isMappingLevel(level)) {
      yield { ...part, verdict: null };
      continue;
    }
    yield { ...part, level, decoded, vma, verdict: verdictOn(opened, vma, level, part) };
  }
}

/** The kernel's answer about one present entry; it asks with the aligned address of the entry. */
function verdictOn(
  { form, kernel, frames }: OpenProcess,
  vma: Vma,
  level: MappingLevel,
  { start, raw }: Pick<WalkedEntry, 'start' | 'raw'>,
): Verdict {
  const entry = mappedEntry(form, level, raw);
  if (!entry.ok) throw new Error(entry.problem.message);
  const shift = BigInt(form.geometry(level)?.shift ?? 0);
  const addr = virtAddr((start >> shift) << shift);
  return normalPage({ kernel, level, vma, addr, entry: entry.value, frames });
}
