import {
  type Frames,
  type MappedEntry,
  type MappingLevel,
  type Pfn,
  pfn,
  VM_MAYWRITE,
  VM_MIXEDMAP,
  VM_PFNMAP,
  VM_SHARED,
  type Vma,
  virtAddr,
} from '@pagewright/core';

/** Kinds of VMA in the rules matrix (SPEC 18.3). */
export type MatrixVma = 'anon' | 'pfn_sh' | 'pfn_cow' | 'mix_sh' | 'xen' | 'dax';

/** One row of the rules matrix: an entry in a VMA. */
export interface Situation {
  /** Its number in SPEC 18.3, without the letter of the class. */
  readonly number: number;
  readonly level: MappingLevel;
  readonly vma: MatrixVma;
  /** Bytes from the start of the VMA to the address. */
  readonly offset: bigint;
  readonly entry: MappedEntry;
  /** The frame is anonymous memory. */
  readonly anon: boolean;
}

/** What an entry is: its pfn, then `special`, `devmap` and `anon` as in SPEC 18.3. */
type Row = readonly [level: MappingLevel, vma: MatrixVma, entry: string, offset?: bigint];

const AT_3000 = 0x3000n;

/** The rows of SPEC 18.3, class S, by number; the other classes show a part of them. */
const ROWS: readonly Row[] = [
  ['pte', 'anon', '0x3000'],
  ['pte', 'anon', '0x200 special'],
  ['pte', 'anon', '0x200'],
  ['pte', 'anon', '0x3000 special'],
  ['pte', 'anon', '0x300000'],
  ['pte', 'anon', '0x108000'],
  ['pte', 'anon', '0x40007'],
  ['pte', 'pfn_sh', '0x5003 special', AT_3000],
  ['pte', 'pfn_sh', '0x300000 special'],
  ['pte', 'pfn_sh', '0x3000'],
  ['pte', 'pfn_cow', '0x5003 special', AT_3000],
  ['pte', 'pfn_cow', '0x7777 anon', AT_3000],
  ['pte', 'pfn_cow', '0x5003 anon', AT_3000],
  ['pte', 'pfn_cow', '0x7777', AT_3000],
  ['pte', 'pfn_cow', '0x200'],
  ['pte', 'pfn_cow', '0x300000'],
  ['pte', 'mix_sh', '0x3000'],
  ['pte', 'mix_sh', '0x3000 special'],
  ['pte', 'mix_sh', '0x200 special'],
  ['pte', 'mix_sh', '0x200'],
  ['pte', 'mix_sh', '0x108000 special'],
  ['pte', 'mix_sh', '0x108000'],
  ['pte', 'mix_sh', '0x300000'],
  ['pte', 'xen', '0x300000 special'],
  ['pte', 'xen', '0x3000'],
  ['pte', 'dax', '0x180000 special devmap'],
  ['pte', 'dax', '0x180000 special'],
  ['pte', 'dax', '0x180000'],
  ['pte', 'dax', '0x200 special'],
  ['pmd', 'anon', '0x3000'],
  ['pmd', 'anon', '0x40000'],
  ['pmd', 'anon', '0x40000 special'],
  ['pmd', 'anon', '0x3000 special'],
  ['pmd', 'anon', '0x300000'],
  ['pmd', 'pfn_sh', '0x5000 special'],
  ['pmd', 'pfn_sh', '0x6000'],
  ['pmd', 'pfn_cow', '0x6000'],
  ['pmd', 'pfn_cow', '0x6000 anon'],
  ['pmd', 'mix_sh', '0x40000'],
  ['pmd', 'mix_sh', '0x108000'],
  ['pmd', 'mix_sh', '0x300000'],
  ['pmd', 'mix_sh', '0x6000 special'],
  ['pmd', 'dax', '0x180000 devmap'],
  ['pmd', 'dax', '0x180000'],
  ['pud', 'pfn_sh', '0x80000 special'],
  ['pud', 'dax', '0x180000'],
  ['pud', 'anon', '0x80000 special'],
];

/** All situations, in the order of SPEC 18.3. */
export const SITUATIONS: readonly Situation[] = ROWS.map(([level, vma, entry, offset], number) => {
  const [at = '0', ...marks] = entry.split(' ');
  const special = marks.includes('special');
  const devmap = marks.includes('devmap');
  return {
    number,
    level,
    vma,
    offset: offset ?? 0n,
    entry: { pfn: pfn(BigInt(at)), special, devmap },
    anon: marks.includes('anon'),
  };
});

const FLAGS: Readonly<Record<MatrixVma, bigint>> = {
  anon: VM_MAYWRITE,
  dax: VM_MAYWRITE | VM_SHARED,
  pfn_sh: VM_PFNMAP | VM_MAYWRITE | VM_SHARED,
  pfn_cow: VM_PFNMAP | VM_MAYWRITE,
  mix_sh: VM_MIXEDMAP | VM_MAYWRITE | VM_SHARED,
  xen: VM_MIXEDMAP | VM_MAYWRITE | VM_SHARED,
};

/** The page that the hook of the `xen` VMA answers, wherever it is asked. */
const GRANTED_PAGE = pfn(0x4321n);

/** The VMA of a situation: it starts at 0x10000000 with vm_pgoff 0x5000 (SPEC 18.3). */
export function situationVma(kind: MatrixVma): Vma {
  return {
    start: virtAddr(0x1000_0000n),
    end: virtAddr(0x8000_0000n),
    flags: FLAGS[kind],
    pgoff: 0x5000n,
    ops: kind === 'anon' ? null : kind === 'xen' ? { findNormalPage: () => GRANTED_PAGE } : {},
  };
}

/** The memory map of SPEC 18.3, with a hole, one zeropage and the huge zero folio. */
export function situationFrames(anonPfn: Pfn | null): Frames {
  const within = (first: bigint, last: bigint) => (asked: Pfn) => asked >= first && asked <= last;
  const hole = within(0x100000n, 0x10ffffn);
  const highest = pfn(0x1fffffn);
  return {
    memmap: (asked) => asked <= highest && !hole(asked),
    isZero: (asked) => asked === 0x200n,
    isHugeZero: within(0x40000n, 0x401ffn),
    isHugeZeroHead: (asked) => asked === 0x40000n,
    isAnon: (asked) => asked === anonPfn,
    isSlab: () => false,
    highest,
  };
}
