import { BtfMaker } from '../../dump/test/make-btf.js';
import { addPageTypes, type MadePageShape } from './make-page-types.js';

/** Which of the kernel's layouts through the years a made kernel has. */
export interface MadeShape {
  /** Where VMAs are kept. */
  readonly tree?: 'maple' | 'red-black';
  /** How resident pages are counted. */
  readonly rss?: 'percpu' | 'tree' | 'shared';
  /** Kernels up to 6.5, which still have a destructor in struct page. */
  readonly before66?: boolean;
  readonly byteOrder?: 'little' | 'big';
  /** Whose struct page it is, whole and with the flags; left out, it has no more than flags. */
  readonly page?: MadePageShape;
}

/** Types of a made kernel: the members that inspection reads, one behind the other. */
export function makeTypes(shape: MadeShape) {
  const { tree = 'maple', rss = 'percpu', before66 = false, page } = shape;
  const btf = new BtfMaker(shape.byteOrder);
  const sizes = new Map<number, number>();
  const kept = (id: number, bytes: number) => {
    sizes.set(id, bytes);
    return id;
  };
  const u64 = kept(btf.int('long unsigned int', 8), 8);
  const s64 = kept(btf.int('long int', 8, true), 8);
  const u32 = kept(btf.int('unsigned int', 4), 4);
  const s32 = kept(btf.int('int', 4, true), 4);
  const char = kept(btf.int('char', 1), 1);
  const pointer = kept(btf.refer('ptr', 0), 8);
  const array = (element: number, length: number) =>
    kept(btf.array(element, length), (sizes.get(element) as number) * length);
  const struct = (name: string, members: Readonly<Record<string, number>>) => {
    let offset = 0;
    const placed = Object.entries(members).map(([member, type]) => {
      const size = sizes.get(type) as number;
      offset = Math.ceil(offset / Math.min(size || 1, 8)) * Math.min(size || 1, 8);
      const made = { name: member, type, bitOffset: offset * 8 };
      offset += size;
      return made;
    });
    const bytes = Math.ceil(offset / 8) * 8;
    return kept(btf.composite('struct', name, bytes, placed), bytes);
  };

  const list = struct('list_head', { next: pointer, prev: pointer });
  const atomic = kept(
    btf.composite('struct', 'atomic_t', 4, [{ name: 'counter', type: s32, bitOffset: 0 }]),
    4,
  );
  const atomicLong = struct('atomic_long_t', { counter: s64 });
  struct('task_struct', {
    flags: u32,
    pid: s32,
    tgid: s32,
    tasks: list,
    mm: pointer,
    fs: pointer,
    comm: array(char, 16),
  });
  const counters =
    rss === 'shared'
      ? struct('mm_rss_stat', { count: array(atomicLong, 4) })
      : rss === 'tree'
        ? array(struct('percpu_counter_tree', { level0: pointer, bias: s32 }), 4)
        : array(struct('percpu_counter', { count: s64, counters: pointer }), 4);
  const root =
    tree === 'maple'
      ? { mm_mt: struct('maple_tree', { ma_root: pointer }) }
      : { mm_rb: struct('rb_root', { rb_node: pointer }) };
  struct('mm_struct', {
    ...root,
    pgd: pointer,
    mm_users: atomic,
    mm_count: atomic,
    map_count: s32,
    pgtables_bytes: atomicLong,
    start_brk: u64,
    brk: u64,
    start_stack: u64,
    rss_stat: counters,
  });
  const rbNode = struct('rb_node', { __rb_parent_color: u64, rb_right: pointer, rb_left: pointer });
  struct('vm_area_struct', {
    vm_start: u64,
    vm_end: u64,
    ...(tree === 'maple' ? {} : { vm_rb: rbNode }),
    ...(page === '7.2' ? { '': vmaFlags(btf, u64, kept) } : { vm_flags: u64 }),
    anon_vma: pointer,
    vm_ops: pointer,
    vm_pgoff: u64,
    vm_file: pointer,
    vm_private_data: pointer,
    anon_name: pointer,
  });
  struct('maple_range_64', { parent: pointer, pivot: array(u64, 15), slot: array(pointer, 16) });
  struct('maple_arange_64', {
    parent: pointer,
    pivot: array(u64, 9),
    slot: array(pointer, 10),
    gap: array(u64, 10),
  });
  struct('maple_node', { parent: pointer, slot: array(pointer, 31) });
  btf.enum('maple_type', {
    maple_dense: 0,
    maple_leaf_64: 1,
    maple_range_64: 2,
    maple_arange_64: 3,
  });
  btf.enum('', { MM_FILEPAGES: 0, MM_ANONPAGES: 1, MM_SWAPENTS: 2, MM_SHMEMPAGES: 3 });

  const path = struct('path', { mnt: pointer, dentry: pointer });
  struct('fs_struct', { root: path });
  struct('file', { f_path: path, f_inode: pointer });
  struct('inode', { i_sb: pointer, i_ino: u64 });
  struct('super_block', { s_dev: u32 });
  const name = struct('qstr', { len: u32, name: pointer });
  struct('dentry', {
    d_hash: struct('hlist_bl_node', { next: pointer, pprev: pointer }),
    d_parent: pointer,
    d_name: name,
    d_op: pointer,
  });
  struct('dentry_operations', { d_dname: pointer });
  struct('mount', {
    mnt_parent: pointer,
    mnt_mountpoint: pointer,
    mnt: struct('vfsmount', { mnt_root: pointer }),
  });
  struct('vm_operations_struct', { fault: pointer, name: pointer });
  struct('vm_special_mapping', { name: pointer });
  struct('anon_vma_name', { kref: u32, name: array(char, 0) });
  if (page !== undefined) addPageTypes(btf, page, { u64, u32, pointer, atomic });
  else struct('page', before66 ? { flags: u64, compound_dtor: u64 } : { flags: u64 });
  return btf.blob();
}

/** The word of flags under both of its names (SPEC-7.2 1.9). */
function vmaFlags(btf: BtfMaker, u64: number, kept: (id: number, bytes: number) => number): number {
  const words = btf.array(u64, 1);
  const set = btf.composite('struct', '', 8, [{ name: '__vma_flags', type: words, bitOffset: 0 }]);
  const flags = btf.refer('typedef', set, 'vma_flags_t');
  const members = [
    { name: 'vm_flags', type: u64, bitOffset: 0 },
    { name: 'flags', type: flags, bitOffset: 0 },
  ];
  return kept(btf.composite('union', '', 8, members), 8);
}
