import type { MadeKernel } from './make-kernel.js';

/** A directory entry: its dentry under `parent`, itself when it is a root. */
export function dentry(made: MadeKernel, name: string, parent?: bigint, more = {}): bigint {
  const at = made.room();
  return made.object(
    'dentry',
    {
      d_parent: parent ?? at,
      'd_name.len': name.length,
      'd_name.name': made.text(made.room(), name),
      'd_hash.pprev': at,
      ...more,
    },
    at,
  );
}

/** A mount that shows `root`, at `mountpoint` of `parent`; a root mount without them. Its vfsmount. */
export function mount(made: MadeKernel, root: bigint, parent?: bigint, mountpoint = root): bigint {
  const inner = BigInt(made.types.offset('mount.mnt') ?? 0);
  const at = made.room();
  const above = parent === undefined ? at : parent - inner;
  const members = { mnt_parent: above, mnt_mountpoint: mountpoint, 'mnt.mnt_root': root };
  return made.object('mount', members, at) + inner;
}

/** An open file, on a device of numbers 0xfe and 0x40. */
export function file(made: MadeKernel, mnt: bigint, entry: bigint, inode = 12n): bigint {
  const superBlock = made.object('super_block', { s_dev: (0xfe << 20) | 0x40 });
  const f_inode = made.object('inode', { i_sb: superBlock, i_ino: inode });
  return made.object('file', { 'f_path.mnt': mnt, 'f_path.dentry': entry, f_inode });
}

/** An entry whose file system makes up names with the function of a symbol. */
export function madeUpEntry(made: MadeKernel, symbol: string, name: string): bigint {
  const make = made.room();
  made.name(symbol, make);
  const d_op = made.object('dentry_operations', { d_dname: make });
  return dentry(made, name, undefined, { d_op, 'd_hash.pprev': 0n });
}

/** A process whose tree of mappings is one leaf with these areas, ascending. */
export function process(
  made: MadeKernel,
  areas: readonly Readonly<Record<string, bigint | number>>[],
  mm: Readonly<Record<string, bigint>> = {},
  root?: { readonly mount: bigint; readonly dentry: bigint },
): void {
  const leaf: Record<string, bigint> = {};
  let slot = 0;
  let end = 0n;
  for (const members of areas) {
    const start = BigInt(members.vm_start as bigint);
    if (start > end) leaf[`pivot[${slot++}]`] = start - 1n;
    end = BigInt(members.vm_end as bigint);
    leaf[`pivot[${slot}]`] = end - 1n;
    leaf[`slot[${slot++}]`] = made.object('vm_area_struct', members);
  }
  const tree = made.object('maple_range_64', leaf) | (1n << 3n) | 2n;
  const map_count = areas.length;
  const pgd = made.room();
  const space = made.object('mm_struct', { 'mm_mt.ma_root': tree, map_count, pgd, ...mm });
  const fs =
    root === undefined
      ? 0n
      : made.object('fs_struct', { 'root.mnt': root.mount, 'root.dentry': root.dentry });
  made.tasks([
    { pid: 1, tgid: 1, comm: 'init', mm: space, fs },
    { pid: 2, tgid: 2, comm: 'kthreadd', flags: 0x0020_0000 },
  ]);
}
