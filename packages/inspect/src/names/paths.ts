import { fail, hex, ok, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import { type FieldValues, field } from '@pagewright/dump';
import type { Kernel } from '../kernel.js';
import { tasks } from '../tasks.js';

/** A place in the tree of files: `struct path`. */
export interface FilePlace {
  /** Address of a `struct vfsmount`. */
  readonly mount: VirtAddr;
  readonly dentry: VirtAddr;
}

/** PATH_MAX: what the kernel makes room for. */
const LONGEST_PATH = 4096;
/** A name in a directory has at most 255 bytes; made-up files may be called something longer. */
const LONGEST_NAME = 1024;
/** Each step up takes at least two characters or crosses a mount. */
const MOST_STEPS = 2 * LONGEST_PATH;
/** Steps of all paths together: hundreds of thousands of files take fewer, only a trap takes more. */
const MOST_STEPS_IN_ALL = 1 << 22;

const DENTRY = {
  parent: field.pointer('d_parent'),
  name: field.pointer('d_name.name'),
  nameBytes: field.number('d_name.len'),
  ops: field.pointer('d_op'),
  hashed: field.pointer('d_hash.pprev'),
};
type Dentry = FieldValues<typeof DENTRY>;

const MOUNT = {
  root: field.pointer('mnt.mnt_root'),
  parent: field.pointer('mnt_parent'),
  mountpoint: field.pointer('mnt_mountpoint'),
};

/** Functions of `d_dname` and what they make of a name and an inode number. */
const MADE_UP: ReadonlyMap<string, (name: string, inode: bigint) => string> = new Map([
  ['simple_dname', (name) => `/${name} (deleted)`],
  ['anon_inodefs_dname', (name) => `anon_inode:${name}`],
  ['sockfs_dname', (_, inode) => `socket:[${inode}]`],
  ['pipefs_dname', (_, inode) => `pipe:[${inode}]`],
]);

/**
 * What d_path() answers (fs/d_path.c), seen from the root directory of the first process: names up to
 * the root across mounts, ` (deleted)` behind what was removed; for what lies in no directory, the
 * name that its file system makes up.
 */
export class Paths {
  private from: FilePlace | 'not-read' | undefined = 'not-read';
  private stepsLeft = MOST_STEPS_IN_ALL;
  private readonly dentries;
  private readonly operations;
  private readonly mounts;
  /** From a mount to the part of it that paths point to. */
  private readonly toInner: bigint;

  constructor(private readonly kernel: Kernel) {
    const { types } = kernel;
    this.dentries = types.record('dentry', DENTRY);
    this.operations = types.record('dentry_operations', { make: field.pointer('d_dname') });
    this.mounts = types.record('mount', MOUNT);
    this.toInner = BigInt(types.offset('mount.mnt') ?? 0);
  }

  /** Codes: those of types and of reading; `bad-path` for names and chains that no kernel has. */
  path(place: FilePlace, inode: bigint): Result<string> {
    const dentry = this.dentry(place.dentry);
    if (!dentry.ok) return dentry;
    const mount = this.mount(place.mount);
    if (!mount.ok) return mount;
    const isRoot = dentry.value.parent === place.dentry;
    if (!isRoot || place.dentry !== mount.value.root) {
      const makeUp = this.makeUp(dentry.value);
      const name = this.name(dentry.value);
      if (makeUp !== undefined) return name.ok ? ok(makeUp(name.value, inode)) : name;
    }
    const path = this.upwards(place);
    if (!path.ok) return path;
    return ok(dentry.value.hashed === 0n && !isRoot ? `${path.value} (deleted)` : path.value);
  }

  /** prepend_path() */
  private upwards(place: FilePlace): Result<string> {
    const from = this.rootPlace();
    let { dentry, mount } = place;
    let path = '';
    for (let steps = 0; steps < MOST_STEPS && path.length < LONGEST_PATH; steps++) {
      if (this.stepsLeft-- <= 0) break;
      if (dentry === from?.dentry && mount === from.mount) return ok(path === '' ? '/' : path);
      const mounted = this.mount(mount);
      if (!mounted.ok) return mounted;
      const { root, parent, mountpoint } = mounted.value;
      if (dentry === root) {
        if (parent === mount) return ok(path === '' ? '/' : path);
        dentry = mountpoint;
        mount = parent;
        continue;
      }
      const here = this.dentry(dentry);
      if (!here.ok) return here;
      // The root of a file system that the mount does not show: the kernel stops here as well.
      if (here.value.parent === dentry) return ok(path === '' ? '/' : path);
      const name = this.name(here.value);
      if (!name.ok) return name;
      path = `/${name.value}${path}`;
      dentry = here.value.parent;
    }
    return fail('bad-path', `the path of dentry ${hex(place.dentry)} has no end`);
  }

  private makeUp({ ops }: Dentry) {
    const { virtual, symbols } = this.kernel;
    if (ops === 0n) return undefined;
    const found = this.operations.ok ? this.operations.value.read(virtual, ops) : this.operations;
    if (!found.ok || found.value.make === 0n || !symbols.ok) return undefined;
    const near = symbols.value.nearest(found.value.make);
    return near?.offset === 0n ? MADE_UP.get(near.name) : undefined;
  }

  private dentry(address: VirtAddr): Result<Dentry> {
    const { dentries, kernel } = this;
    return dentries.ok ? dentries.value.read(kernel.virtual, address) : dentries;
  }

  private name({ name, nameBytes }: Dentry): Result<string> {
    if (nameBytes > LONGEST_NAME) return fail('bad-path', `a name of ${nameBytes} bytes`);
    const bytes = this.kernel.virtual.read(name, nameBytes);
    return bytes.ok ? ok(new TextDecoder().decode(bytes.value)) : bytes;
  }

  /** A mount by its `vfsmount`, which is part of a `struct mount`; `parent` is a vfsmount again. */
  private mount(vfsmount: VirtAddr) {
    const { mounts, kernel, toInner } = this;
    const outer = virtAddr(BigInt.asUintN(64, vfsmount - toInner));
    const read = mounts.ok ? mounts.value.read(kernel.virtual, outer) : mounts;
    if (!read.ok) return read;
    const { root, parent, mountpoint } = read.value;
    const above = virtAddr(BigInt.asUintN(64, parent + toInner));
    return ok({ root, parent: above, mountpoint });
  }

  /** The root directory of the first process; undefined where it cannot be read. */
  private rootPlace(): FilePlace | undefined {
    if (this.from === 'not-read') this.from = this.readRootPlace();
    return this.from;
  }

  private readRootPlace(): FilePlace | undefined {
    const { kernel } = this;
    const list = tasks(kernel);
    const first = list.ok ? list.value.tasks.find(({ mm }) => mm !== undefined) : undefined;
    if (first === undefined) return undefined;
    const inTask = kernel.types.record('task_struct', { fs: field.pointer('fs') });
    const inFs = kernel.types.record('fs_struct', {
      mount: field.pointer('root.mnt'),
      dentry: field.pointer('root.dentry'),
    });
    const task = inTask.ok ? inTask.value.read(kernel.virtual, first.address) : inTask;
    if (!task.ok || !inFs.ok) return undefined;
    const found = inFs.value.read(kernel.virtual, task.value.fs);
    return found.ok ? found.value : undefined;
  }
}
