import {
  type AbsentEntry,
  hex,
  isAbsentHelper,
  type LeafEntry,
  type Pfn,
  VM_SHARED,
  VM_WRITE,
} from '@pagewright/core';
import type { Kernel } from '../kernel.js';
import type { PageFacts } from '../pages.js';
import { type JudgedEntry, judgedEntries, type WalkContext } from '../stream.js';
import type { Judge } from '../stream-context.js';
import type { MappedArea } from '../vma/vmas.js';
import { isExclusive } from './exclusive.js';
import type { FindingEvidence } from './finding.js';
import type { Findings } from './findings.js';
import { isHugetlb } from './is-hugetlb.js';
import type { MappedFrames } from './mapped-frames.js';
import type { CheckedSpace } from './spaces.js';
import { isKernelPointer, textOf } from './strange-words.js';
import { swapTest } from './swap-areas.js';
import type { KnownTables } from './tables.js';

/** What the entries of a process come to. */
export interface Recount {
  /** Pages by the counter that has them. */
  readonly pages: Map<string, bigint>;
  /** Huge pmd entries of anonymous mappings: each has put a table aside. */
  deposits: bigint;
  /** Entries whose pages could not be read: the counts are incomplete. */
  missed: number;
}

/** Types of pages (page_type) that the kernel has for itself. */
const KERNEL_TYPES: readonly string[] = ['slab', 'table', 'guard', 'zsmalloc'];

/** Checks entries of mappings one by one. */
export class LeafCheck {
  private readonly swapFault;
  private readonly knowsExclusive: boolean;

  constructor(
    private readonly kernel: Kernel,
    private readonly judge: Judge,
    private readonly known: KnownTables,
    private readonly mapped: MappedFrames,
    private readonly findings: Findings,
  ) {
    this.swapFault = swapTest(kernel);
    this.knowsExclusive = judge.pages.layout.flagBit('anon_exclusive') !== undefined;
  }

  /** @param reports false for processes that only count towards the mapcounts of others */
  check(
    context: WalkContext,
    { task }: CheckedSpace,
    areas: readonly MappedArea[],
    reports: boolean,
  ): Recount {
    const recount: Recount = { pages: new Map(), deposits: 0n, missed: 0 };
    for (const area of areas) {
      const entries = judgedEntries(context, area);
      if (!entries.ok) continue;
      for (const entry of entries.value) {
        const { decoded } = entry;
        if (decoded.kind !== 'leaf' && decoded.kind !== 'absent') continue;
        if (this.isStrange(context, entry)) continue;
        const evidence = {
          pid: task.pid,
          comm: task.comm,
          vma: area.start,
          addr: entry.start,
          level: entry.level,
          table: entry.table,
          index: entry.index,
          raw: entry.raw,
        };
        if (entry.level === 'pmd' && area.ops === null && !isHugetlb(context.form, area))
          recount.deposits++;
        if (decoded.kind === 'leaf') {
          this.leaf(context, area, entry, decoded, evidence, recount, reports);
        } else this.absent(context, area, entry, decoded, evidence, recount, reports);
      }
    }
    return recount;
  }

  private isStrange({ form }: WalkContext, { raw }: JudgedEntry): boolean {
    return textOf(form, raw) !== undefined || isKernelPointer(this.kernel.virtual.layout, raw);
  }

  private leaf(
    context: WalkContext,
    area: MappedArea,
    entry: JudgedEntry,
    decoded: LeafEntry,
    evidence: FindingEvidence,
    recount: Recount,
    reports: boolean,
  ): void {
    const { verdict, level, raw } = entry;
    if (verdict === undefined) return;
    const found = reports ? this.findings : undefined;
    const word = `${level} ${hex(raw)}, frame ${hex(decoded.pfn)}`;
    const at = { ...evidence, pfn: decoded.pfn };
    if (verdict.answer === 'bad') {
      const beyond = decoded.pfn > context.frames.highest;
      const special = this.marked(context, entry, 'special') === true;
      const id = beyond ? 'frame-beyond-memory' : special ? 'special-not-allowed' : 'entry-bad';
      found?.add(id, `${word} (${verdict.because.join(', ')})`, at);
      return;
    }
    this.zeroPage(context, area, entry, decoded.pfn, word, at, found);
    if (verdict.page === undefined) return;
    if (!context.frames.memmap(verdict.page)) {
      found?.add('frame-beyond-memory', `${word}: it has no struct page`, at);
      return;
    }
    if (this.known.hasFrame(verdict.page)) {
      found?.add('maps-kernel-page', `${word} holds a page table of a process`, at);
      return;
    }
    const facts = this.judge.pages.facts(verdict.page);
    if (!facts.ok) {
      recount.missed++;
      return;
    }
    if (this.isUnmappable(facts.value, word, at, found)) return;
    if (isHugetlb(context.form, area)) return;
    this.exclusive(context, entry, facts.value, word, at, found);
    if (mustNotWrite(area, facts.value) && this.marked(context, entry, 'write')) {
      found?.add('writable-not-allowed', word, at);
    }
    addPages(context, recount, counterOf(facts.value), entry);
    this.mapped.add(verdict.page, pagesOf(context, entry));
  }

  private zeroPage(
    context: WalkContext,
    area: MappedArea,
    entry: JudgedEntry,
    frame: Pfn,
    word: string,
    at: FindingEvidence,
    found: Findings | undefined,
  ): void {
    const { frames, kernel } = context;
    const isHuge = entry.level !== 'pte' && frames.isHugeZeroHead(frame);
    if (!isHuge && !(entry.level === 'pte' && frames.isZero(frame))) return;
    const raw = entry.verdict?.because.includes('special-pfnmap') === true;
    if (raw) return;
    if (this.marked(context, entry, 'write') === true) found?.add('zero-page-writable', word, at);
    // Huge ones have had the mark since a patch of 6.18's; small ones always had.
    const wantsMark = !isHuge || kernel.has('huge-zero-pmd-special');
    const level = isHuge ? 'pmd' : 'pte';
    if (wantsMark && kernel.hasSpecial(level) && !this.marked(context, entry, 'special')) {
      // Before 6.12 drivers could insert the zeropage as a page.
      const mayBe = !isHuge && area.ops !== null && !kernel.has('zeropage-support');
      found?.add('zero-page-not-special', word, at, mayBe);
    }
  }

  private isUnmappable(
    facts: PageFacts,
    word: string,
    at: FindingEvidence,
    found: Findings | undefined,
  ): boolean {
    const { refcount, type, flagNames } = facts;
    if (flagNames.includes('slab') || (type !== null && KERNEL_TYPES.includes(type))) {
      found?.add('maps-kernel-page', `${word} is of type ${type ?? 'slab'}`, at);
    } else if (type === 'buddy' || refcount === 0) {
      const why = type === 'buddy' ? 'the allocator has it' : 'nobody refers to it';
      found?.add('maps-free-page', `${word}: ${why}`, at);
    } else return false;
    return true;
  }

  private exclusive(
    context: WalkContext,
    entry: JudgedEntry,
    facts: PageFacts,
    word: string,
    at: FindingEvidence,
    found: Findings | undefined,
  ): void {
    if (!this.knowsExclusive || facts.owner !== 'anon') return;
    if (isExclusive(this.judge.pages, facts)) return;
    if (this.marked(context, entry, 'write') !== true) return;
    found?.add('anon-writable-shared', word, at);
  }

  private absent(
    context: WalkContext,
    area: MappedArea,
    entry: JudgedEntry,
    decoded: AbsentEntry,
    evidence: FindingEvidence,
    recount: Recount,
    reports: boolean,
  ): void {
    const fault = this.swapFault(decoded);
    if (fault !== undefined && reports) {
      const [id, why] = fault;
      this.findings.add(id, `${entry.level} ${hex(entry.raw)}: ${why}`, evidence);
    }
    if (isHugetlb(context.form, area)) return;
    const { what, pfn } = decoded;
    if (what === 'swap') addPages(context, recount, 'MM_SWAPENTS', entry);
    if (pfn === undefined || !(what.startsWith('migration') || what.startsWith('device'))) return;
    const facts = this.judge.pages.facts(pfn);
    if (!facts.ok) recount.missed++;
    else addPages(context, recount, counterOf(facts.value), entry);
    if (what.startsWith('device-private')) this.mapped.add(pfn, pagesOf(context, entry));
  }

  private marked({ form }: WalkContext, { level, raw }: JudgedEntry, name: string) {
    const decides = form.deciding(level);
    return isAbsentHelper(form.helper(decides, name)) ? undefined : form.is(decides, name, raw);
  }
}

/**
 * maybe_mkwrite() (include/linux/mm.h): nothing is mapped writable without VM_WRITE; and private
 * mappings write to copies, never to pages of the file. What drivers map by themselves is not judged.
 */
function mustNotWrite({ flags }: MappedArea, { owner }: PageFacts): boolean {
  if (owner === 'none') return false;
  return (flags & VM_WRITE) === 0n || (owner === 'file' && (flags & VM_SHARED) === 0n);
}

const pagesOf = ({ form }: WalkContext, { start, end }: JudgedEntry): number =>
  Number((end - start) >> BigInt(form.definition.pageShift));

/** mm_counter() (include/linux/mm.h). */
function counterOf({ owner, flagNames }: PageFacts): string {
  if (owner === 'anon' || owner === 'ksm') return 'MM_ANONPAGES';
  return flagNames.includes('swapbacked') ? 'MM_SHMEMPAGES' : 'MM_FILEPAGES';
}

function addPages(context: WalkContext, { pages }: Recount, counter: string, entry: JudgedEntry) {
  pages.set(counter, (pages.get(counter) ?? 0n) + BigInt(pagesOf(context, entry)));
}
