import {
  type AbsentFacts,
  type AbsentKind,
  absentFacts,
  type Bits,
  bits,
  type EntryForm,
  type EntryKind,
  entryKind,
  type Helper,
  holdsSwapValue,
  isAbsentHelper,
  type MappingLevel,
  swapValue,
  swapWord,
} from '@pagewright/core';
import { remembered, WordIds } from './word-ids.js';

declare const entry: unique symbol;
/** A page-table entry by the number that its level's `EntrySpace` gives its word; 0 is empty. */
export type Entry = number & { readonly [entry]: true };
/** A protection (pgprot) by number. */
export type Prot = number;

/** The empty entry of every level. */
export const NONE = 0 as Entry;

/** A test of an entry, named as in the kernel without the level. */
export type EntryTest = (e: Entry) => boolean;
/** A change of an entry, named as in the kernel without the level. */
export type EntryChange = (e: Entry) => Entry;

/** Helpers that every model asks; one that the level lacks is as the generic headers have it. */
const TESTS = [
  'present',
  'write',
  'dirty',
  'young',
  'special',
  'devmap',
  'trans_huge',
  'protnone',
  'soft_dirty',
  'uffd_wp',
  'swp_exclusive',
  'swp_soft_dirty',
  'swp_uffd_wp',
  'uffd_wp_any',
] as const;
const CHANGES = [
  'wrprotect',
  'mkdirty',
  'mkclean',
  'mkyoung',
  'mkold',
  'mkspecial',
  'mkdevmap',
  'mkinvalid',
  'next_pfn',
  'mksoft_dirty',
  'clear_soft_dirty',
  'mkuffd_wp',
  'clear_uffd_wp',
  'swp_mkexclusive',
  'swp_clear_exclusive',
  'swp_mksoft_dirty',
  'swp_clear_soft_dirty',
  'swp_mkuffd_wp',
  'swp_clear_uffd_wp',
] as const;

/** Names of the tests that an entry space keeps tables of. */
export type TestName = (typeof TESTS)[number];
/** Names of the changes that it does. */
export type ChangeName = (typeof CHANGES)[number];

/**
 * Entries of one level of a form: real words, each computed with once. The kernel's helpers are
 * tables over numbers, so that a step of the model costs a look-up.
 */
export class EntrySpace {
  readonly is: Readonly<Record<TestName, EntryTest>>;
  readonly to: Readonly<Record<ChangeName, EntryChange>>;
  private readonly ids: WordIds;
  private readonly made = new Map<number, Entry>();
  private readonly modified = new Map<number, Entry>();
  private readonly absents: (AbsentFacts | undefined)[] = [];
  private readonly kinds: (EntryKind | undefined)[] = [];
  private readonly kindOf: (e: Entry) => EntryKind;
  readonly pfn: (e: Entry) => number;

  constructor(
    readonly form: EntryForm,
    readonly level: MappingLevel,
    private readonly prots: WordIds,
    empty: Bits,
    /** The kernel is built with the level's special mark; else pxx_special() is constantly false. */
    hasSpecial: boolean,
  ) {
    this.ids = new WordIds(empty);
    const test = (name: TestName): EntryTest => {
      const helper = this.helper(name);
      if (helper === undefined || (name === 'special' && !hasSpecial)) return () => false;
      const known = remembered((e: Entry) => (helper.bits(this.ids.word(e)) ? 1 : 0));
      return (e) => known(e) === 1;
    };
    const change = (name: ChangeName): EntryChange => {
      const helper = this.helper(name);
      if (helper === undefined || (name === 'mkspecial' && !hasSpecial)) return (e) => e;
      return remembered((e: Entry) => this.of(helper.bits(this.ids.word(e)) as bigint));
    };
    this.is = Object.fromEntries(TESTS.map((name) => [name, test(name)])) as never;
    this.to = Object.fromEntries(CHANGES.map((name) => [name, change(name)])) as never;
    this.pfn = remembered((e: Entry) => Number(this.require('pfn').bits(this.ids.word(e))));
    this.kindOf = (e) => {
      const known = this.kinds[e];
      if (known !== undefined) return known;
      const kind = entryKind(form, level, this.word(e));
      this.kinds[e] = kind;
      return kind;
    };
    this.mkwrite = remembered((e: Entry) => this.of(this.writable(this.ids.word(e))));
  }

  /** pte_mkwrite() of a VMA that is no shadow stack. */
  readonly mkwrite: EntryChange;

  /** The entry of a word. */
  of(word: bigint): Entry {
    return this.ids.id(word) as Entry;
  }

  /** The word of an entry. */
  word(e: Entry): Bits {
    return bits(this.ids.word(e));
  }

  /** Empty, leaf, table, absent or invalid. */
  kind(e: Entry): EntryKind {
    return e === NONE ? 'none' : this.kindOf(e);
  }

  /** mk_pte(), mk_huge_pmd() and their like: a leaf of exactly these bits. */
  leaf(pfn: number, prot: Prot): Entry {
    const key = pfn * 4096 + prot;
    let found = this.made.get(key);
    if (found === undefined) {
      const huge = this.level === 'pte' ? 'pfn_pte' : `mk_huge_${this.level}`;
      const word = this.call(this.form.function(huge), {
        pfn: BigInt(pfn),
        prot: this.prots.word(prot),
      });
      found = this.of(word);
      this.made.set(key, found);
    }
    return found;
  }

  /** pte_modify(): other permissions, the rest kept. */
  modify(e: Entry, prot: Prot): Entry {
    const key = e * 4096 + prot;
    let found = this.modified.get(key);
    if (found === undefined) {
      const helper = this.require('modify');
      found = this.of(this.call(helper, { entry: this.ids.word(e), prot: this.prots.word(prot) }));
      this.modified.set(key, found);
    }
    return found;
  }

  /** What a non-present entry stands for. The entry must be one. */
  absent(e: Entry): AbsentFacts {
    let facts = this.absents[e];
    if (facts === undefined) {
      const { level } = this;
      facts = holdsSwapValue(this.form, level)
        ? absentFacts(this.form, swapValue(this.form, level, this.word(e)))
        : { what: 'unknown' };
      this.absents[e] = facts;
    }
    return facts;
  }

  /** The same offset and flags under another kind: a writable entry made readable. */
  turned(e: Entry, what: AbsentKind): Entry {
    const { level, form } = this;
    const type = form.definition.swap.types.numbers[what];
    if (type === undefined || !holdsSwapValue(form, level)) return e;
    const { offset } = swapValue(form, level, this.word(e));
    let made = this.of(swapWord(form, level, { type, offset }));
    if (this.is.swp_soft_dirty(e)) made = this.to.swp_mksoft_dirty(made);
    return this.is.swp_uffd_wp(e) ? this.to.swp_mkuffd_wp(made) : made;
  }

  /** swp_offset() of a true swap entry. */
  swapOffset(e: Entry): number {
    const { level } = this;
    if (!holdsSwapValue(this.form, level)) return -1;
    return Number(swapValue(this.form, level, this.word(e)).offset);
  }

  /** swp_type() of a true swap entry: its swap file. */
  swapFile(e: Entry): number {
    const { level } = this;
    return holdsSwapValue(this.form, level) ? swapValue(this.form, level, this.word(e)).type : -1;
  }

  /** make_*_entry(): a non-present entry; undefined where the form has no such kind. */
  makeAbsent(what: AbsentKind, offset: number, swapFile = 0): Entry | undefined {
    const { level } = this;
    const type = what === 'swap' ? swapFile : this.form.definition.swap.types.numbers[what];
    if (type === undefined || !holdsSwapValue(this.form, level)) return undefined;
    return this.of(swapWord(this.form, level, { type, offset: BigInt(offset) }));
  }

  private writable(word: bigint): bigint {
    const own = this.form.function(`${this.level}_mkwrite`);
    if (!isAbsentHelper(own)) return this.call(own, { entry: word });
    // Levels that shadow stacks do not reach have but the one form.
    const helper = this.helper('mkwrite_novma') ?? this.require('mkwrite');
    return this.call(helper, { entry: word });
  }

  /** Calls a helper with arguments by name; flags that are not named are false. */
  private call(helper: ReturnType<EntryForm['function']>, by: Record<string, bigint>): bigint {
    if (isAbsentHelper(helper)) throw new Error(`${this.form.name} has no ${helper.name}()`);
    return helper.bits(...helper.params.map((name) => by[name] ?? false)) as bigint;
  }

  private helper(name: string): Helper | undefined {
    const found = this.form.helper(this.level, name);
    return isAbsentHelper(found) ? undefined : found;
  }

  private require(name: string): Helper {
    const found = this.helper(name);
    if (found === undefined) throw new Error(`${this.form.name} has no ${this.level}_${name}()`);
    return found;
  }
}
