import { fail, ok, type Result, virtAddr } from '@pagewright/core';
import type { VirtualMemory } from '../virtual-memory.js';
import type { VmcoreInfo } from '../vmcoreinfo.js';
import { addRun, type PageRun } from './runs.js';

/** Bits of section_mem_map below the address (linux/mmzone.h, SECTION_*). */
const PRESENT = 1n << 0n;
const HAS_MEM_MAP = 1n << 1n;
/** Most bits of a section number in any configuration: 52 bits of address, 128 MiB sections. */
const MOST_SECTION_BITS = 25;
/** Sections of an array in the kernel image; configurations with more use SPARSEMEM_EXTREME. */
const MOST_IN_ARRAY = 1 << 16;
/** Longest struct mem_section; the kernel's has 16 or 32 bytes. */
const LONGEST_SECTION = 256;
/** Runs that are kept: without vmemmap one for each section, of 128 MiB or more. */
const MOST_RUNS = 1 << 18;
/** Roots of mem_section that are read at once. */
const ROOTS_AT_ONCE = 512;

/** The sections that have struct pages, as mem_section lists them. */
export interface Sections {
  readonly runs: readonly PageRun[];
  /** The list was broken off or a part of it could not be read. */
  readonly incomplete: boolean;
}

interface Shape {
  readonly roots: number;
  readonly perRoot: number;
  readonly sectionBytes: number;
  readonly mapOffset: number;
  readonly framesPerSection: bigint;
  readonly pageBytes: bigint;
  readonly structSize: bigint;
}

/**
 * Reads mem_section, which SPARSEMEM has with vmemmap and without: an array of sections, or, where
 * it is shorter than there are sections (SPARSEMEM_EXTREME), of pointers to pages of them. Codes:
 * `no-sections` where VMCOREINFO does not describe one, and those of reading.
 */
export function readSections(virtual: VirtualMemory, vmcoreinfo: VmcoreInfo): Result<Sections> {
  const array = vmcoreinfo.symbol('mem_section');
  const shape = shapeOf(virtual, vmcoreinfo);
  if (array === undefined || shape === undefined) {
    return fail('no-sections', 'VMCOREINFO describes no mem_section');
  }
  return shape.perRoot === 1 ? readArray(virtual, array, shape) : readRoots(virtual, array, shape);
}

function readRoots(virtual: VirtualMemory, array: bigint, shape: Shape): Result<Sections> {
  const { wordBytes } = virtual;
  const { roots, perRoot, sectionBytes } = shape;
  const runs: PageRun[] = [];
  let pagesLeft = virtual.memory.byteCount / shape.pageBytes;
  let incomplete = false;
  for (let first = 0; first < roots; first += ROOTS_AT_ONCE) {
    const count = Math.min(ROOTS_AT_ONCE, roots - first);
    const pointers = readCopy(virtual, array + BigInt(first * wordBytes), count * wordBytes);
    if (!pointers.ok) return pointers;
    for (let i = 0; i < count; i++) {
      const root = wordAt(virtual, pointers.value, i * wordBytes);
      if (root === 0n) continue;
      // Roots that share a page are a lie: each has its own, so the dump's pages bound them.
      if (pagesLeft-- <= 0n || runs.length >= MOST_RUNS) return ok({ runs, incomplete: true });
      const page = readCopy(virtual, root, perRoot * sectionBytes);
      if (page.ok) addSections(runs, virtual, page.value, BigInt((first + i) * perRoot), shape);
      else incomplete = true;
    }
  }
  return ok({ runs, incomplete });
}

function readArray(virtual: VirtualMemory, array: bigint, shape: Shape): Result<Sections> {
  const whole = readCopy(virtual, array, shape.roots * shape.sectionBytes);
  if (!whole.ok) return whole;
  const runs: PageRun[] = [];
  addSections(runs, virtual, whole.value, 0n, shape);
  return ok({ runs, incomplete: false });
}

function shapeOf(virtual: VirtualMemory, vmcoreinfo: VmcoreInfo): Shape | undefined {
  const roots = vmcoreinfo.length('mem_section');
  const sectionBytes = vmcoreinfo.size('mem_section');
  const mapOffset = vmcoreinfo.offset('mem_section.section_mem_map');
  const sectionBits = Number(vmcoreinfo.number('SECTION_SIZE_BITS') ?? 0n);
  const physicalBits = Number(vmcoreinfo.number('MAX_PHYSMEM_BITS') ?? 0n);
  const structSize = vmcoreinfo.size('page');
  const { pageShift } = virtual.layout.form.definition;
  const numberBits = physicalBits - sectionBits;
  if (roots === undefined || sectionBytes === undefined || mapOffset === undefined)
    return undefined;
  if (structSize === undefined || structSize === 0 || sectionBits <= pageShift) return undefined;
  if (numberBits < 0 || numberBits > MOST_SECTION_BITS) return undefined;
  if (mapOffset + virtual.wordBytes > sectionBytes || sectionBytes > LONGEST_SECTION)
    return undefined;
  const pageBytes = 2 ** pageShift;
  const count = 2 ** numberBits;
  const perRoot = Math.floor(pageBytes / sectionBytes);
  const isArray = roots === count && count <= MOST_IN_ARRAY;
  if (!isArray && roots !== Math.ceil(count / perRoot)) return undefined;
  return {
    roots,
    perRoot: isArray ? 1 : perRoot,
    sectionBytes,
    mapOffset,
    framesPerSection: 1n << BigInt(sectionBits - pageShift),
    pageBytes: BigInt(pageBytes),
    structSize: BigInt(structSize),
  };
}

/**
 * section_mem_map is coded: the address that frame 0 would have, so that adding any frame of the
 * section gives its struct page (mm/sparse.c, sparse_encode_mem_map).
 */
function addSections(
  runs: PageRun[],
  virtual: VirtualMemory,
  bytes: Uint8Array,
  first: bigint,
  shape: Shape,
): void {
  const { sectionBytes, mapOffset, framesPerSection, pageBytes, structSize } = shape;
  for (let i = 0; (i + 1) * sectionBytes <= bytes.length; i++) {
    const coded = wordAt(virtual, bytes, i * sectionBytes + mapOffset);
    if ((coded & PRESENT) === 0n || (coded & HAS_MEM_MAP) === 0n) continue;
    const firstPfn = (first + BigInt(i)) * framesPerSection;
    const start = BigInt.asUintN(64, (coded & ~(pageBytes - 1n)) + firstPfn * structSize);
    addRun(runs, { firstPfn, endPfn: firstPfn + framesPerSection, start }, structSize);
  }
}

function readCopy(virtual: VirtualMemory, address: bigint, length: number): Result<Uint8Array> {
  const found = virtual.read(virtAddr(BigInt.asUintN(64, address)), length);
  return found.ok ? ok(found.value.slice()) : found;
}

function wordAt({ wordBytes, byteOrder }: VirtualMemory, bytes: Uint8Array, at: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = byteOrder === 'little';
  return wordBytes === 8 ? view.getBigUint64(at, little) : BigInt(view.getUint32(at, little));
}
