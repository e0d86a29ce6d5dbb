import type { FormCapabilities } from '@pagewright/conformance';
import type { AbsentKind, Hex, MappingLevel } from '@pagewright/core';
import type {
  BoundLoss,
  ClassCounts,
  ExitWord,
  FlipClass,
  FlippedKind,
  HitUse,
  InsertionAnswer,
  Place,
  ReportCounts,
  TableCheck,
} from '@pagewright/mm/matrices';

/** What `matrix` answers: what each form can do. */
export type FormsOutput = {
  readonly schema: 'pagewright/matrix/1';
  readonly forms: readonly FormCapabilities[];
};

/** What `matrix --rules` answers: the rows of SPEC 18.3. */
export type RulesOutput = {
  readonly schema: 'pagewright/matrix/1';
  readonly rules: {
    readonly revisions: readonly string[];
    readonly classes: readonly RulesClassData[];
  };
};

/** Architectures by the levels at which the special mark works. */
export type RulesClassData = {
  readonly class: string;
  readonly meaning: string;
  readonly rows: readonly RulesRowData[];
};

/** A situation, and the answer of each revision. */
export type RulesRowData = {
  /** Name in SPEC 18.3: `S12`, `S-30`, `N4`. */
  readonly id: string;
  readonly level: MappingLevel;
  readonly vma: string;
  readonly offset: Hex;
  /** The entry in words: `0x200 special`. */
  readonly entry: string;
  readonly answers: readonly RulesAnswerData[];
};

/** One answer. */
export type RulesAnswerData = {
  readonly kernel: string;
  /** In the short form of SPEC 18.3. */
  readonly answer: string;
  /** Ids of rules. */
  readonly because: readonly string[];
  readonly warns: readonly string[];
};

/** What `matrix --flips` answers: what each kernel makes of every flipped bit of an entry. */
export type FlipsOutput = {
  readonly schema: 'pagewright/matrix/1';
  readonly flips: {
    readonly form: string;
    /** Where memory lies. */
    readonly memory: string;
    /** highest_memmap_pfn. */
    readonly highest: Hex;
    /** Slots of the swap file. */
    readonly swapSlots: number;
    /** Kernels that answer alike together. */
    readonly kernels: readonly KernelFlipsData[];
    /** What RFC patch 1 takes away; empty unless the kernels around it are among those asked. */
    readonly lost: readonly BoundLoss[];
    /** The same of PMDs. */
    readonly pmd: readonly KernelPmdFlipsData[];
  };
};

/** What kernels make of PTEs. */
export type KernelFlipsData = {
  readonly kernels: readonly string[];
  readonly entries: readonly FlippedEntryData[];
};

/** What kernels make of PMDs; `swap` is a migration entry there. */
export type KernelPmdFlipsData = {
  readonly kernels: readonly string[];
  readonly entries: readonly FlippedPmdData[];
};

/** A PMD and all its flips. */
export type FlippedPmdData = {
  readonly kind: FlippedKind;
  readonly word: Hex;
  /** Flips by class, with DEBUG_VM and without. */
  readonly counts: { readonly debug: ClassCounts; readonly production: ClassCounts };
  /** From bit 0 on. */
  readonly flips: readonly FlipBitData[];
};

/** A PTE and all its flips. */
export type FlippedEntryData = Omit<FlippedPmdData, 'flips'> & {
  /** What is said when the process exits. */
  readonly reports: Readonly<Record<HitUse, ReportCounts>>;
  readonly flips: readonly FlipData[];
};

/** One flipped bit. */
export type FlipBitData = {
  readonly bit: number;
  /** Field of the entry, as it was, that the bit belongs to; empty where none has it. */
  readonly field: string;
  /** `present`, `empty`, or what the absent entry stands for. */
  readonly became: string;
  /** What a kernel with DEBUG_VM makes of it. */
  readonly debug: FlipClass;
  /** What one without makes of it. */
  readonly production: FlipClass;
  readonly word: Hex;
  /** Frame that the flipped entry maps, where it maps one. */
  readonly pfn?: Hex;
  /** Where that frame lies. */
  readonly place?: Place;
  /** What pfn_valid() says of it. */
  readonly pfnValid?: boolean;
  /** Whether pfn_to_online_page() finds it. */
  readonly online?: boolean;
};

/**
 * A flipped bit of a PTE, where the frame that was hit is in nobody's page tables and where another
 * process has it mapped.
 */
export type FlipData = FlipBitData & {
  /** What is said when the process exits, without DEBUG_VM. */
  readonly exit: Readonly<Record<HitUse, readonly ExitWord[]>>;
  /** What the page-table check does. */
  readonly tableCheck: Readonly<Record<HitUse, TableCheck>>;
};

/** What `matrix --insert` answers: what each way to insert an entry answers for each kind of slot. */
export type InsertionOutput = {
  readonly schema: 'pagewright/matrix/1';
  readonly insertion: {
    readonly form: string;
    readonly memory: string;
    readonly levels: readonly InsertionLevelData[];
    /** What entries that are not present are taken for before RFC patch 3. */
    readonly encodings: readonly KernelEncodingsData[];
  };
};

/** A level, and what kernels that answer alike say of it. */
export type InsertionLevelData = {
  readonly level: MappingLevel;
  readonly kernels: readonly {
    readonly kernels: readonly string[];
    readonly primitives: readonly PrimitiveData[];
  }[];
};

/** A way to insert; a kernel without the function has no answers. */
export type PrimitiveData = {
  readonly primitive: string;
  readonly answers: readonly InsertionAnswer[];
};

/** Encodings of kernels that read them alike. */
export type KernelEncodingsData = {
  readonly kernels: readonly string[];
  readonly kinds: readonly EncodingData[];
};

/** A kind of entry that is not present. Counts go beyond what numbers of JSON hold: they are words. */
export type EncodingData = {
  readonly level: 'pte' | 'pmd';
  readonly kind: AbsentKind;
  /** How many types; each has `offsetBits` bits of offsets. */
  readonly types: number;
  readonly offsetBits: number;
  /** All entries, less one where type and offset 0 are the empty entry. */
  readonly entries: Hex;
  /** Entries whose bits match the frame that is inserted: they are edited without a word. */
  readonly matching: Hex;
  /** Entries that read as the zeropage: refused without a word. */
  readonly zero: Hex;
  /** All others: refused with a warning. */
  readonly warning: Hex;
  /** Entries that match some frame of the machine. */
  readonly matchingSome: Hex;
  /**
   * How far the bits of an offset are moved up to be read as a frame number; null where they are
   * moved otherwise.
   */
  readonly shift: number | null;
};
