import {
  type DecodedEntry,
  type EntryForm,
  type Frames,
  type Kernel,
  type Level,
  type MappingLevel,
  mappedEntry,
  normalPage,
  ok,
  type Pfn,
  type PhysAddr,
  type PhysicalMemory,
  type Problem,
  type Result,
  ranges,
  type Vma,
  virtAddr,
  vmConstant,
  type WalkedEntry,
  type WalkRange,
  walkEntries,
} from '@pagewright/core';
import type { DumpedVmOps } from './vma/normal-page-hook.js';

/** What vm_normal_page*() answers about a leaf. */
export interface LeafVerdict {
  /** `page` with a page, NULL silently, or NULL after a complaint. */
  readonly answer: 'page' | 'none' | 'bad';
  /** Ids of the rules that led there; `hugetlb` for leaves that only the hugetlb code looks at. */
  readonly because: readonly string[];
  /** The page; absent unless the answer is `page`. */
  readonly page?: Pfn;
  /**
   * What another kernel would answer that the dump does not tell from this one; or this one, if a hook
   * finds a page that the dump does not lead to.
   */
  readonly otherwise?: readonly { readonly revision: string; readonly answer: string }[];
}

/** A slot of a page table with what it means to its kernel. */
export interface JudgedEntry extends WalkedEntry {
  /** Bytes that the slot maps, whatever part of them lies in the area. */
  readonly size: bigint;
  /** For leaves alone. */
  readonly verdict?: LeafVerdict;
}

/** Everything that walking a process asks. */
export interface WalkContext {
  readonly memory: PhysicalMemory;
  /** Form of this process's tables. */
  readonly form: EntryForm;
  /** Physical address of the root table. */
  readonly root: PhysAddr;
  /** Whose rules judge. */
  readonly kernel: Kernel;
  /** Kernels that cannot be told from it. */
  readonly alternatives: readonly Kernel[];
  /** What is known of the frames of memory. */
  readonly frames: Frames;
  /** As `KernelPages.bounds`: with them, ranges are found without a look at each entry by itself. */
  readonly frameBounds?: readonly bigint[];
}

/**
 * Slots of an area in address order, empty ones as well. Codes when it cannot begin: those of
 * `walkEntries`; a table that cannot be used is an entry with a problem.
 */
export function judgedEntries(context: WalkContext, vma: Vma): Result<Iterable<JudgedEntry>> {
  const { form, memory, root } = context;
  const walked = walkEntries(form, memory, root, vma);
  if (!walked.ok) return walked;
  const entries = walked.value;
  return ok({ [Symbol.iterator]: () => judged(context, vma, entries) });
}

function* judged(
  context: WalkContext,
  vma: Vma,
  entries: Iterable<WalkedEntry>,
): Generator<JudgedEntry> {
  for (const part of entries) yield judgedEntry(context, vma, part);
}

/** An entry of an area with what it means to its kernel. */
export function judgedEntry(context: WalkContext, vma: Vma, part: WalkedEntry): JudgedEntry {
  const { level, decoded } = part;
  const { form } = context;
  const size = 1n << BigInt(form.geometry(level)?.shift ?? 0);
  if (decoded.kind !== 'leaf') return { ...part, size };
  const hugetlb = (vma.flags & (vmConstant(form.definition, 'VM_HUGETLB') ?? 0n)) !== 0n;
  const verdict: LeafVerdict = hugetlb
    ? { answer: 'page', because: ['hugetlb'], page: decoded.pfn }
    : verdictOn(context, vma, part, size);
  return { ...part, size, verdict };
}

const isMappingLevel = (level: Level): level is MappingLevel =>
  level === 'pte' || level === 'pmd' || level === 'pud';

/** The kernel asks with the first address that the entry maps. */
function verdictOn(
  { form, kernel, alternatives, frames }: WalkContext,
  vma: Vma,
  { start, level, raw }: WalkedEntry,
  size: bigint,
): LeafVerdict {
  if (!isMappingLevel(level)) return { answer: 'bad', because: ['level-never-maps'] };
  const entry = mappedEntry(form, level, raw);
  if (!entry.ok) return { answer: 'bad', because: [entry.problem.code] };
  const addr = virtAddr(start & ~(size - 1n));
  const ask = (by: Kernel) =>
    normalPage({ kernel: by, level, vma, addr, entry: entry.value, frames });
  const verdict = ask(kernel);
  const answer = verdict.answer === 'absent' ? 'none' : verdict.answer;
  const because = verdict.because.map(({ id }) => id);
  const ops: DumpedVmOps | null = vma.ops;
  const byHook = ops?.hookUnknown === true && because.includes('special-hook-none');
  const otherwise = [
    ...alternatives.map((other) => ({ revision: other.revision.id, answer: ask(other).answer })),
    ...(byHook ? [{ revision: 'if the hook of the VMA finds one', answer: 'page' }] : []),
  ].filter((other) => other.answer !== verdict.answer);
  return {
    answer,
    because,
    ...(verdict.answer === 'page' ? { page: verdict.page } : {}),
    ...(otherwise.length === 0 ? {} : { otherwise }),
  };
}

/** Neighbours of one level and kind, of which the kernel says the same; holes are one whatever. */
export interface RangeKey {
  readonly kind: DecodedEntry['kind'];
  /** What an absent entry is instead. */
  readonly absent?: string;
  readonly level: Level;
  readonly verdict?: LeafVerdict;
  readonly problem?: Problem;
}

/** Joins entries into ranges of equal verdict, one range at a time in memory. */
export const judgedRanges = (entries: Iterable<JudgedEntry>): Generator<WalkRange<RangeKey>> =>
  ranges(entries, (part) => rangeKey(part as JudgedEntry), sameKey);

/** What ranges of an entry's like have in common. */
export function rangeKey({ decoded, level, verdict, problem }: JudgedEntry): RangeKey {
  return {
    kind: decoded.kind,
    level,
    ...(decoded.kind === 'absent' ? { absent: decoded.what } : {}),
    ...(verdict === undefined ? {} : { verdict }),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Whether neighbours of these keys are one range. */
export function sameKey(a: RangeKey, b: RangeKey): boolean {
  if (a.kind !== b.kind || a.problem !== undefined || b.problem !== undefined) return false;
  if (a.kind === 'none') return true;
  if (a.level !== b.level || a.absent !== b.absent) return false;
  const [first, next] = [a.verdict, b.verdict];
  if (first === undefined || next === undefined) return first === next;
  return (
    first.answer === next.answer &&
    first.because.join() === next.because.join() &&
    JSON.stringify(first.otherwise) === JSON.stringify(next.otherwise)
  );
}
