import {
  type Hex,
  hex,
  type MappedEntry,
  type Revision,
  type Rule,
  type Verdict,
} from '@pagewright/core';

/** A rule, as `--json` prints it. */
export type RuleData = {
  readonly id: string;
  readonly sentence: string;
  readonly source: { readonly kernel: string; readonly spec: string };
};

/** What one revision answers, as `--json` prints it. */
export type VerdictData = {
  readonly kernel: string;
  readonly headers: string;
  /** What this kernel reads in the entry. */
  readonly pfn: Hex;
  readonly special: boolean;
  readonly devmap: boolean;
  /** `page`; `none`: NULL; `bad`: NULL after a report; `absent`: this kernel has no such function. */
  readonly answer: Verdict['answer'];
  /** Frame of the page; left out where there is none, and where only the hook knows it. */
  readonly page?: Hex;
  /** How the page was found: by the frame number, or by the hook of the VMA. */
  readonly via?: 'pfn' | 'hook';
  /** Rules that led to the answer, the deciding one last. */
  readonly because: readonly RuleData[];
  /** Warnings of CONFIG_DEBUG_VM. */
  readonly warns: readonly RuleData[];
};

/** A verdict as data. */
export function verdictData(
  { id, headers }: Revision,
  entry: MappedEntry,
  verdict: Verdict,
): VerdictData {
  const { answer } = verdict;
  return {
    kernel: id,
    headers,
    pfn: hex(entry.pfn),
    special: entry.special,
    devmap: entry.devmap,
    answer,
    ...(answer === 'page' && verdict.via === 'pfn' ? { page: hex(verdict.page) } : {}),
    ...(answer === 'page' ? { via: verdict.via } : {}),
    because: verdict.because.map(ruleData),
    warns: verdict.warns.map(ruleData),
  };
}

const ruleData = ({ id, sentence, source }: Rule): RuleData => ({
  id,
  sentence,
  source: { kernel: source.kernel, spec: source.spec },
});
