import type { Result } from '../outcome.js';
import { bitsTruncated, type PhysAddr, physAddr, type VirtAddr } from '../units.js';
import { entryAt } from './entry-at.js';
import type { EntryForm } from './form.js';

/** Numbers that VMCOREINFO gives, by the name between its brackets; absent where it has none. */
export interface VmcoreNumbers {
  /** `SYMBOL(name)`: an address, for arrays and pointers the value. */
  symbol(name: string): bigint | undefined;
  /** `NUMBER(name)`, with its sign. */
  number(name: string): bigint | undefined;
  /** `SIZE(type)` in bytes. */
  size(type: string): number | undefined;
  /** A line without brackets in hexadecimal: `KERNELOFFSET`, `IDENTITYBASE`. */
  hexadecimal(key: string): bigint | undefined;
}

/** What a kernel's own address space is found from. */
export interface KernelFacts {
  /** The form that the dump's facts chose (`ArchBackend.formFromDump`). */
  readonly form: EntryForm;
  readonly vmcoreinfo: VmcoreNumbers;
  /**
   * Address of a kernel symbol, once the symbol table has been read. Without it a layout has what
   * VMCOREINFO alone can tell: enough to read the symbol table through the page tables.
   */
  readonly symbol?: (name: string) => VirtAddr | undefined;
  /** Bytes of physical memory, undefined where the dump has none. May be a view that is reused. */
  readonly probe: (address: PhysAddr, length: number) => Uint8Array | undefined;
}

/** Addresses that lie in memory as they follow each other. */
export interface LinearRun {
  /** Name for people: `kernel image`, `direct map`. */
  readonly name: string;
  readonly start: VirtAddr;
  /** One past the last address; may be 2^64. */
  readonly end: bigint;
  /** Where `start` lies; what follows is counted modulo 2^64, as the kernel counts. */
  readonly physical: bigint;
}

/** A kernel's own address space: what reads its virtual addresses out of physical memory. */
export interface KernelLayout {
  /** Form of the kernel's own tables. */
  readonly form: EntryForm;
  /** The kernel's root table, as far as `form` looks into it. */
  readonly root: PhysAddr;
  /** Runs that need no table. Every other address goes through the tables. */
  readonly runs: readonly LinearRun[];
  /** First address of the direct map (linear map, identity), where it is known. */
  readonly pageOffset?: VirtAddr;
  /** Address of the struct page of frame 0 (SPARSEMEM_VMEMMAP), where it is known. */
  readonly vmemmap?: VirtAddr;
  /** Physical address behind an address of one of the runs. */
  directMap(address: bigint): PhysAddr | undefined;
}

/**
 * Finds a kernel's address space; every architecture's `/kernel` exports one as `kernelLayout`.
 * Code `undecided` where a fact is missing, with its name.
 */
export type FindKernelLayout = (facts: KernelFacts) => Result<KernelLayout>;

/** Physical address of an address in a run; undefined outside. */
export function physicalInRun(run: LinearRun, address: bigint): PhysAddr | undefined {
  if (address < run.start || address >= run.end) return undefined;
  return physAddr(bitsTruncated(address - run.start + run.physical));
}

/** Completes a layout with the translation of its runs; the first run that has an address answers. */
export function layoutOf(parts: Omit<KernelLayout, 'directMap'>): KernelLayout {
  const directMap = (address: bigint): PhysAddr | undefined => {
    for (const run of parts.runs) {
      const found = physicalInRun(run, address);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return { ...parts, directMap };
}

/** A word of the kernel's at a physical address, in its byte order; undefined where none is. */
export function probeWord({ form, probe }: KernelFacts, address: PhysAddr): bigint | undefined {
  const bytes = probe(address, form.definition.wordBits / 8);
  return bytes === undefined ? undefined : entryAt(form, bytes, 0);
}
