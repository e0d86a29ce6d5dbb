import {
  type AbsentKind,
  type Level,
  type Rule,
  ranges,
  type Verdict,
  type Vma,
  vmConstant,
  type WalkedEntry,
} from '@pagewright/core';
import { type Found, judgeVma } from './judge.js';
import type { OpenProcess } from './open-process.js';

/** What a run of entries is to vm_normal_page*(), or why it is not asked about them. */
export type Standing =
  | { readonly kind: 'judged'; readonly answer: Verdict['answer']; readonly rules: readonly Rule[] }
  /** Walkers give entries of VM_HUGETLB VMAs to the hugetlb code, not to vm_normal_page*(). */
  | { readonly kind: 'hugetlb' }
  /** Not present: what it is instead, and the names of a marker's bits. */
  | { readonly kind: 'absent'; readonly what: AbsentKind; readonly markers: readonly string[] }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Neighbouring entries of one level with the same standing. */
export interface JudgedRange {
  readonly start: bigint;
  readonly end: bigint;
  readonly level: Level;
  readonly entries: number;
  readonly pages: number;
  readonly standing: Standing;
}

/** The ranges of a VMA in which something is; its holes are left out. */
export function judgedRanges(opened: OpenProcess, vma: Vma): readonly JudgedRange[] {
  const hugetlb = (vma.flags & (vmConstant(opened.form.definition, 'VM_HUGETLB') ?? 0n)) !== 0n;
  const keyOf = (part: WalkedEntry) => {
    const standing = standingOf(part as Found, hugetlb);
    return { standing, text: standing && `${part.level} ${textOf(standing)}` };
  };
  const joined = ranges(judgeVma(opened, vma), keyOf, (a, b) => a.text === b.text);
  const pageShift = BigInt(opened.form.definition.pageShift);
  return [...joined].flatMap(({ start, end, first, entries, key }) =>
    key.standing === undefined
      ? []
      : [
          {
            start,
            end,
            level: first.level,
            entries,
            pages: Number((end - start) >> pageShift),
            standing: key.standing,
          },
        ],
  );
}

function standingOf({ decoded, verdict, problem }: Found, hugetlb: boolean): Standing | undefined {
  if (problem !== undefined) return { kind: 'invalid', reason: problem.message };
  switch (decoded.kind) {
    case 'none':
      return undefined;
    case 'absent':
      return { kind: 'absent', what: decoded.what, markers: decoded.markers ?? [] };
    case 'leaf':
      if (hugetlb) return { kind: 'hugetlb' };
      if (verdict === null) return { kind: 'invalid', reason: 'a leaf that nothing judges' };
      return {
        kind: 'judged',
        answer: verdict.answer,
        rules: [...verdict.because, ...verdict.warns],
      };
    default:
      return { kind: 'invalid', reason: decoded.kind === 'invalid' ? decoded.reason : 'a table' };
  }
}

/** Equal for equal standings. */
const textOf = (standing: Standing): string =>
  standing.kind === 'judged'
    ? `${standing.answer} ${standing.rules.map(({ id }) => id).join(' ')}`
    : JSON.stringify(standing);
