import { ok, type Result, type VirtAddr } from '@pagewright/core';
import { field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import { Paths } from './paths.js';

/** A file that a mapping maps. */
export interface MappedFile {
  /** Address of the `struct file`. */
  readonly address: VirtAddr;
  /** As /proc/PID/maps prints it, line feeds as `\012`. */
  readonly path: string;
  readonly inode: bigint;
  /** Of the file system's device, as `ls -l` numbers it. */
  readonly device: { readonly major: number; readonly minor: number };
}

/** Bits of a minor number (include/linux/kdev_t.h). */
const MINOR_BITS = 20;

/** Reads files and remembers them: processes share most of what they map. */
export class FileNames {
  private readonly known = new Map<VirtAddr, Result<MappedFile>>();
  private readonly paths: Paths;
  private readonly files;
  private readonly inodes;
  private readonly superBlocks;

  constructor(private readonly kernel: Kernel) {
    const { types } = kernel;
    this.paths = new Paths(kernel);
    this.files = types.record('file', {
      inode: field.pointer('f_inode'),
      mount: field.pointer('f_path.mnt'),
      dentry: field.pointer('f_path.dentry'),
    });
    this.inodes = types.record('inode', {
      number: field.int('i_ino'),
      superBlock: field.pointer('i_sb'),
    });
    this.superBlocks = types.record('super_block', { device: field.number('s_dev') });
  }

  /** A `struct file`. Codes: those of types, of reading, and of `Paths.path`. */
  file(address: VirtAddr): Result<MappedFile> {
    const known = this.known.get(address);
    if (known !== undefined) return known;
    const read = this.read(address);
    this.known.set(address, read);
    return read;
  }

  private read(address: VirtAddr): Result<MappedFile> {
    const { files, inodes, superBlocks } = this;
    const { virtual } = this.kernel;
    const file = files.ok ? files.value.read(virtual, address) : files;
    if (!file.ok) return file;
    const inode = inodes.ok ? inodes.value.read(virtual, file.value.inode) : inodes;
    if (!inode.ok) return inode;
    const { superBlock, number } = inode.value;
    const block = superBlocks.ok ? superBlocks.value.read(virtual, superBlock) : superBlocks;
    if (!block.ok) return block;
    const { device } = block.value;
    const { mount, dentry } = file.value;
    const path = this.paths.path({ mount, dentry }, BigInt.asUintN(64, number));
    if (!path.ok) return path;
    return ok({
      address,
      path: path.value.replaceAll('\n', '\\012'),
      inode: BigInt.asUintN(64, number),
      device: { major: device >>> MINOR_BITS, minor: device & (2 ** MINOR_BITS - 1) },
    });
  }
}
