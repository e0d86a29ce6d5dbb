import {
  bits,
  decodeEntry,
  type EntryForm,
  indexOf,
  type Level,
  pfn as pfnOf,
  physAddr,
  rootLevel,
  swapWord,
  tableBits,
  tableBytes,
  tableLevels,
} from '@pagewright/core';
import { parseBtf, type Types } from '@pagewright/dump';
import { makeElf } from '../../dump/test/make-elf.js';
import { type MadeKallsyms, makeKallsyms } from '../../dump/test/make-kallsyms.js';
import {
  formOf,
  headersOf,
  MACHINES,
  type MachineName,
  type MadeMachine,
  type MadeRelease,
} from './make-machine.js';
import { PAGE_FLAGS, PAGE_STRUCT_BYTES } from './make-page-types.js';
import { makeTypes } from './make-types.js';

/** Which of the forms a kernel has had the image is in. */
export interface ImageShape {
  readonly machine?: MachineName;
  readonly release?: MadeRelease;
  readonly memoryModel?: 'vmemmap' | 'sparse' | 'flat';
  readonly kallsyms?: Pick<MadeKallsyms, 'form' | 'addressesFirst'>;
}

/** A struct page to be. */
export interface MadeStructPage {
  readonly flags?: readonly string[];
  /** Physical frame of the head, of a tail page. */
  readonly head?: bigint;
  readonly order?: number;
  readonly mapping?: bigint;
  readonly mapcount?: number;
  readonly refcount?: number;
  readonly type?: number;
}

type Members = Readonly<Record<string, bigint | number | string>>;
const MOST_BYTES = 1 << 25;
/** Maple nodes are aligned to this: low bits of pointers to them say what they are. */
const OBJECT_ALIGNMENT = 256;

/**
 * Memory of a kernel as it lies in a machine: image with variables, symbols and types, the kernel's
 * own tables, struct pages, tasks, and whatever a test adds. Everything is found as in a real dump.
 */
export class MadeImage {
  readonly machine: MadeMachine;
  readonly form: EntryForm;
  readonly types: Types;
  readonly release: MadeRelease;
  readonly pageBytes: number;
  /** Frames that a test may map: 64 of them, whose struct pages are in the dump. */
  readonly firstFrame: bigint;
  private readonly bytes = new Uint8Array(MOST_BYTES);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly symbols = new Map<string, bigint>();
  private readonly little: boolean;
  private used = 0;
  private readonly structPages: number;
  private readonly swapper: number;
  private readonly btf: Uint8Array;
  private finished: Uint8Array | undefined;
  private text = '';
  private readonly landmarks: number[] = [];

  constructor(readonly shape: ImageShape = {}) {
    this.release = shape.release ?? '6.12';
    this.machine = MACHINES[shape.machine ?? 'x86_64, 4 levels']();
    this.form = formOf(this.machine, this.release);
    const { byteOrder, pageShift } = this.form.definition;
    this.little = byteOrder === 'little';
    this.pageBytes = 2 ** pageShift;
    this.btf = makeTypes({
      byteOrder,
      page: this.release === '5.15' ? '6.1' : this.release,
      tree: this.release === '5.15' ? 'red-black' : 'maple',
      rss: headersOf(this.release) === '6.1' ? 'shared' : 'percpu',
    });
    const types = parseBtf(this.btf);
    if (!types.ok) throw new Error(types.problem.message);
    this.types = types.value;
    this.symbols.set('_text', 0n).set('_stext', 0n);
    this.room(8);
    // A page of struct pages holds at least those of 64 frames.
    this.structPages = this.room(this.pageBytes, this.pageBytes);
    const perPage = BigInt(this.pageBytes / PAGE_STRUCT_BYTES);
    const frame = this.machine.addresses.memory >> BigInt(pageShift);
    this.firstFrame = (frame / perPage + 1n) * perPage;
    const { rootSkip } = this.machine;
    const root = tableBytes(this.form, rootLevel(this.form));
    this.swapper = this.room(rootSkip + root, this.pageBytes);
    this.emptyTable(this.swapper + rootSkip, rootLevel(this.form).level);
  }

  /** Room in memory; its offset from the first byte. */
  room(bytes: number, alignment = OBJECT_ALIGNMENT): number {
    const at = Math.ceil(this.used / alignment) * alignment;
    this.used = at + bytes;
    if (this.used > MOST_BYTES) throw new Error('the made image is full');
    return at;
  }

  /** Address at which the direct map has an offset. */
  address(offset: number): bigint {
    return this.machine.addresses.direct + BigInt(offset);
  }
  physical(offset: number): bigint {
    return this.machine.addresses.memory + BigInt(offset);
  }
  private offsetOf(address: bigint): number {
    return Number(address - this.machine.addresses.direct);
  }

  word(offset: number, value: bigint): void {
    this.view.setBigUint64(offset, BigInt.asUintN(64, value), this.little);
  }
  /** Text that ends with a NUL; answers its address. */
  string(text: string, offset = this.room(text.length + 1)): bigint {
    this.bytes.set(new TextEncoder().encode(text), offset);
    return this.address(offset);
  }
  blob(bytes: Uint8Array, alignment?: number): number {
    const at = this.room(bytes.length, alignment);
    this.bytes.set(bytes, at);
    return at;
  }
  /** A variable of the image: a word. */
  variable(name: string, value: bigint): this {
    const at = this.room(8, 8);
    this.symbols.set(name, BigInt(at));
    this.word(at, value);
    return this;
  }

  variable32(name: string, value: number): this {
    const at = this.room(4, 8);
    this.symbols.set(name, BigInt(at));
    this.number32(at, value);
    return this;
  }
  /** Gives an offset a symbol's name. */
  symbolAt(name: string, offset: number): void {
    this.symbols.set(name, BigInt(offset));
  }
  number32(offset: number, value: number): void {
    this.view.setInt32(offset, value, this.little);
  }

  /** Writes members of an object; answers its address in the direct map. */
  object(type: string, members: Members, address?: bigint): bigint {
    const size = this.types.sizeOf(type);
    if (size === undefined) throw new Error(`no ${type}`);
    const start = address === undefined ? this.room(size) : this.offsetOf(address);
    for (const [path, value] of Object.entries(members)) {
      const offset = this.types.offset(`${type}.${path}`);
      if (offset === undefined) throw new Error(`no ${type}.${path}`);
      if (typeof value === 'string') this.string(value, start + offset);
      else this.number(start + offset, this.types.sizeOf(`${type}.${path}`) ?? 0, BigInt(value));
    }
    return this.address(start);
  }
  private number(at: number, bytes: number, value: bigint): void {
    if (bytes === 8) this.word(at, value);
    else if (bytes === 4) this.view.setUint32(at, Number(BigInt.asUintN(32, value)), this.little);
    else if (bytes === 1) this.bytes[at] = Number(BigInt.asUintN(8, value));
    else throw new Error(`no numbers of ${bytes} bytes`);
  }

  private emptyTable(offset: number, level: Level): void {
    const empty = this.machine.emptyEntry(level, this.form);
    const geometry = this.form.geometry(level);
    if (geometry === undefined) throw new Error(`no ${level}`);
    for (let i = 0; i < 2 ** geometry.indexBits; i++) this.word(offset + 8 * i, empty);
    const decoded = decodeEntry(this.form, level, bits(empty));
    if (decoded.kind !== 'none') throw new Error(`an empty ${level} reads as ${decoded.kind}`);
  }

  /** A root table of a process; its offset. */
  root(): number {
    const { level } = rootLevel(this.form);
    const at = this.room(tableBytes(this.form, rootLevel(this.form)), this.pageBytes);
    this.emptyTable(at, level);
    return at;
  }

  /** Stores an entry of a table of `level` for an address, making the tables above it. */
  setEntry(root: number, address: bigint, entry: bigint, level: Level = 'pte'): number {
    let table = root;
    for (const geometry of tableLevels(this.form)) {
      const slot = table + 8 * indexOf(geometry, address);
      if (geometry.level === level) {
        this.word(slot, entry);
        return slot;
      }
      const word = bits(this.view.getBigUint64(slot, this.little));
      const found = decodeEntry(this.form, geometry.level, word);
      if (found.kind === 'table') table = Number(found.next - this.machine.addresses.memory);
      else table = this.addTable(slot, geometry.level);
    }
    throw new Error(`no tables of ${level}`);
  }

  private addTable(slot: number, level: Level): number {
    const below = tableLevels(this.form);
    const next = below[below.findIndex((each) => each.level === level) + 1];
    if (next === undefined) throw new Error('nothing below');
    const length = tableBytes(this.form, next);
    const table = this.room(length, Math.max(length, this.pageBytes));
    this.emptyTable(table, next.level);
    const physical = physAddr(this.physical(table));
    const entry = bits(
      tableBits(this.form, physical) | this.machine.tableBits(level, this.release),
    );
    const decoded = decodeEntry(this.form, level, entry);
    if (decoded.kind !== 'table' || decoded.next !== physical) {
      throw new Error(`the made ${level} entry is ${decoded.kind}`);
    }
    this.word(slot, entry);
    return table;
  }

  /** A present entry of a page, private and writable. */
  leaf(frame: bigint): bigint {
    const made = this.form.function('pfn_pte');
    if ('absent' in made) throw new Error('no pfn_pte');
    const args: Record<string, bigint> = {
      pfn: frame,
      prot: this.form.definition.protectionMap[3] as bigint,
    };
    return made.bits(...made.params.map((name) => args[name] as bigint)) as bigint;
  }
  get hasSpecial(): boolean {
    return this.form.geometry('pte')?.hasSpecial === true;
  }
  /** Marked as none of the kernel's pages, where entries can say so. */
  special(entry: bigint): bigint {
    return !this.hasSpecial ? entry : this.form.apply('pte', 'mkspecial', bits(entry));
  }
  swap(type: number, offset: bigint): bigint {
    return swapWord(this.form, 'pte', { type, offset });
  }

  /** Writes the struct page of one of the 64 frames. */
  page(index: number, page: MadeStructPage): this {
    const at = this.structPages + index * PAGE_STRUCT_BYTES;
    const isOld = this.release === '5.15' || this.release === '6.1';
    const names: Readonly<Record<string, number>> = PAGE_FLAGS[isOld ? '6.1' : 'later'];
    const isHead = page.order !== undefined;
    const flags = [...(page.flags ?? []), ...(isHead ? ['PG_head'] : [])];
    const address = this.address(at);
    this.object(
      'page',
      {
        [this.types.has('page.flags.f') ? 'flags.f' : 'flags']: flags.reduce(
          (word, name) => word | (1n << BigInt(names[name] as number)),
          0n,
        ),
        mapping: page.mapping ?? 0n,
        '_mapcount.counter': page.mapcount ?? -1,
        '_refcount.counter': page.refcount ?? 1,
        ...(page.type === undefined ? {} : { page_type: (BigInt(page.type) << 24n) | 0xffffffn }),
        ...(page.head === undefined ? {} : this.headLink(page.head)),
      },
      address,
    );
    if (page.order !== undefined) this.folio(address, page.order, isOld);
    return this;
  }

  /** The link of a tail page: on x86-64 a mask since 7.2 where struct pages allow it. */
  private headLink(head: bigint): Members {
    if (this.release !== '7.2') return { compound_head: this.pageAddress(head) + 1n };
    const isMask = this.machine.architecture.backend.arch === 'x86';
    const mask = BigInt.asUintN(64, -BigInt(PAGE_STRUCT_BYTES * 4));
    return { compound_info: (isMask ? mask : this.pageAddress(head)) + 1n };
  }

  private folio(address: bigint, order: number, isOld: boolean): void {
    const tail = address + BigInt(PAGE_STRUCT_BYTES);
    if (isOld) this.object('page', { compound_order: order, 'compound_mapcount.counter': 0 }, tail);
    else this.object('folio', { _flags_1: order, '_entire_mapcount.counter': 0 }, address);
  }

  /** Address of a frame's struct page as this memory model has it. */
  pageAddress(frame: bigint): bigint {
    const { vmemmap } = this.machine.addresses;
    if ((this.shape.memoryModel ?? 'vmemmap') === 'vmemmap') {
      return vmemmap + frame * BigInt(PAGE_STRUCT_BYTES);
    }
    return this.address(this.structPages) + (frame - this.firstFrame) * BigInt(PAGE_STRUCT_BYTES);
  }

  /** Tasks in a list behind the idle task, which is in the image. */
  tasks(members: readonly Members[]): readonly bigint[] {
    const all: Members[] = [{ comm: 'swapper/0' }, ...members];
    const addresses = all.map((each) => this.object('task_struct', each));
    const links = BigInt(this.types.offset('task_struct.tasks') ?? 0);
    const idle = this.offsetOf(addresses[0] as bigint);
    // The idle task is a variable: its neighbours know it by its address in the image.
    const seen = [this.machine.addresses.image + BigInt(idle), ...addresses.slice(1)];
    addresses.forEach((address, i) => {
      const at = (n: number) => (seen[(n + all.length) % all.length] as bigint) + links;
      this.object('task_struct', { 'tasks.next': at(i + 1), 'tasks.prev': at(i - 1) }, address);
    });
    this.symbols.set('init_task', BigInt(idle));
    return addresses.slice(1);
  }

  /** All of memory from its first byte on. */
  memory(): Uint8Array {
    this.finished ??= this.finish();
    return this.finished;
  }

  /** Offsets at which variables, tables and texts of the whole image begin. */
  places(): readonly number[] {
    this.memory();
    return [...new Set([...this.landmarks, ...[...this.symbols.values()].map(Number)])];
  }

  /** VMCOREINFO of the image. */
  get vmcoreinfo(): string {
    this.memory();
    return this.text;
  }

  private finish(): Uint8Array {
    const { addresses } = this.machine;
    this.variable('highest_memmap_pfn', this.firstFrame + 63n);
    const uts = this.room(6 * 65);
    const release = `${this.release}.0-made`;
    this.string(release, uts + 2 * 65);
    const lines = [`OSRELEASE=${release}`, `PAGESIZE=${this.pageBytes}`];
    const symbol = (name: string, value: bigint) =>
      lines.push(`SYMBOL(${name})=${value.toString(16)}`);
    symbol('init_uts_ns', addresses.image + BigInt(uts));
    symbol('swapper_pg_dir', addresses.image + BigInt(this.swapper));
    lines.push('OFFSET(uts_namespace.name)=0', `SIZE(page)=${PAGE_STRUCT_BYTES}`);
    lines.push(...this.memoryModelLines(), ...this.machine.lines(this.release));
    const info = this.room(4096, this.pageBytes);
    this.landmarks.push(uts, info, this.swapper + this.machine.rootSkip, this.structPages);
    const variables = this.machine.variables(0n);
    for (const name of Object.keys(variables)) this.variable(name, 0n);
    const btf = this.blob(this.btf, 8);
    this.symbols.set('__start_BTF', BigInt(btf)).set('__stop_BTF', BigInt(btf + this.btf.length));
    const kallsyms = this.addKallsyms();
    lines.push(kallsyms.trim());
    const end = this.used;
    this.mapKernel(end);
    const last = Math.ceil(this.used / this.pageBytes) * this.pageBytes;
    for (const [name, value] of Object.entries(this.machine.variables(this.physical(last)))) {
      this.word(Number(this.symbols.get(name)), value);
      if (name === 'high_memory') {
        symbol(name, addresses.image + (this.symbols.get(name) as bigint));
      }
    }
    this.text = `${lines.join('\n')}\n`;
    this.string(this.text, info);
    return this.bytes.slice(0, last);
  }

  /** The tables lie behind all symbols, whose end is that of the image. */
  private addKallsyms(): string {
    const { image } = this.machine.addresses;
    const kallsyms = this.shape.kallsyms ?? {};
    const at = this.room(0, 8);
    const make = (end: bigint) =>
      makeKallsyms({
        symbols: [...this.symbols, ['_end', end] as const]
          .map(([name, offset]) => ({ name, address: image + offset, type: 'D' }))
          .sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0)),
        byteOrder: this.form.definition.byteOrder,
        at: image + BigInt(at),
        ...kallsyms,
      });
    // How long the tables are does not depend on where the image ends.
    const length = make(BigInt(at)).bytes.length;
    const made = make(BigInt(at + length));
    this.blob(made.bytes, 8);
    this.landmarks.push(at, at + length);
    return made.vmcoreinfo;
  }

  private mapKernel(end: number): void {
    const { memory, image } = this.machine.addresses;
    const shift = BigInt(this.form.definition.pageShift);
    const root = this.swapper + this.machine.rootSkip;
    for (let at = 0; at < end; at += this.pageBytes) {
      this.setEntry(root, image + BigInt(at), this.leaf((memory + BigInt(at)) >> shift));
    }
    if ((this.shape.memoryModel ?? 'vmemmap') !== 'vmemmap') return;
    const frame = this.physical(this.structPages) >> shift;
    this.setEntry(root, this.pageAddress(this.firstFrame), this.leaf(frame));
  }

  private memoryModelLines(): string[] {
    const model = this.shape.memoryModel ?? 'vmemmap';
    const { sectionBits, physicalBits } = this.machine;
    if (model === 'flat') {
      const node = this.room(24);
      this.word(node, this.address(this.structPages));
      this.word(node + 8, this.firstFrame);
      this.word(node + 16, 64n);
      return [
        `SYMBOL(contig_page_data)=${this.address(node).toString(16)}`,
        'OFFSET(pglist_data.node_mem_map)=0',
        'OFFSET(pglist_data.node_start_pfn)=8',
        'OFFSET(pglist_data.node_spanned_pages)=16',
      ];
    }
    const perRoot = this.pageBytes / 32;
    const roots = Math.ceil(2 ** (physicalBits - sectionBits) / perRoot);
    const array = this.room(8 * roots, this.pageBytes);
    const sectionShift = BigInt(sectionBits - this.form.definition.pageShift);
    const section = Number(this.firstFrame >> sectionShift);
    const root = this.room(this.pageBytes, this.pageBytes);
    this.landmarks.push(array, root);
    this.word(array + 8 * Math.floor(section / perRoot), this.address(root));
    // Present, with memory map, on line, early; the map as if it began with frame 0.
    this.word(root + 32 * (section % perRoot), this.pageAddress(0n) | 15n);
    return [
      `SYMBOL(mem_section)=${this.address(array).toString(16)}`,
      `LENGTH(mem_section)=${roots}`,
      'SIZE(mem_section)=32',
      'OFFSET(mem_section.section_mem_map)=0',
      `NUMBER(SECTION_SIZE_BITS)=${sectionBits}`,
      `NUMBER(MAX_PHYSMEM_BITS)=${physicalBits}`,
    ];
  }

  /** The image as an ELF core. */
  elf(): Uint8Array {
    const { elfMachine, addresses } = this.machine;
    const bytes = this.memory();
    const { byteOrder } = this.form.definition;
    return makeElf({
      machine: elfMachine,
      byteOrder,
      segments: [{ physical: addresses.memory, bytes }],
    });
  }

  /** A frame that a test may map. */
  frame(index: number) {
    return pfnOf(this.firstFrame + BigInt(index));
  }
}
