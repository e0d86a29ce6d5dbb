import { ok, type Result, type VirtAddr } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import type { MappedArea } from '../vma/vmas.js';

/** What lies behind a mapped file: its address space and inode. */
export interface Backing {
  /** `i_pages.xa_head` of the file's address space. */
  readonly pages: VirtAddr;
  /** Address of the inode that holds the address space. */
  readonly inode: VirtAddr;
  readonly isRegular: boolean;
  /** Memory of the file is device memory (IS_DAX()). */
  readonly isDax: boolean;
  /** The file is shared memory (shmem_mapping()). */
  readonly isShmem: boolean;
  /** i_size, in bytes. */
  readonly bytes: bigint;
  /** i_writecount: writers, or less than 0 where writing is denied. */
  readonly writers: bigint;
  /** Whatever the file system and the driver keep. */
  readonly superBlockData: VirtAddr;
  readonly fileData: VirtAddr;
}

/** S_IFMT and S_IFREG of i_mode (include/uapi/linux/stat.h). */
const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
/** S_DAX of i_flags (include/linux/fs.h). */
const S_DAX = 1 << 13;
/** Magic number of shared memory's file system (include/uapi/linux/magic.h). */
const TMPFS_MAGIC = 0x0102_1994n;

/** Reads files' backings once each. Codes: those of types and of reading. */
export class Backings {
  private readonly known = new Map<VirtAddr, Result<Backing>>();
  private readonly files;
  private readonly mappings;
  private readonly inodes;
  private readonly superBlocks;

  constructor(private readonly kernel: Kernel) {
    const { types } = kernel;
    this.files = types.record('file', {
      mapping: field.pointer('f_mapping'),
      data: field.pointer('private_data'),
    });
    this.mappings = types.record('address_space', {
      host: field.pointer('host'),
      pages: field.pointer('i_pages.xa_head'),
    });
    this.inodes = types.record('inode', {
      mode: field.number('i_mode'),
      flags: field.number('i_flags'),
      size: field.int('i_size'),
      writers: field.int('i_writecount.counter'),
      superBlock: field.pointer('i_sb'),
    });
    this.superBlocks = types.record('super_block', {
      magic: field.int('s_magic'),
      data: field.pointer('s_fs_info'),
    });
  }

  /** The backing of an area; undefined for memory without a file. */
  of({ file }: MappedArea): Result<Backing> | undefined {
    if (file === undefined) return undefined;
    let found = this.known.get(file.address);
    if (found === undefined) {
      found = this.read(file.address);
      this.known.set(file.address, found);
    }
    return found;
  }

  private read(address: VirtAddr): Result<Backing> {
    const { virtual } = this.kernel;
    const file = this.files.ok ? this.files.value.read(virtual, address) : this.files;
    if (!file.ok) return file;
    const mapping = this.mappings.ok
      ? this.mappings.value.read(virtual, file.value.mapping)
      : this.mappings;
    if (!mapping.ok) return mapping;
    const { host, pages } = mapping.value;
    const inode = this.inodes.ok ? this.inodes.value.read(virtual, host) : this.inodes;
    if (!inode.ok) return inode;
    const { mode, flags, size, writers, superBlock } = inode.value;
    const block = this.superBlocks.ok
      ? this.superBlocks.value.read(virtual, superBlock)
      : this.superBlocks;
    if (!block.ok) return block;
    const isRegular = (mode & FILE_TYPE) === REGULAR;
    return ok({
      pages,
      inode: host,
      isRegular,
      isDax: (flags & S_DAX) !== 0,
      isShmem: isRegular && block.value.magic === TMPFS_MAGIC,
      bytes: size,
      writers,
      superBlockData: block.value.data,
      fileData: file.value.data,
    });
  }
}
