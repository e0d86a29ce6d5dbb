import {
  type AbsentEntry,
  type EntryForm,
  isAbsentHelper,
  type Pfn,
  type Problem,
  type Result,
  VM_PFNMAP,
  vmConstant,
} from '@pagewright/core';
import type { Kernel } from '../kernel.js';
import { type JudgedEntry, judgedEntries, type WalkContext } from '../stream.js';
import type { MappedArea } from '../vma/vmas.js';
import { type AccountedPages, account, type EntryState } from './account.js';
import type { SmapsBehaviour } from './behaviour.js';
import { SharedTables } from './hugetlb-tables.js';
import { MappedPages } from './mapped-pages.js';
import type { ShmemSwap } from './shmem-swap.js';
import { type MemorySizes, noSizes, share } from './sizes.js';
import { SwapSlots } from './swap-slots.js';

/** What could not be counted, because the dump lacks it or it makes no sense. */
export interface Uncounted {
  /** Entries whose pages, tables or swap slots could not be read. */
  readonly entries: number;
  readonly first: Problem;
}

/** Sizes of an area as far as they could be counted. */
export interface CountedArea {
  readonly sizes: MemorySizes;
  readonly uncounted?: Uncounted;
}

/** What is known of an area before it is walked. */
export interface AreaKind {
  /** Bytes of a hugetlb page; absent for other memory. */
  readonly hugetlbBytes?: number;
  readonly isDax: boolean;
  readonly shmem?: ShmemSwap;
}

/** Walks areas as smaps does and adds up what their entries map (smap_gather_stats()). */
export class AreaWalk {
  private readonly pages: MappedPages;
  private readonly slots: SwapSlots;
  private readonly sharedTables: SharedTables;

  constructor(
    private readonly kernel: Kernel,
    pages: ConstructorParameters<typeof MappedPages>[1],
    private readonly behaviour: SmapsBehaviour,
  ) {
    this.pages = new MappedPages(kernel, pages);
    this.slots = new SwapSlots(kernel);
    this.sharedTables = new SharedTables(kernel);
  }

  count(context: WalkContext, area: MappedArea, kind: AreaKind): CountedArea {
    const count = new AreaCount(this.kernel, context, area, kind);
    const isWalked = (area.flags & VM_PFNMAP) === 0n || this.behaviour.walksPfnMappings;
    const entries = judgedEntries(context, area);
    if (!entries.ok) count.miss(entries.problem);
    else if (isWalked) for (const entry of entries.value) this.add(count, entry);
    return count.result();
  }

  private add(count: AreaCount, entry: JudgedEntry): void {
    const { decoded, level, problem } = entry;
    if (problem !== undefined) count.miss(problem);
    else if (count.kind.hugetlbBytes !== undefined) this.addHugetlb(count, entry);
    else if (decoded.kind === 'none') count.addHole(entry);
    else if (decoded.kind === 'leaf') this.addLeaf(count, entry);
    else if (decoded.kind === 'absent') {
      if (decoded.what === 'swap') this.addSwapped(count, decoded);
      else if (decoded.pfn !== undefined) {
        const state = this.stateOfAbsent(count, decoded);
        if (level === 'pte') count.addPages(this.pages.single(decoded.pfn), state);
        else count.addHuge(this.pages.whole(decoded.pfn), state);
      }
    }
  }

  /** smaps_pte_entry() and smaps_pmd_entry(); the walk has no eye for larger leaves. */
  private addLeaf(count: AreaCount, entry: JudgedEntry): void {
    const { decoded, level, verdict } = entry;
    if (decoded.kind !== 'leaf' || verdict === undefined) return;
    if (level === 'pte') {
      if (verdict.page !== undefined) {
        count.addPages(this.pages.single(verdict.page), count.stateOf(entry));
      }
      return;
    }
    if (level !== 'pmd') return;
    const page = this.behaviour.asksNormalPmd ? verdict.page : count.followed(entry);
    if (page !== undefined) count.addHuge(this.pages.whole(page), count.stateOf(entry));
  }

  private stateOfAbsent({ locked }: AreaCount, { what }: AbsentEntry): EntryState {
    const state = { young: false, dirty: false, locked };
    if (this.behaviour.absentIsShared) {
      return what.startsWith('device-private') ? state : { ...state, uncounted: 'shared' };
    }
    return what.startsWith('migration') ? { ...state, uncounted: 'private' } : state;
  }

  private addSwapped(count: AreaCount, { type, offset }: AbsentEntry): void {
    const references = this.slots.references(type, offset);
    if (!references.ok) count.miss(references.problem);
    count.addSwap(references.ok ? references.value : 1);
  }

  /** smaps_hugetlb_range(): asked once for each page, whatever number of slots it takes. */
  private addHugetlb(count: AreaCount, entry: JudgedEntry): void {
    const bytes = count.kind.hugetlbBytes ?? 0;
    const { decoded, level, start, table } = entry;
    const hasPage = decoded.kind === 'leaf' || decoded.kind === 'absent';
    if (!hasPage || decoded.pfn === undefined || start % BigInt(bytes) !== 0n) return;
    const facts = this.pages.facts(decoded.pfn);
    if (!facts.ok) count.miss(facts.problem);
    const isCounted = decoded.kind === 'leaf' || !this.behaviour.absentIsShared;
    const isShared =
      !isCounted ||
      (facts.ok && facts.value.mapcount >= 2) ||
      (level === 'pmd' && this.sharedTables.isShared(table));
    count.sizes[isShared ? 'sharedHugetlb' : 'privateHugetlb'] += bytes;
  }
}

/** An area while it is being counted. */
class AreaCount {
  readonly sizes = noSizes();
  readonly locked: boolean;
  private readonly form: EntryForm;
  private missed = 0;
  private first: Problem | undefined;

  constructor(
    kernel: Kernel,
    readonly context: WalkContext,
    area: MappedArea,
    readonly kind: AreaKind,
  ) {
    this.form = context.form;
    const mask = vmConstant(kernel.form.definition, 'VM_LOCKED') ?? 0n;
    this.locked = (area.flags & mask) !== 0n;
    this.sizes.swap += kind.shmem?.whole ?? 0;
  }

  miss(problem: Problem): void {
    this.missed++;
    this.first ??= problem;
  }

  result(): CountedArea {
    const { sizes, first } = this;
    return first === undefined ? { sizes } : { sizes, uncounted: { entries: this.missed, first } };
  }

  /** Age and dirt as the entry says. */
  stateOf(entry: JudgedEntry): EntryState {
    const { locked } = this;
    return { young: this.is(entry, 'young'), dirty: this.is(entry, 'dirty'), locked };
  }

  private is({ level, raw }: JudgedEntry, test: string): boolean {
    const { form } = this;
    const decides = form.deciding(level);
    return !isAbsentHelper(form.helper(decides, test)) && form.is(decides, test, raw);
  }

  /** follow_trans_huge_pmd() with FOLL_DUMP: every huge page but protected ones and the zero page. */
  followed(entry: JudgedEntry): Pfn | undefined {
    const { decoded } = entry;
    if (decoded.kind !== 'leaf' || this.is(entry, 'protnone')) return undefined;
    return this.context.frames.isHugeZeroHead(decoded.pfn) ? undefined : decoded.pfn;
  }

  addPages(pages: Result<AccountedPages>, state: EntryState): void {
    if (!pages.ok) this.miss(pages.problem);
    else account(this.sizes, pages.value, state);
  }

  addHuge(pages: Result<AccountedPages>, state: EntryState): void {
    if (pages.ok) {
      const { folio } = pages.value;
      const bytes = 2 ** (this.form.geometry('pmd')?.shift ?? 0);
      if (folio.anon) this.sizes.anonHugePages += bytes;
      else if (folio.swapBacked) this.sizes.shmemPmdMapped += bytes;
      else if (!this.kind.isDax) this.sizes.filePmdMapped += bytes;
    }
    this.addPages(pages, state);
  }

  addSwap(references: number): void {
    const bytes = 2 ** this.form.definition.pageShift;
    this.sizes.swap += bytes;
    this.sizes.swapPss += share(bytes, references);
  }

  addHole({ start, end }: JudgedEntry): void {
    const { shmem } = this.kind;
    if (shmem?.hole !== undefined) this.sizes.swap += shmem.hole(start, end);
  }
}
