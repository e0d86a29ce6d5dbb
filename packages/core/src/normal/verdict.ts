import type { MappingLevel } from '../form/level.js';
import type { Frames } from '../frames.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Bits, Pfn, VirtAddr } from '../units.js';
import { mayMapRawPfns, type Vma } from '../vma/vma.js';
import { RULES, type Rule, type RuleId, type WarningId } from './rules.js';

/** The facts of a present leaf entry that the decision asks. */
export interface MappedEntry {
  /** Frame that the word maps. */
  readonly pfn: Pfn;
  /** The special mark as the word has it; ignored where the kernel cannot read one. */
  readonly special: boolean;
  /** The devmap mark; ignored by kernels that no longer look at it. */
  readonly devmap: boolean;
  /** The word itself, for reports. */
  readonly raw?: Bits;
}

/** Everything that vm_normal_page*() depends on. The entry must be present. */
export interface NormalPageQuestion {
  /** Who is asked. */
  readonly kernel: Kernel;
  readonly level: MappingLevel;
  /** The mapping that holds the entry. */
  readonly vma: Vma;
  /** The address that is asked about; for a huge entry its aligned start, as callers pass it. */
  readonly addr: VirtAddr;
  readonly entry: MappedEntry;
  /** What is known of the frames of memory. */
  readonly frames: Frames;
}

/** Why, in the order in which the kernel asked: at least one rule, the deciding one last. */
export interface Reasons {
  /** Rules that held. */
  readonly because: readonly Rule[];
  /** Warnings that a DEBUG_VM kernel prints; they change no answer. */
  readonly warns: readonly Rule[];
}

/**
 * What the kernel answers.
 * - `page`: the page of the entry's pfn, or (`via: 'hook'`) the one that vm_ops named.
 * - `none`: NULL, silently: no page belongs to the entry as far as callers are concerned.
 * - `bad`: NULL after a "Bad page map" report that names the level.
 * - `absent`: this kernel has no such function.
 */
export type Verdict =
  | (Reasons & { readonly answer: 'page'; readonly page: Pfn; readonly via: 'pfn' | 'hook' })
  | (Reasons & { readonly answer: 'none' })
  | (Reasons & { readonly answer: 'bad'; readonly level: MappingLevel })
  | (Reasons & { readonly answer: 'absent'; readonly function: string });

/** One question while it is being decided: its facts, and the reasons found so far. */
export class Decision {
  readonly kernel: Kernel;
  readonly level: MappingLevel;
  readonly vma: Vma;
  readonly frames: Frames;
  readonly pfn: Pfn;
  /** pte_special(), pmd_special() or pud_special() of this kernel. */
  readonly special: boolean;
  /** pte_devmap() or pmd_devmap() of this kernel. */
  readonly devmap: boolean;
  private readonly because: Rule[] = [];
  private readonly warns: Rule[] = [];

  constructor(readonly question: NormalPageQuestion) {
    const { kernel, level, entry } = question;
    this.kernel = kernel;
    this.level = level;
    this.vma = question.vma;
    this.frames = question.frames;
    this.pfn = entry.pfn;
    this.special = entry.special && kernel.hasSpecial(level);
    this.devmap = entry.devmap && !kernel.has('pxx-devmap-removed');
  }

  get isZero(): boolean {
    return this.frames.isZero(this.pfn);
  }

  /** is_huge_zero_pfn(), or its older form that knows the first page alone. */
  get isHugeZero(): boolean {
    if (!this.kernel.config.TRANSPARENT_HUGEPAGE) return false;
    return this.kernel.has('is-huge-zero-pfn')
      ? this.frames.isHugeZero(this.pfn)
      : this.frames.isHugeZeroHead(this.pfn);
  }

  /** The VMA has VM_PFNMAP or VM_MIXEDMAP. */
  get mayMapRawPfns(): boolean {
    return mayMapRawPfns(this.vma.flags);
  }

  /** Notes a rule that held without deciding. */
  note(rule: RuleId): void {
    this.because.push(RULES[rule]);
  }

  /** VM_WARN_ON_ONCE(), without the latch that silences repetitions. */
  warn(rule: WarningId): void {
    if (this.kernel.config.DEBUG_VM) this.warns.push(RULES[rule]);
  }

  none(rule: RuleId): Verdict {
    return { answer: 'none', ...this.reasons(rule) };
  }

  bad(rule: RuleId): Verdict {
    return { answer: 'bad', level: this.level, ...this.reasons(rule) };
  }

  page(rule: RuleId): Verdict {
    return { answer: 'page', page: this.pfn, via: 'pfn', ...this.reasons(rule) };
  }

  hookPage(page: Pfn): Verdict {
    return { answer: 'page', page, via: 'hook', ...this.reasons('special-hook-page') };
  }

  absent(name: string, rule: RuleId): Verdict {
    return { answer: 'absent', function: name, ...this.reasons(rule) };
  }

  private reasons(deciding: RuleId): Reasons {
    return { because: [...this.because, RULES[deciding]], warns: this.warns };
  }
}
