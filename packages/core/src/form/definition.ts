import type { Expr, Test, Word } from '../expr/word.js';
import type { BitTable } from './bit-table.js';
import type { HeaderGeneration, Level, LevelGeometry } from './level.js';
import type { SwapFormat } from './swap-types.js';

/** Helpers by the kernel's name without the level prefix (`present`, `mkdirty`, `modify`). */
export type HelperTable = Readonly<Record<string, Expr>>;

/** Permissions of a present entry as the processor and the kernel see them. */
export interface Permissions {
  /** The CPU may read through it. */
  readonly read: Test;
  /** It may be written. */
  readonly write: Test;
  /** It may be executed. */
  readonly execute: Test;
  /** User mode has these rights, too. */
  readonly user: Test;
}

/**
 * What decode and encode need of a mapping level beside the kernel's own helpers.
 * `attributes` is the entry without the bits that hold its frame, `compose` puts both together
 * again (arguments `pfn` and `entry`, the latter being the attributes).
 */
export interface LeafCodec {
  /** The entry without its frame, over `entry`. */
  readonly attributes: Word;
  /** An entry of a frame and attributes, over `pfn` and `entry`. */
  readonly compose: Word;
  /**
   * The frame of an entry that is known to be a leaf, where that is less work than `pfn`, which must
   * be right for every word. The scanner uses it; a law holds both to one answer.
   */
  readonly frame?: Word;
  readonly permissions: Permissions;
}

/** What an architecture's configuration can do, per level where that is how it differs. */
export interface Supports {
  /** Entries have a soft-dirty bit (CONFIG_HAVE_ARCH_SOFT_DIRTY). */
  readonly softDirty: boolean;
  /** Entries have a userfaultfd write-protect bit (CONFIG_HAVE_ARCH_USERFAULTFD_WP). */
  readonly uffdWp: boolean;
  /** Entries have a devmap bit (CONFIG_ARCH_HAS_PTE_DEVMAP). */
  readonly devmap: boolean;
  /** pte_protnone() is real (NUMA balancing). */
  readonly protnone: boolean;
  /** PMDs can map huge pages of any memory (CONFIG_TRANSPARENT_HUGEPAGE). */
  readonly transparentHugepage: boolean;
  /** So can PUDs (CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE_PUD). */
  readonly pudTransparentHugepage: boolean;
  /** Non-present PMDs can be migration entries. */
  readonly thpMigration: boolean;
  /** Pages can be pinned without locks (CONFIG_HAVE_GUP_FAST). */
  readonly gupFast: boolean;
  /** There are shadow stacks (CONFIG_ARCH_HAS_USER_SHADOW_STACK). */
  readonly shadowStack: boolean;
  /** Huge mappings of files need a page table deposited (arch_needs_pgtable_deposit). */
  readonly pgtableDeposit: boolean;
}

/** CONFIG_PAGE_TABLE_CHECK of an architecture (mm/page_table_check.c). */
export interface PageTableCheck {
  /** First release whose kernel can have it. */
  readonly since: string;
  /** Every present entry is counted; else those that user space may access (s390x cannot tell). */
  readonly everyEntry: boolean;
}

/**
 * One paging form of one header generation, as data. Everything else is derived by `EntryForm`.
 * Names of helpers are the kernel's; expressions take `entry` and, where it applies, `prot`,
 * `pfn`, `other`, `write`, `dirty`, `vmWrite`, `vmShadowStack`; pointer helpers take `mem` and
 * `entry`.
 */
export interface FormDefinition {
  /** What the form is called: `x86_64-la57`. */
  readonly name: string;
  /** The architecture, as its backend is called. */
  readonly arch: string;
  /** Generation of the headers that it was taken from. */
  readonly headers: HeaderGeneration;
  /** One line for lists: what the form is. */
  readonly summary: string;
  /** Bits of an entry. */
  readonly wordBits: 32 | 64;
  readonly byteOrder: 'little' | 'big';
  /** log2 of the bytes of a page. */
  readonly pageShift: number;
  /** Bits of virtual address that the tables translate. */
  readonly addressBits: number;
  /**
   * Which 64-bit addresses the tables translate: those whose unused high bits repeat the highest
   * used one (x86), all zeros or all ones with a root for each half (arm64), or zeros only.
   */
  readonly canonical: 'sign-extended' | 'either-half' | 'unsigned';
  /** Root first; folded levels are listed too. */
  readonly levels: readonly LevelGeometry[];
  /** What the bits of an entry are called. */
  readonly bits: BitTable;
  /** Helpers of an entry, by level. */
  readonly helpers: Readonly<Record<Level, HelperTable>>;
  /** Helpers by full kernel name: pfn_pte, mk_huge_pmd, pte_same, pte_mkwrite, pgprot_noncached. */
  readonly functions: HelperTable;
  /** Helpers that the kernel calls with a pointer, by full kernel name. */
  readonly pointers: Readonly<Record<string, { readonly returns: Word; readonly memory: Word }>>;
  /** Mapping levels: how frame and attributes lie in a leaf. */
  readonly leaves: Readonly<Partial<Record<Level, LeafCodec>>>;
  /**
   * Upper levels where more entries are pointers than pxx_bad() of one configuration lets pass: what
   * is no pointer in any configuration. Kinds are decided by it, the helper stays as it is.
   */
  readonly noPointer?: Readonly<Partial<Record<Level, Test>>>;
  /** Upper levels: physical address of the next table that an entry points to. */
  readonly tables: Readonly<Partial<Record<Level, Word>>>;
  /**
   * The bits by which an upper entry says that the next table lies in frame `pfn`. Left out where
   * they are those of the address itself.
   */
  readonly tableFrameBits?: Word;
  /** How entries that are not present are written. */
  readonly swap: SwapFormat;
  /** vm_get_page_prot() by VM_READ 1, VM_WRITE 2, VM_EXEC 4, VM_SHARED 8: 16 protections. */
  readonly protectionMap: readonly bigint[];
  /** Protections by name (PAGE_NONE, PAGE_KERNEL, ...). */
  readonly namedProtections: Readonly<Record<string, bigint>>;
  /** Optional features that it has. */
  readonly supports: Supports;
  /** Where the architecture has the check of page tables. */
  readonly pageTableCheck?: PageTableCheck;
  /** VM_* flags whose value depends on the form (0n where the form lacks the feature). */
  readonly vmFlags: Readonly<Record<string, bigint>>;
}
