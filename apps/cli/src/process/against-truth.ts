import { type Bits, hex, isAbsentHelper, VM_PFNMAP, type Vma, walkEntries } from '@pagewright/core';
import type { ProcessTruth, TracedVerdict } from './described.js';
import { type Found, judgeVma } from './judge.js';
import type { OpenProcess } from './open-process.js';

/** How an account of a process compares with the kernel's own. */
export interface Agreement {
  /** Present pages whose frame was compared with /proc/PID/pagemap. */
  readonly presentPages: number;
  /** Non-present entries whose type and offset were compared with it. */
  readonly absentPages: number;
  /** Entries of VM_PFNMAP VMAs, which pagemap leaves out, compared with the traced ones. */
  readonly pfnmapEntries: number;
  /** Answers of vm_normal_page() and vm_normal_page_pmd() compared, by level. */
  readonly verdicts: { readonly pte: number; readonly pmd: number };
  /** One line each: what the kernel says and what was found instead. */
  readonly differences: readonly string[];
}

/** Bits of a pagemap word (fs/proc/task_mmu.c; SPEC 12.2). */
const PAGEMAP = { present: 1n << 63n, swap: 1n << 62n, uffdWp: 1n << 57n, frame: (1n << 55n) - 1n };
const COMPARED = PAGEMAP.present | PAGEMAP.swap | PAGEMAP.uffdWp | PAGEMAP.frame;
/** Bits of a pagemap swap frame that hold the type (MAX_SWAPFILES_SHIFT). */
const PAGEMAP_TYPE_BITS = 5n;

/**
 * Holds the walk of a process against its kernel's account: every page of every VMA in both
 * directions, nothing mapped outside the VMAs, and every verdict that the running kernel gave.
 */
export function againstTruth(opened: OpenProcess, truth: ProcessTruth): Agreement {
  const differences = outsideOfVmas(opened);
  const words = new Map<bigint, bigint>();
  const judged = new Map<bigint, Found>();
  for (const vma of opened.vmas) {
    for (const found of judgeVma(opened, vma)) {
      if (found.decoded.kind !== 'none') judged.set(found.start, found);
      if ((vma.flags & VM_PFNMAP) === 0n) addPagemapWords(opened, found, words);
    }
  }
  const counts = { present: 0, absent: 0 };
  for (const [start, first, count] of truth.pages) {
    for (let i = 0n; i < BigInt(count); i++) {
      const at = BigInt(start) + (i << BigInt(opened.form.definition.pageShift));
      const said = (BigInt(first) + i) & COMPARED;
      const computed = words.get(at);
      words.delete(at);
      counts[said & PAGEMAP.present ? 'present' : 'absent']++;
      if (said !== computed) {
        const found = computed === undefined ? 'nothing' : hex(computed);
        differences.push(`${hex(at)}: pagemap ${hex(said)}, found ${found}`);
      }
    }
  }
  for (const [at, word] of words) {
    differences.push(`${hex(at)}: pagemap has nothing, found ${hex(word)}`);
  }
  return {
    presentPages: counts.present,
    absentPages: counts.absent,
    pfnmapEntries: comparePfnmap(opened, truth, judged, differences),
    verdicts: {
      pte: compareVerdicts('pte', truth.vmNormalPage, judged, differences),
      pmd: compareVerdicts('pmd', truth.vmNormalPagePmd, judged, differences),
    },
    differences,
  };
}

/** Whatever is mapped in the process's span must lie in one of its VMAs. */
function outsideOfVmas({ form, memory, root, span, vmas }: OpenProcess): string[] {
  const walked = walkEntries(form, memory, root, span);
  if (!walked.ok) return [walked.problem.message];
  const differences: string[] = [];
  for (const { start, end, decoded, problem } of walked.value) {
    if (problem !== undefined) differences.push(`${hex(start)}: ${problem.message}`);
    if (decoded.kind === 'none' || decoded.kind === 'table') continue;
    if (!vmas.some((vma) => start >= vma.start && end <= vma.end)) {
      differences.push(`${hex(start)}: a ${decoded.kind} outside of every VMA`);
    }
  }
  return differences;
}

/** The words that /proc/PID/pagemap would show for an entry, for every page under it. */
function addPagemapWords({ form }: OpenProcess, found: Found, words: Map<bigint, bigint>): void {
  const { level, raw, decoded, start, end } = found;
  if (decoded.kind === 'absent') {
    const frame = BigInt(decoded.type) | ((decoded.pfn ?? decoded.offset) << PAGEMAP_TYPE_BITS);
    words.set(start, PAGEMAP.swap | (frame & PAGEMAP.frame) | uffdWp('uffd_wp_any'));
  } else if (decoded.kind === 'leaf') {
    const shift = BigInt(form.definition.pageShift);
    const word = PAGEMAP.present | uffdWp('uffd_wp');
    for (let at: bigint = start; at < end; at += 1n << shift) {
      words.set(at, word | (decoded.pfn + ((at - start) >> shift)));
    }
  }
  function uffdWp(name: string): bigint {
    const known = !isAbsentHelper(form.helper(level, name));
    return known && form.is(level, name, raw as Bits) ? PAGEMAP.uffdWp : 0n;
  }
}

/** Entries of VM_PFNMAP VMAs: the traces must name the same ones, with the same words. */
function comparePfnmap(
  { vmas }: OpenProcess,
  truth: ProcessTruth,
  judged: ReadonlyMap<bigint, Found>,
  differences: string[],
): number {
  const isPfnmap = (at: bigint) =>
    vmas.some(({ flags, start, end }: Vma) => flags & VM_PFNMAP && at >= start && at < end);
  const traced = new Map(
    [...truth.vmNormalPage, ...truth.vmNormalPagePmd]
      .map(([at, entry]) => [BigInt(at), BigInt(entry)] as const)
      .filter(([at]) => isPfnmap(at)),
  );
  const walked = [...judged].filter(([at]) => isPfnmap(at));
  for (const [at, { raw }] of walked) {
    const said = traced.get(at);
    if (said !== raw)
      differences.push(`${hex(at)}: traced ${said && hex(said)}, found ${hex(raw)}`);
    traced.delete(at);
  }
  for (const at of traced.keys()) differences.push(`${hex(at)}: traced, but nothing is there`);
  return walked.length;
}

/** What vm_normal_page() or its pmd form returned in the running kernel. */
function compareVerdicts(
  level: 'pte' | 'pmd',
  traced: readonly TracedVerdict[],
  judged: ReadonlyMap<bigint, Found>,
  differences: string[],
): number {
  for (const [at, entry, pfn] of traced) {
    const found = judged.get(BigInt(at));
    const verdict = found?.level === level ? found.verdict : undefined;
    const answer = verdict?.answer === 'page' ? hex(verdict.page) : null;
    if (!verdict || answer !== pfn) {
      const instead = verdict ? (answer ?? verdict.answer) : 'no such entry';
      differences.push(
        `${at} ${level} ${entry}: the kernel said ${pfn ?? 'NULL'}, found ${instead}`,
      );
    }
  }
  return traced.length;
}
