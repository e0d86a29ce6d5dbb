import { hex, ok, type Problem, type Result, type VirtAddr, type Vma } from '@pagewright/core';
import { type FieldValues, field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { AddressSpace } from '../mm.js';
import type { MappedFile } from '../names/mapped-file.js';
import { Naming } from '../names/naming.js';
import { mapleEntries, type TreeEntries, type TreePlace } from './maple.js';
import { type DumpedVmOps, NormalPageHooks } from './normal-page-hook.js';
import { redBlackEntries } from './red-black.js';

/** A `vm_area_struct` with what /proc/PID/maps says of it. */
export interface MappedArea extends Vma {
  readonly address: VirtAddr;
  readonly ops: DumpedVmOps | null;
  /** Path, `[heap]` and the like; empty for anonymous memory without a name. */
  readonly name: string;
  /** The mapped file; absent for anonymous memory and special mappings. */
  readonly file?: MappedFile;
  /** Addresses of `vm_ops` and `anon_vma`, and `vm_private_data`; 0 for NULL. */
  readonly opsAddress: VirtAddr;
  readonly anonVma: VirtAddr;
  readonly privateData: VirtAddr;
}

/** Areas by ascending address, as far as they could be read. */
export interface AreaList {
  readonly areas: readonly MappedArea[];
  /** Areas that the tree has at other addresses than they have themselves. */
  readonly misplaced: readonly MisplacedArea[];
  /** The first thing that could not be read. */
  readonly problem?: Problem;
}

/** An area, and the addresses under which the tree has it. */
export interface MisplacedArea {
  readonly area: MappedArea;
  readonly place: TreePlace;
}

const VMA = {
  start: field.pointer('vm_start'),
  end: field.pointer('vm_end'),
  flags: field.int('vm_flags'),
  pgoff: field.int('vm_pgoff'),
  file: field.pointer('vm_file'),
  opsAddress: field.pointer('vm_ops'),
  privateData: field.pointer('vm_private_data'),
  anonVma: field.pointer('anon_vma'),
  anonName: field.optional(field.pointer('anon_name')),
};
/** What is read of a struct vm_area_struct. */
export type VmaFields = FieldValues<typeof VMA>;

/** Areas of address spaces of one kernel; files are read once for all of them. */
export class AreaReader {
  private readonly naming: Naming;
  private readonly hooks: NormalPageHooks;

  constructor(private readonly kernel: Kernel) {
    this.naming = new Naming(kernel);
    this.hooks = new NormalPageHooks(kernel);
  }

  /**
   * All areas, from the maple tree (6.1 and later) or the red-black tree. What breaks off on the way
   * is said in the list. Codes when it cannot begin: `no-maple-tree`, those of types and of reading.
   */
  areas(space: AddressSpace): Result<AreaList> {
    const { types, virtual } = this.kernel;
    const reader = types.record('vm_area_struct', VMA);
    if (!reader.ok) return reader;
    const tree = this.tree(space);
    if (!tree.ok) return tree;
    let { problem } = tree.value;
    const areas: MappedArea[] = [];
    const misplaced: MisplacedArea[] = [];
    const seen = new Set<VirtAddr>();
    for (const [i, address] of tree.value.entries.entries()) {
      if (seen.has(address)) {
        const message = `the VMA at ${hex(address)} is in the tree a second time`;
        problem ??= { code: 'bad-tree', message, evidence: { address } };
        continue;
      }
      seen.add(address);
      const read = reader.value.read(virtual, address);
      if (!read.ok) {
        problem ??= read.problem;
        continue;
      }
      const { file: filePointer, anonName, ...fields } = read.value;
      const named = this.naming.name(space, read.value);
      problem ??= named.problem;
      const area: MappedArea = {
        address,
        ...fields,
        flags: BigInt.asUintN(64, fields.flags),
        pgoff: BigInt.asUintN(64, fields.pgoff),
        ops: this.hooks.of(fields.opsAddress, fields.privateData),
        name: named.name,
        ...(named.file === undefined ? {} : { file: named.file }),
      };
      areas.push(area);
      const place = tree.value.places?.[i];
      if (place && (place.least !== area.start || place.most !== area.end - 1n)) {
        misplaced.push({ area, place });
      }
    }
    return ok({ areas, misplaced, ...(problem === undefined ? {} : { problem }) });
  }

  private tree({ address }: AddressSpace): Result<TreeEntries> {
    const { types, virtual } = this.kernel;
    const isMaple = types.has('mm_struct.mm_mt');
    const path = isMaple ? 'mm_mt.ma_root' : 'mm_rb.rb_node';
    const reader = types.record('mm_struct', { root: field.pointer(path) });
    const root = reader.ok ? reader.value.read(virtual, address) : reader;
    if (!root.ok) return root;
    const entries = isMaple ? mapleEntries : redBlackEntries;
    return entries(this.kernel, root.value.root);
  }
}
