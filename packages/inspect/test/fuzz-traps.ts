import type { Random } from './fuzz-random.js';
import type { MadeImage } from './make-image.js';
import type { MadePlaces } from './make-process.js';

/** What a trap is set in: a copy of an image's memory. */
export interface TrapSite {
  readonly image: MadeImage;
  readonly places: MadePlaces;
  readonly bytes: Uint8Array;
}

type Trap = (site: TrapSite, random: Random) => void;

function write({ image, bytes }: TrapSite, at: number, value: bigint): void {
  const little = image.form.definition.byteOrder === 'little';
  new DataView(bytes.buffer).setBigUint64(at, BigInt.asUintN(64, value), little);
}
function read({ image, bytes }: TrapSite, at: number): bigint {
  const little = image.form.definition.byteOrder === 'little';
  return new DataView(bytes.buffer).getBigUint64(at, little);
}
const member = ({ image }: TrapSite, object: number, path: string) =>
  object + (image.types.offset(path) ?? 0);

/** A mapping from the first to the last address of a process. */
const wholeSpan: Trap = (site, random) => {
  const area = random.pick(site.places.areas);
  write(site, member(site, area, 'vm_area_struct.vm_start'), 0n);
  const bits = BigInt(site.image.form.definition.addressBits);
  const end = 1n << (site.image.form.definition.canonical === 'sign-extended' ? bits - 1n : bits);
  write(site, member(site, area, 'vm_area_struct.vm_end'), end - BigInt(site.image.pageBytes));
};

/** Entries of the root that are in use, filled into all of it; into tables below as well. */
const fan: Trap = (site, random) => {
  wholeSpan(site, random);
  const { image, places } = site;
  const { memory } = image.machine.addresses;
  for (let table = places.root, depth = 1 + random.below(5); depth > 0; depth--) {
    const entries = Array.from({ length: 512 }, (_, i) => read(site, table + 8 * i));
    const used = entries.find((entry) => (entry & ~0xfffn) > memory);
    if (used === undefined) return;
    for (let i = 0; i < 512; i++) write(site, table + 8 * i, used);
    const next = Number((used & 0x000f_ffff_ffff_f000n) - memory);
    if (next < 0 || next + 4096 > site.bytes.length) return;
    table = next;
  }
};

/** A table that holds itself. */
const selfTable: Trap = (site, random) => {
  wholeSpan(site, random);
  const { root } = site.places;
  const own = site.image.physical(root) | site.image.machine.tableBits('pgd', site.image.release);
  for (let i = 0; i < 512; i += 1 + random.below(3)) write(site, root + 8 * i, own);
};

/** A list of tasks that comes back to one in its middle, or goes nowhere. */
const taskLoop: Trap = (site, random) => {
  const { image, places } = site;
  const links = BigInt(image.types.offset('task_struct.tasks') ?? 0);
  const target = image.address(random.pick(places.tasks)) + links;
  const value = random.once(4) ? random.u64() : target;
  write(site, member(site, random.pick(places.tasks), 'task_struct.tasks.next'), value);
};

/** A tree of mappings whose node is below itself, as many times as it has room. */
const treeLoop: Trap = (site, random) => {
  const { image, places } = site;
  if (image.release === '5.15') {
    write(site, places.tree + 8 * random.below(3), image.address(places.tree));
    return;
  }
  const kind = BigInt(random.below(16)) << 3n;
  const node = image.address(places.tree) | kind | (random.once(2) ? 2n : 0n);
  const last = 1n << BigInt(40 + random.below(24));
  for (let i = 0; i < 16; i++) {
    write(site, member(site, places.tree, `maple_range_64.slot[${i}]`), node);
    if (i < 15)
      write(site, member(site, places.tree, `maple_range_64.pivot[${i}]`), last * BigInt(i));
  }
  if (random.once(2)) write(site, member(site, places.mm, 'mm_struct.mm_mt.ma_root'), node);
};

/** One mapping in all places of the tree. */
const treeFan: Trap = (site, random) => {
  if (site.image.release === '5.15') return;
  wholeSpan(site, random);
  const area = site.image.address(random.pick(site.places.areas));
  for (let i = 0; i < 16; i++) {
    write(site, member(site, site.places.tree, `maple_range_64.slot[${i}]`), area);
    if (i < 15) {
      write(
        site,
        member(site, site.places.tree, `maple_range_64.pivot[${i}]`),
        BigInt(4096 * (i + 1)),
      );
    }
  }
};

/** Directories and mounts that lie in each other. */
const pathLoop: Trap = (site, random) => {
  const { image, places } = site;
  const { dentries, mounts } = places;
  const type = random.pick(['dentry', 'mount'] as const);
  const objects = type === 'dentry' ? dentries : mounts;
  const path = type === 'dentry' ? 'dentry.d_parent' : 'mount.mnt_parent';
  for (const each of objects) {
    if (random.once(2)) write(site, member(site, each, path), image.address(random.pick(objects)));
  }
  if (random.once(2)) {
    const length = member(site, random.pick(dentries), 'dentry.d_name.len');
    write(site, length - (length % 8), random.u64());
  }
};

const CHEAP = [wholeSpan, taskLoop, treeLoop, pathLoop];
/** What takes up to a second to follow to where it is bounded. */
const DEAR = [fan, selfTable, treeFan];

/** Sets a trap or two: what loops, fans out, or claims far more than there is. */
export function setTraps(site: TrapSite, random: Random): void {
  for (let left = 1 + random.below(2); left > 0; left--) {
    random.pick(random.once(12) ? DEAR : CHEAP)(site, random);
  }
}
