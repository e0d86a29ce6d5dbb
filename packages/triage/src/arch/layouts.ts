import type { LogArch } from './names.js';

/** Where the bits of a last-level entry lie on an architecture without a backend. */
export interface EntryLayout {
  readonly arch: LogArch;
  /** Configuration that it is of, where an architecture has several. */
  readonly name: string;
  readonly wordBits: 32 | 64;
  readonly pageShift: number;
  /** Lowest bit of the frame number, and how many bits it has. */
  readonly pfn: BitRange;
  /** The flags, by the kernel's names. */
  readonly flags: Readonly<Record<string, bigint>>;
  /** Bits of which one is set in every entry that maps, and the one that forbids to look up a page. */
  readonly present: bigint;
  readonly special?: bigint;
  readonly write?: bigint;
  /** Swap type and offset of an entry that maps nothing, since an exclusive bit is beside them. */
  readonly swap?: { readonly type: BitRange; readonly offset: BitRange };
  /** Kernel header that defines it. */
  readonly source: string;
}

/** Lowest bit and number of bits. */
export type BitRange = readonly [low: number, width: number];

/** Layouts, one an architecture: its most common configuration. */
const LAYOUTS: readonly EntryLayout[] = [
  {
    arch: 'i386',
    name: 'i386, two levels',
    wordBits: 32,
    pageShift: 12,
    pfn: [12, 20],
    flags: {
      _PAGE_PRESENT: 1n,
      _PAGE_RW: 2n,
      _PAGE_USER: 4n,
      _PAGE_PWT: 8n,
      _PAGE_PCD: 0x10n,
      _PAGE_ACCESSED: 0x20n,
      _PAGE_DIRTY: 0x40n,
      _PAGE_PAT: 0x80n,
      _PAGE_GLOBAL: 0x100n,
      _PAGE_SPECIAL: 0x200n,
    },
    // _PAGE_PROTNONE is the global bit of an entry that is not present
    present: 0x101n,
    special: 0x200n,
    write: 2n,
    source: 'arch/x86/include/asm/pgtable_types.h',
  },
  {
    arch: 'arm32',
    name: 'ARM, short descriptors, as Linux keeps them',
    wordBits: 32,
    pageShift: 12,
    pfn: [12, 20],
    flags: {
      L_PTE_PRESENT: 1n,
      L_PTE_YOUNG: 2n,
      L_PTE_DIRTY: 0x40n,
      L_PTE_RDONLY: 0x80n,
      L_PTE_USER: 0x100n,
      L_PTE_XN: 0x200n,
      L_PTE_SHARED: 0x400n,
    },
    present: 1n,
    swap: { type: [2, 5], offset: [8, 24] },
    source: 'arch/arm/include/asm/pgtable-2level.h, pgtable.h',
  },
  {
    arch: 'riscv64',
    name: 'RISC-V, 64 bits',
    wordBits: 64,
    pageShift: 12,
    pfn: [10, 44],
    flags: {
      _PAGE_PRESENT: 1n,
      _PAGE_READ: 2n,
      _PAGE_WRITE: 4n,
      _PAGE_EXEC: 8n,
      _PAGE_USER: 0x10n,
      _PAGE_GLOBAL: 0x20n,
      _PAGE_ACCESSED: 0x40n,
      _PAGE_DIRTY: 0x80n,
      _PAGE_SPECIAL: 0x100n,
    },
    // _PAGE_PROT_NONE is the global bit of an entry that is not present
    present: 0x21n,
    special: 0x100n,
    write: 4n,
    source: 'arch/riscv/include/asm/pgtable-bits.h',
  },
  {
    arch: 'ppc32',
    name: 'PowerPC, 32 bits, hashed',
    wordBits: 32,
    pageShift: 12,
    pfn: [12, 20],
    flags: {
      _PAGE_PRESENT: 1n,
      _PAGE_HASHPTE: 2n,
      _PAGE_GUARDED: 8n,
      _PAGE_COHERENT: 0x10n,
      _PAGE_NO_CACHE: 0x20n,
      _PAGE_WRITETHRU: 0x40n,
      _PAGE_DIRTY: 0x80n,
      _PAGE_ACCESSED: 0x100n,
      _PAGE_EXEC: 0x200n,
      _PAGE_SPECIAL: 0x800n,
    },
    present: 1n,
    special: 0x800n,
    swap: { type: [3, 5], offset: [8, 24] },
    source: 'arch/powerpc/include/asm/book3s/32/pgtable.h',
  },
  {
    arch: 'loongarch64',
    name: 'LoongArch, 64 bits, 16 KiB pages',
    wordBits: 64,
    pageShift: 14,
    pfn: [14, 34],
    flags: {
      _PAGE_VALID: 1n,
      _PAGE_DIRTY: 2n,
      _PAGE_GLOBAL: 0x40n,
      _PAGE_PRESENT: 0x80n,
      _PAGE_WRITE: 0x100n,
      _PAGE_MODIFIED: 0x200n,
      _PAGE_PROTNONE: 0x400n,
      _PAGE_SPECIAL: 0x800n,
      _PAGE_NO_READ: 1n << 61n,
      _PAGE_NO_EXEC: 1n << 62n,
    },
    present: 0x480n,
    special: 0x800n,
    write: 0x100n,
    source: 'arch/loongarch/include/asm/pgtable-bits.h',
  },
  {
    arch: 'openrisc',
    name: 'OpenRISC',
    wordBits: 32,
    pageShift: 13,
    pfn: [13, 19],
    flags: {
      _PAGE_PRESENT: 1n,
      _PAGE_CI: 2n,
      _PAGE_WBC: 4n,
      _PAGE_WOM: 8n,
      _PAGE_A: 0x10n,
      _PAGE_D: 0x20n,
      _PAGE_URE: 0x40n,
      _PAGE_UWE: 0x80n,
      _PAGE_SRE: 0x100n,
      _PAGE_SWE: 0x200n,
      _PAGE_EXEC: 0x400n,
    },
    present: 1n,
    write: 0x80n,
    swap: { type: [5, 6], offset: [12, 20] },
    source: 'arch/openrisc/include/asm/pgtable.h',
  },
];

/** The layout of an architecture; undefined where the table has none. */
export const layoutOf = (arch: LogArch | 'unknown'): EntryLayout | undefined =>
  LAYOUTS.find((layout) => layout.arch === arch);
