import { VM_MAYWRITE, VM_PFNMAP } from '@pagewright/core';
import type { MadeImage } from './make-image.js';

/** Where the mappings of the made process begin. */
export const ANON_START = 0x10_0000_0000n;
export const PFN_START = 0x18_0000_0000n;
/** Pages of each mapping. */
const AREA_PAGES = 8;
/** What the kernel of the image counts for the process: pages of files, anonymous, swapped. */
export const COUNTERS = { MM_FILEPAGES: 1n, MM_ANONPAGES: 2n, MM_SWAPENTS: 1n } as const;
export const SWAPPED = { type: 2, offset: 0x1234n } as const;
const ANON_VMA = 0x1001n;
const PF_KTHREAD = 0x20_0000;

/** Offsets in the image of what a test may want to damage. */
export interface MadePlaces {
  readonly mm: number;
  readonly leaf: number;
  readonly root: number;
  readonly tasks: readonly number[];
  readonly areas: readonly number[];
  readonly tree: number;
  readonly dentries: readonly number[];
  readonly mounts: readonly number[];
}

/**
 * Adds a process with two mappings: an anonymous one of a page, the zeropage, a swapped page, a page
 * in a folio of four; and frames mapped by number. Beside it a kernel thread.
 */
export function addProcess(image: MadeImage): MadePlaces {
  const bytes = BigInt(image.pageBytes);
  const size = bytes * BigInt(AREA_PAGES);
  const root = image.root();
  const leaf = image.setEntry(root, ANON_START, image.leaf(image.frame(1)));
  image.setEntry(root, ANON_START + bytes, image.special(image.leaf(image.frame(0))));
  image.setEntry(root, ANON_START + 2n * bytes, image.swap(SWAPPED.type, SWAPPED.offset));
  image.setEntry(root, ANON_START + 3n * bytes, image.leaf(image.frame(5)));
  image.setEntry(root, PFN_START, image.special(image.leaf(image.frame(40))));
  addPages(image);
  const { file, fs, ...names } = addFile(image);
  const areas = [
    { vm_start: ANON_START, vm_end: ANON_START + size, vm_flags: 0x73n | VM_MAYWRITE },
    {
      vm_start: PFN_START,
      vm_end: PFN_START + size,
      vm_flags: VM_MAYWRITE | VM_PFNMAP,
      vm_pgoff: pfnOffset(image),
      vm_file: file,
    },
  ].map((members) => image.object('vm_area_struct', members));
  const { members, tree } = image.release === '5.15' ? redBlack(image, areas) : maple(image, areas);
  const mm = image.object('mm_struct', {
    ...members,
    pgd: image.address(root),
    'mm_users.counter': 1,
    'mm_count.counter': 1,
    map_count: areas.length,
    'pgtables_bytes.counter': 3 * image.pageBytes,
    ...counters(image),
  });
  const tasks = image.tasks([
    { pid: 1, tgid: 1, comm: 'init', mm, fs },
    { pid: 2, tgid: 2, comm: 'kthreadd', flags: PF_KTHREAD },
    { pid: 3, tgid: 3, comm: 'shares', mm },
  ]);
  image.variable(image.release === '7.2' ? 'zero_page_pfn' : 'zero_pfn', image.frame(0));
  image.variable('huge_zero_pfn', -1n);
  const { direct } = image.machine.addresses;
  const offset = (address: bigint) => Number(address - direct);
  return {
    mm: offset(mm),
    leaf,
    root,
    tasks: tasks.map(offset),
    areas: areas.map(offset),
    tree: offset(tree),
    dentries: names.dentries.map(offset),
    mounts: names.mounts.map(offset),
  };
}

/** Offset of the mapping by number: where no mark says so, that frames follow it says it. */
export const pfnOffset = (image: MadeImage): bigint => (image.hasSpecial ? 9n : image.frame(40));

/** `/dev/mem`, on a file system that is mounted on `/dev`. */
function addFile(image: MadeImage) {
  const dentry = (name: string, parent?: bigint) => {
    const at = image.address(image.room(image.types.sizeOf('dentry') ?? 0));
    const named = { 'd_name.len': name.length, 'd_name.name': image.string(name) };
    return image.object('dentry', { ...named, d_parent: parent ?? at, 'd_hash.pprev': at }, at);
  };
  const top = dentry('/');
  const dev = dentry('dev', top);
  const inner = dentry('/');
  const mem = dentry('mem', inner);
  const toInner = BigInt(image.types.offset('mount.mnt') ?? 0);
  const mount = (root: bigint, parent?: bigint, mountpoint = root) => {
    const at = image.address(image.room(image.types.sizeOf('mount') ?? 0));
    const members = { mnt_parent: parent ?? at, mnt_mountpoint: mountpoint, 'mnt.mnt_root': root };
    return image.object('mount', members, at);
  };
  const topMount = mount(top);
  const devMount = mount(inner, topMount, dev);
  const i_sb = image.object('super_block', { s_dev: 5 });
  const f_inode = image.object('inode', { i_sb, i_ino: 4 });
  return {
    file: image.object('file', {
      'f_path.mnt': devMount + toInner,
      'f_path.dentry': mem,
      f_inode,
    }),
    fs: image.object('fs_struct', { 'root.mnt': topMount + toInner, 'root.dentry': top }),
    dentries: [top, dev, inner, mem],
    mounts: [topMount, devMount],
  };
}

function addPages(image: MadeImage): void {
  image
    .page(0, { flags: ['PG_reserved'] })
    .page(1, { flags: ['PG_uptodate'], mapping: ANON_VMA, mapcount: 0, refcount: 1 })
    .page(4, { flags: ['PG_uptodate'], mapping: ANON_VMA, order: 2, refcount: 2 });
  for (const tail of [5, 6, 7]) {
    image.page(tail, { head: image.frame(4), mapcount: tail === 5 ? 0 : -1, refcount: 0 });
  }
  // The order lies in the second page, which was written again.
  image.page(4, { flags: ['PG_uptodate'], mapping: ANON_VMA, order: 2, refcount: 2 });
}

function maple(image: MadeImage, areas: readonly bigint[]) {
  const ends = [ANON_START, PFN_START].map((start) => start + BigInt(image.pageBytes * AREA_PAGES));
  const node = image.object('maple_range_64', {
    'pivot[0]': ANON_START - 1n,
    'pivot[1]': (ends[0] as bigint) - 1n,
    'slot[1]': areas[0] as bigint,
    'pivot[2]': PFN_START - 1n,
    'pivot[3]': (ends[1] as bigint) - 1n,
    'slot[3]': areas[1] as bigint,
  });
  // The pointer says that the node is a leaf, and a node.
  return { members: { 'mm_mt.ma_root': node | (1n << 3n) | 2n }, tree: node };
}

function redBlack(image: MadeImage, areas: readonly bigint[]) {
  const toNode = BigInt(image.types.offset('vm_area_struct.vm_rb') ?? 0);
  const [left, top] = areas as readonly [bigint, bigint];
  image.object('vm_area_struct', { 'vm_rb.rb_left': left + toNode }, top);
  return { members: { 'mm_rb.rb_node': top + toNode }, tree: top + toNode };
}

/** Counters as the release keeps them; two CPUs where they count apart. */
function counters(image: MadeImage) {
  const names = Object.keys(COUNTERS) as (keyof typeof COUNTERS)[];
  const index = (name: string) => image.types.enumerator(name);
  if (image.types.has('mm_struct.rss_stat.count[0]')) {
    const of = (name: keyof typeof COUNTERS) => `rss_stat.count[${index(name)}].counter`;
    return Object.fromEntries(names.map((name) => [of(name), COUNTERS[name]]));
  }
  const offsets = image.room(16);
  const parts = [image.room(64), image.room(64)] as const;
  image.word(offsets, image.address(parts[0]));
  image.word(offsets + 8, image.address(parts[1]));
  image.symbolAt('__per_cpu_offset', offsets);
  image.variable32('nr_cpu_ids', 2);
  image.variable('__cpu_possible_mask', 3n);
  return Object.fromEntries(
    names.flatMap((name, i) => {
      // The shared part, and what the CPUs hold back: one more and one less.
      image.number32(parts[0] + 4 * i, 1);
      image.number32(parts[1] + 4 * i, -2);
      return [
        [`rss_stat[${index(name)}].count`, COUNTERS[name] + 1n],
        [`rss_stat[${index(name)}].counters`, BigInt(4 * i)],
      ];
    }),
  );
}
