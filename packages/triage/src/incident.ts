import type { Bits } from '@pagewright/core';

/** A place in a log: line and column, both from 1. */
export interface LogPlace {
  readonly line: number;
  readonly column: number;
}

/** Something that a log says, and where. */
export interface Field<T> {
  readonly value: T;
  readonly at: LogPlace;
}

/** What kind of report an incident starts with. */
export type IncidentKind =
  | 'bad_p4d'
  | 'bad_page_map'
  | 'bad_page_state'
  | 'bad_pgd'
  | 'bad_pmd'
  | 'bad_pud'
  | 'bad_rss_counter'
  | 'bad_swap_entry'
  | 'corrupted_page_table'
  | 'kernel_bug_rmap'
  | 'oops_pagetable'
  | 'page_table_check'
  | 'vm_bug_on_page'
  | `warn_mm_${string}`
  | 'xen_guest';

/** Levels that logs name, `pte` for what i386 and arm32 call so too. */
export type LogLevel = 'pte' | 'pmd' | 'pud' | 'p4d' | 'pgd';

/** An entry as it was printed. */
export interface LogEntry {
  readonly level: LogLevel;
  readonly raw: Field<Bits>;
  /** Digits that were printed: short ones are of a small word or a small value. */
  readonly digits: number;
  /** The one that was reported, not one that was printed beside it. */
  readonly reported: boolean;
}

/** A pointer as it was printed; null for one that was hashed out of sight or damaged. */
export type LogPointer = Bits | null;

/** The page part of a report (dump_page()). */
export interface LogPage {
  readonly at: LogPlace;
  readonly pfn?: Field<bigint>;
  readonly refcount?: Field<number>;
  readonly mapcount?: Field<number>;
  readonly mapping?: Field<LogPointer>;
  /** In pages. */
  readonly index?: Field<bigint>;
  readonly flags?: Field<bigint>;
  /** Names of the flags, as printed; `anon` and `ksm` are told apart in `kinds`. */
  readonly flagNames: readonly string[];
  readonly kinds: readonly string[];
  readonly pageType?: Field<string>;
  /** Name of the address space's operations: the file system or driver. */
  readonly aops?: Field<string>;
  readonly order?: Field<number>;
  readonly because?: Field<string>;
  /** Words of struct page, in order, and how many digits each was printed with. */
  readonly raw: readonly Bits[];
  readonly rawDigits: number;
}

/** The VMA part of a report. */
export interface LogVma {
  readonly at: LogPlace;
  readonly addr?: Field<Bits>;
  /** Digits that the address was printed with: 8 or 16, as wide as a pointer. */
  readonly addrDigits: number;
  readonly flags?: Field<bigint>;
  readonly anonVma?: Field<LogPointer>;
  readonly mapping?: Field<LogPointer>;
  /** In pages. */
  readonly index?: Field<bigint>;
  /** Name of the mapped file. */
  readonly file?: Field<string>;
  /** Handlers by the name of their field: fault, mmap, mmap_prepare, read_folio. */
  readonly handlers: Readonly<Record<string, Field<string>>>;
}

/** A report as it stands in a log, nothing concluded yet. */
export interface LogReport {
  readonly kind: IncidentKind;
  /** First and last line. */
  readonly lines: readonly [number, number];
  readonly process?: Field<string>;
  readonly pid?: Field<number>;
  readonly entries: readonly LogEntry[];
  readonly vma?: LogVma;
  readonly page?: LogPage;
  /** pfn of `Bad page state`. */
  readonly pfn?: Field<bigint>;
  /** Address of an oops or of a corrupted page table. */
  readonly address?: Field<Bits>;
  /** `Bad swap file|Bad swap offset|Unused swap offset entry`: the kernel's own swap entry. */
  readonly swap: readonly { readonly what: string; readonly entry: Field<Bits> }[];
  /** Counters at exit. */
  readonly counters: readonly { readonly name: string; readonly value: Field<number> }[];
  /** Source file and line of a BUG or WARN. */
  readonly place?: Field<string>;
  /** Functions of the stack, innermost first, without offsets. */
  readonly stack: readonly string[];
  /** Text of a BUG, WARN or reason that no field above holds. */
  readonly reason?: Field<string>;
  /** Error code of an oops, as printed. */
  readonly errorCode?: Field<string>;
  /** How often the same was reported again, and the lines of those. */
  readonly repeats: readonly (readonly [number, number])[];
  /** What is known of the machine around the report. */
  readonly signs: readonly Sign[];
}

/** A word of a log that tells of architecture, paging or kernel, or a message near a report. */
export interface Sign {
  readonly what: 'arch' | 'release' | 'form' | 'taint' | 'hardware' | 'config' | 'near';
  /** `x86_64`, `6.1.0-rc3`, `4k pages, 48-bit VAs` ... */
  readonly value: string;
  /** Why it says so, in a few words. */
  readonly ground: string;
  readonly at: LogPlace;
}
