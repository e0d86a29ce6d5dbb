import type { Hex, Verdict } from '@pagewright/core';
import type { LogArch } from './arch/names.js';
import type { EntryReading } from './decode/reading.js';
import type { Cause, Confidence, KnownFix } from './diagnose/diagnosis.js';
import type { IncidentKind, LogLevel } from './incident.js';

/** What was found in a log, as JSON has it. */
export type TriageData = {
  readonly schema: 'pagewright/triage/1';
  /** Lines that were read. */
  readonly lines: number;
  /** Incidents beyond what is kept. */
  readonly dropped: number;
  readonly incidents: readonly IncidentData[];
};

/** First and last line, from 1. */
export type LineSpan = readonly [number, number];

/** An incident as JSON has it. */
export type IncidentData = {
  readonly id: number;
  readonly lines: LineSpan;
  /** What kind of report it starts with; `warn_mm_<file>` for warnings of mm. */
  readonly kind: IncidentKind;
  /** The architecture that the log shows. */
  readonly arch: LogArch | 'unknown';
  /** Those that it may be, where the log does not show which. */
  readonly archCandidates: readonly { readonly arch: LogArch; readonly ground: string }[];
  /** The backend's form that read the entries; null with `layout` when nobody can read them. */
  readonly form: string | null;
  /** The small table that read them, where there is no backend. */
  readonly layout: string | null;
  /** Release as the log says it, or the oldest that prints so (`6.18 or later`). */
  readonly kernel: string | null;
  /** Whose rules judge. */
  readonly revision: string | null;
  readonly process: string | null;
  /** Id of the incident that explains this one; then `diagnoses` is empty. */
  readonly follows?: number;
  /** Entries that were printed, those of `more` included, each once. */
  readonly entries: readonly LogEntryData[];
  readonly vma: LogVmaData | null;
  readonly page: LogPageData | null;
  readonly address: Hex | null;
  /** Where in the kernel it was noticed. */
  readonly place: string | null;
  readonly reason: string | null;
  /** Swap entries that were printed. */
  readonly swap: readonly { readonly what: string; readonly entry: Hex }[];
  /** Functions of the call trace. */
  readonly stack: readonly string[];
  /** RSS counters that were left, with their values. */
  readonly counters: readonly { readonly name: string; readonly value: number }[];
  /** Further reports of the same damage. */
  readonly more: readonly LineSpan[];
  /** Such reports beyond what is kept. */
  readonly dropped: number;
  /** What the kernel takes the reported entry for. */
  readonly verdict: LogVerdictData | null;
  /** What may have happened, the likeliest first. */
  readonly diagnoses: readonly DiagnosisData[];
};

/** A printed entry. */
export type LogEntryData = {
  readonly level: LogLevel;
  readonly raw: Hex;
  /** The one that was reported, not one that was printed beside it. */
  readonly reported: boolean;
  readonly line: number;
  readonly column: number;
  readonly decoded: LogReadingData;
};

/** What a printed entry says. */
export type LogReadingData = {
  readonly kind: EntryReading['kind'];
  readonly sentence: string;
  readonly flags: readonly string[];
  readonly pfn: Hex | null;
  /** Table that it points to. */
  readonly next: Hex | null;
  readonly swap: { readonly what: string; readonly type: number; readonly offset: Hex } | null;
  /** Who says so. */
  readonly by: EntryReading['by'];
  /** Name and source of the encoding; empty for nobody's. */
  readonly source: string;
};

/** What a report says of the VMA; pointers that were hashed are null. */
export type LogVmaData = {
  readonly line: number;
  readonly addr: Hex | null;
  readonly flags: Hex | null;
  readonly flagNames: readonly string[];
  readonly anonVma: Hex | null;
  readonly mapping: Hex | null;
  readonly index: Hex | null;
  readonly file: string | null;
  /** Operations that it names. */
  readonly handlers: readonly { readonly name: string; readonly function: string }[];
};

/** What a report says of the page (dump_page()); pointers that were hashed are null. */
export type LogPageData = {
  readonly line: number;
  readonly pfn: Hex | null;
  readonly refcount: number | null;
  readonly mapcount: number | null;
  readonly mapping: Hex | null;
  readonly index: Hex | null;
  readonly flags: Hex | null;
  readonly flagNames: readonly string[];
  readonly kinds: readonly string[];
  readonly pageType: string | null;
  readonly order: number | null;
  /** Why it was printed. */
  readonly because: string | null;
  /** Words of struct page. */
  readonly raw: readonly Hex[];
};

/** What `vm_normal_page()` makes of the reported entry. */
export type LogVerdictData = {
  readonly kernel: string;
  readonly answer: Verdict['answer'];
  readonly because: readonly {
    readonly id: string;
    readonly sentence: string;
    readonly source: { readonly kernel: string; readonly spec: string };
  }[];
  /** What the log does not say and is taken for granted. */
  readonly assumed: readonly string[];
};

/** What may have happened. */
export type DiagnosisData = {
  readonly cause: Cause;
  /** The finer reading. */
  readonly finding: string;
  /** `certain` only where the log itself proves it. */
  readonly confidence: Confidence;
  readonly sentence: string;
  /** Signs for and against it. */
  readonly because: readonly {
    readonly rule: string;
    readonly speaks: 'for' | 'against';
    readonly sentence: string;
    readonly line: number | null;
  }[];
  /** What to do next. */
  readonly next: readonly string[];
  /** Commits that mend something that looks alike. */
  readonly fixes: readonly KnownFix[];
};
