import type { Problem, VirtAddr } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { AddressSpace } from '../mm.js';
import type { VmaFields } from '../vma/vmas.js';
import { FileNames, type MappedFile } from './mapped-file.js';

/** What a mapping is called. */
export interface MappingName {
  readonly name: string;
  readonly file?: MappedFile;
  /** Why the name is not whole. */
  readonly problem?: Problem;
}

/** ANON_VMA_NAME_MAX_LEN (mm/madvise.c), and longer than any name of a special mapping. */
const LONGEST_NAME = 80;

/** Names mappings as /proc/PID/maps does (fs/proc/task_mmu.c, get_vma_name()). */
export class Naming {
  private readonly files: FileNames;
  /** Up to 6.1 shared memory bears no names: the place is that of a file's tree of mappings. */
  private readonly onlyAnonymous: boolean;
  /** Up to 6.5 what only touches the heap counts as well; stable releases of 6.6 do not do so. */
  private readonly isWideHeap: boolean;
  private readonly operations;
  private readonly mappings;
  private readonly givenNames;

  constructor(private readonly kernel: Kernel) {
    const { types } = kernel;
    this.files = new FileNames(kernel);
    this.onlyAnonymous =
      types.offset('vm_area_struct.anon_name') === types.offset('vm_area_struct.shared');
    // 6.6 took the destructor out of compound pages.
    this.isWideHeap = types.has('page.compound_dtor') || types.has('folio._folio_dtor');
    this.operations = types.record('vm_operations_struct', {
      name: field.optional(field.pointer('name')),
      fault: field.pointer('fault'),
    });
    this.mappings = types.record('vm_special_mapping', { name: field.pointer('name') });
    this.givenNames = types.record('anon_vma_name', { text: field.address('name') });
  }

  name(space: AddressSpace, vma: VmaFields): MappingName {
    if (vma.file !== 0n) return this.ofFile(vma);
    const special = this.special(vma);
    if (special !== undefined) return { name: special };
    if (this.isHeap(space, vma)) return { name: '[heap]' };
    if (vma.start <= space.startStack && vma.end >= space.startStack) return { name: '[stack]' };
    const given = this.given(vma);
    return { name: given === undefined ? '' : `[anon:${given}]` };
  }

  /** vma_is_initial_heap() */
  private isHeap({ brk, startBrk }: AddressSpace, { start, end }: VmaFields): boolean {
    return this.isWideHeap ? start <= brk && end >= startBrk : start < brk && end > startBrk;
  }

  private ofFile(vma: VmaFields): MappingName {
    const file = this.files.file(vma.file);
    if (!file.ok) return { name: '', problem: file.problem };
    const given = this.given(vma);
    const name = given === undefined ? file.value.path : `[anon_shmem:${given}]`;
    return { name, file: file.value };
  }

  /** The name that the process gave with prctl(PR_SET_VMA_ANON_NAME). */
  private given({ anonName, file }: VmaFields): string | undefined {
    if (anonName === undefined || anonName === 0n) return undefined;
    if (file !== 0n && this.onlyAnonymous) return undefined;
    const { givenNames } = this;
    const { virtual } = this.kernel;
    const at = givenNames.ok ? givenNames.value.read(virtual, anonName) : givenNames;
    const text = at.ok ? virtual.cString(at.value.text, LONGEST_NAME) : at;
    return text.ok ? text.value : undefined;
  }

  /** Mappings of _install_special_mapping() say their name; those of the older call are vDSOs. */
  private special({ opsAddress, privateData }: VmaFields): string | undefined {
    if (opsAddress === 0n) return undefined;
    const { operations, mappings } = this;
    const { virtual } = this.kernel;
    const ops = operations.ok ? operations.value.read(virtual, opsAddress) : operations;
    if (!ops.ok) return undefined;
    const { name = 0n as VirtAddr, fault } = ops.value;
    if (name === 0n) return this.isFunction(fault, 'special_mapping_fault') ? '[vdso]' : undefined;
    if (!this.isFunction(name, 'special_mapping_name')) return undefined;
    const found = mappings.ok ? mappings.value.read(virtual, privateData) : mappings;
    const text = found.ok ? virtual.cString(found.value.name, LONGEST_NAME) : found;
    return text.ok ? text.value : undefined;
  }

  private isFunction(address: bigint, name: string): boolean {
    const { symbols } = this.kernel;
    return symbols.ok && symbols.value.all(name).includes(address as VirtAddr);
  }
}
