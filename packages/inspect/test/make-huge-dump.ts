import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { VM_MAYWRITE } from '@pagewright/core';
import { bytesSource, openDump } from '@pagewright/dump';
import { openKernel } from '../src/index.js';
import { MadeImage } from './make-image.js';
import { ANON_START } from './make-process.js';

const GIB = 1n << 30n;
const PAGE = 4096;
const ENTRIES = 512;
/** Where the file holds the first byte of memory. */
const MEMORY_AT = 1 << 20;
const NOTE_AT = PAGE;
/** Tables of the process, and the frames that they map. */
const TABLES_AT = GIB;
const FIRST_FRAME = (8n * GIB) >> 12n;
/** Present, writable, user, accessed, dirty, no execution. */
const LEAF = (1n << 63n) | 0x867n;
/** An entry in each table that is the shared zeropage's; in some a swapped one follows it. */
const ZERO_INDEX = 7;
const SWAP_EVERY = 64;

/** What a made dump holds. */
export interface HugeDump {
  /** Entries of the process that are not empty. */
  readonly entries: number;
  /** Of these the zeropage's, and the swapped ones. */
  readonly zero: number;
  readonly swapped: number;
}

/**
 * Writes an x86-64 ELF core of so much memory as a sparse file: a whole kernel, found as in a real
 * dump, with one process whose tables map as many pages.
 */
export function writeHugeDump(path: string, memoryGib: number, pages: number): HugeDump {
  const image = new MadeImage();
  const tables = Math.ceil(pages / ENTRIES);
  const end = ANON_START + BigInt(tables * ENTRIES * PAGE);
  const root = image.root();
  for (let table = 0; table < tables; table++) {
    const address = ANON_START + BigInt(table * ENTRIES * PAGE);
    image.setEntry(root, address, (TABLES_AT + BigInt(table * PAGE)) | 0x67n, 'pmd');
  }
  const area = image.object('vm_area_struct', {
    vm_start: ANON_START,
    vm_end: end,
    vm_flags: 0x73n | VM_MAYWRITE,
  });
  const tree = image.object('maple_range_64', {
    'pivot[0]': ANON_START - 1n,
    'pivot[1]': end - 1n,
    'slot[1]': area,
  });
  const mm = image.object('mm_struct', {
    'mm_mt.ma_root': tree | (1n << 3n) | 2n,
    pgd: image.address(root),
    'mm_users.counter': 1,
    'mm_count.counter': 1,
    map_count: 1,
  });
  image.tasks([{ pid: 1, tgid: 1, comm: 'huge', mm }]);
  image.variable('zero_pfn', image.frame(0));
  image.variable('huge_zero_pfn', -1n);
  const memory = BigInt(memoryGib) * GIB;
  raiseHighest(image, (memory >> 12n) - 1n);
  const file = openSync(path, 'w');
  try {
    ftruncateSync(file, MEMORY_AT + Number(memory));
    const note = noteOf(image.vmcoreinfo);
    writeSync(file, headers(note.length, memory), 0, undefined, 0);
    writeSync(file, note, 0, undefined, NOTE_AT);
    const at = (physical: bigint): number => MEMORY_AT + Number(physical);
    writeSync(file, image.memory(), 0, undefined, at(image.machine.addresses.memory));
    for (let table = 0; table < tables; table++) {
      const bytes = tableOf(image, table);
      writeSync(file, bytes, 0, undefined, at(TABLES_AT + BigInt(table * PAGE)));
    }
  } finally {
    closeSync(file);
  }
  return { entries: tables * ENTRIES, zero: tables, swapped: Math.ceil(tables / SWAP_EVERY) };
}

function tableOf(image: MadeImage, table: number): Uint8Array {
  const words = new BigUint64Array(ENTRIES);
  const first = ((FIRST_FRAME + BigInt(table * ENTRIES)) << 12n) | LEAF;
  for (let i = 0; i < ENTRIES; i++) words[i] = first + (BigInt(i) << 12n);
  words[ZERO_INDEX] = image.special(image.leaf(image.frame(0)));
  if (table % SWAP_EVERY === 0) words[ZERO_INDEX + 1] = image.swap(2, BigInt(table));
  return new Uint8Array(words.buffer);
}

/** The image knows of the frames that it holds; its memory ends further up. */
function raiseHighest(image: MadeImage, highest: bigint): void {
  const dump = openDump([bytesSource('image', image.elf())]);
  if (!dump.ok) throw new Error(dump.problem.message);
  const kernel = openKernel(dump.value, { architectures: [image.machine.architecture] });
  if (!kernel.ok) throw new Error(kernel.problem.message);
  const symbol = kernel.value.symbol('highest_memmap_pfn');
  const physical = symbol === undefined ? undefined : kernel.value.virtual.physical(symbol);
  if (!physical?.ok) throw new Error('no highest_memmap_pfn');
  const bytes = image.memory();
  const offset = Number(physical.value - image.machine.addresses.memory);
  new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(offset, highest, true);
}

function noteOf(vmcoreinfo: string): Uint8Array {
  const name = 'VMCOREINFO\0';
  const text = new TextEncoder().encode(vmcoreinfo);
  const bytes = new Uint8Array(24 + text.length + ((4 - (text.length % 4)) % 4));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, name.length, true);
  view.setUint32(4, text.length, true);
  bytes.set(new TextEncoder().encode(name), 12);
  bytes.set(text, 24);
  return bytes;
}

/** An ELF header, a note and one segment (System V ABI, chapters 4 and 5). */
function headers(noteBytes: number, memory: bigint): Uint8Array {
  const bytes = new Uint8Array(64 + 2 * 56);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 4, true);
  view.setUint16(18, 62, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(52, 64, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 2, true);
  const program = (at: number, type: number, offset: number, length: bigint) => {
    view.setUint32(at, type, true);
    view.setBigUint64(at + 8, BigInt(offset), true);
    view.setBigUint64(at + 32, length, true);
    view.setBigUint64(at + 40, length, true);
  };
  program(64, 4, NOTE_AT, BigInt(noteBytes));
  program(64 + 56, 1, MEMORY_AT, memory);
  return bytes;
}
