import { type EntryForm, type Hex, hex, type Level } from '@pagewright/core';
import type { JudgedEntry, KernelPages, LeafVerdict, PageOwner } from '@pagewright/inspect';
import { type AbsentData, absentData } from '../decode/entry-data.js';

/** One slot of a table, as `--entries` prints it. */
export type JudgedData = {
  /** First address that the slot maps inside of the mapping. */
  readonly addr: Hex;
  readonly level: Level;
  /** Bytes that the slot maps. */
  readonly size: number;
  readonly raw: Hex;
  /** Frame of a leaf, at `addr`; or that an absent entry stands for. */
  readonly pfn: Hex | null;
  /** `leaf`, `invalid`, or what an absent entry is. */
  readonly kind: string;
  readonly verdict: LeafVerdict['answer'] | null;
  /** Ids of the rules that led to the verdict. */
  readonly because: readonly string[];
  /** What a kernel would answer that cannot be told from this one. */
  readonly otherwise: readonly { readonly kernel: string; readonly verdict: string }[];
  readonly absent: AbsentData | null;
  /** Why an entry means nothing, or its table could not be used. */
  readonly problem: string | null;
};

/** Verdict and rules as data. */
export const verdictData = (verdict: LeafVerdict | undefined) => ({
  verdict: verdict?.answer ?? null,
  because: verdict?.because ?? [],
  otherwise: (verdict?.otherwise ?? []).map(({ revision, answer }) => ({
    kernel: revision,
    verdict: answer,
  })),
});

/** An entry that is not empty, as data. */
export function judgedData(form: EntryForm, entry: JudgedEntry): JudgedData {
  const { start, level, size, raw, decoded, verdict, problem } = entry;
  const within = (start & (size - 1n)) >> BigInt(form.definition.pageShift);
  const frame =
    decoded.kind === 'leaf'
      ? decoded.pfn + within
      : decoded.kind === 'absent'
        ? decoded.pfn
        : undefined;
  return {
    addr: hex(start),
    level,
    size: Number(size),
    raw: hex(raw),
    pfn: frame === undefined ? null : hex(frame),
    kind: decoded.kind === 'absent' ? decoded.what : decoded.kind,
    ...verdictData(verdict),
    absent: decoded.kind === 'absent' ? absentData(decoded) : null,
    problem: problem?.message ?? (decoded.kind === 'invalid' ? decoded.reason : null),
  };
}

/** What struct page says of a frame. */
export type PageData = {
  /** Names of the flags that are set, without `PG_`. */
  readonly flags: readonly string[];
  readonly refcount: number;
  readonly mapcount: number;
  readonly owner: PageOwner;
  /** First frame of the folio, and log2 of its pages. */
  readonly head: Hex;
  readonly order: number;
  /** What page_type says: `slab`, `table`, `hugetlb`. */
  readonly type: string | null;
};

/** What struct page says of a frame, as data; null where there is none to read. */
export function pageData(pages: KernelPages, frame: bigint): PageData | null {
  const facts = pages.facts(frame);
  if (!facts.ok) return null;
  const { flagNames, refcount, mapcount, owner, head, order, type } = facts.value;
  return { flags: flagNames, refcount, mapcount, owner, head: hex(head), order, type };
}
