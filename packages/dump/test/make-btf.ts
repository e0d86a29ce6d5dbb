import { KIND } from '../src/btf/kind.js';

/** A member of a made struct; `bits` makes it a bitfield where the struct has the kind flag. */
export interface MadeMember {
  readonly name: string;
  readonly type: number;
  readonly bitOffset: number;
  readonly bits?: number;
}

/** Writes BTF blobs: each call adds a type and answers its number. */
export class BtfMaker {
  private readonly words: number[] = [];
  private readonly names: number[] = [];
  private readonly known = new Map<string, number>();
  private next: number;

  /** A split blob goes on after `base`, with numbers and string offsets. */
  constructor(
    readonly byteOrder: 'little' | 'big' = 'little',
    private readonly base?: BtfMaker,
  ) {
    this.next = base?.next ?? 1;
    if (base === undefined) this.nameOffset('');
  }

  add(kind: number, name: string, sizeOrType: number, data: number[], vlen = 0, flag = 0): number {
    const info = ((flag << 31) | (kind << 24) | vlen) >>> 0;
    this.words.push(this.nameOffset(name), info, sizeOrType, ...data);
    return this.next++;
  }
  int(name: string, size: number, signed = false, bits = size * 8, offset = 0): number {
    const encoding = (signed ? 1 : 0) << 24;
    return this.add(KIND.int, name, size, [encoding | (offset << 16) | bits]);
  }
  /** A type that is nothing but a reference: pointer, typedef, const ... */
  refer(
    kind: 'ptr' | 'typedef' | 'const' | 'volatile' | 'typeTag',
    type: number,
    name = '',
  ): number {
    return this.add(KIND[kind], name, type, []);
  }
  array(element: number, length: number): number {
    return this.add(KIND.array, '', 0, [element, 1, length]);
  }
  composite(
    kind: 'struct' | 'union',
    name: string,
    size: number,
    members: readonly MadeMember[],
    kindFlag = false,
  ): number {
    const data = members.flatMap(({ name, type, bitOffset, bits }) => [
      this.nameOffset(name),
      type,
      kindFlag ? (((bits ?? 0) << 24) | bitOffset) >>> 0 : bitOffset,
    ]);
    return this.add(KIND[kind], name, size, data, members.length, kindFlag ? 1 : 0);
  }
  enum(name: string, values: Readonly<Record<string, number>>, signed = false): number {
    const entries = Object.entries(values);
    const data = entries.flatMap(([key, value]) => [this.nameOffset(key), value >>> 0]);
    return this.add(KIND.enum, name, 4, data, entries.length, signed ? 1 : 0);
  }
  enum64(name: string, values: Readonly<Record<string, bigint>>, signed = false): number {
    const entries = Object.entries(values);
    const data = entries.flatMap(([key, value]) => [
      this.nameOffset(key),
      Number(BigInt.asUintN(32, value)),
      Number(BigInt.asUintN(32, value >> 32n)),
    ]);
    return this.add(KIND.enum64, name, 8, data, entries.length, signed ? 1 : 0);
  }
  funcProto(returns: number, parameters: readonly number[]): number {
    const data = parameters.flatMap((type) => [0, type]);
    return this.add(KIND.funcProto, '', returns, data, parameters.length);
  }

  /** The blob; `layout` gives sizes of kinds as Linux 7 writes them behind the strings. */
  blob(layout: readonly number[] = []): Uint8Array {
    const header = layout.length === 0 ? 24 : 32;
    const typeBytes = this.words.length * 4;
    const out = new Uint8Array(header + typeBytes + this.names.length + layout.length);
    const view = new DataView(out.buffer);
    const little = this.byteOrder === 'little';
    view.setUint16(0, 0xeb9f, little);
    out[2] = 1;
    const fields = [header, 0, typeBytes, typeBytes, this.names.length];
    if (layout.length > 0) fields.push(typeBytes + this.names.length, layout.length);
    fields.forEach((value, i) => {
      view.setUint32(4 + i * 4, value, little);
    });
    this.words.forEach((word, i) => {
      view.setUint32(header + i * 4, word, little);
    });
    out.set(this.names, header + typeBytes);
    out.set(layout, header + typeBytes + this.names.length);
    return out;
  }

  private get stringEnd(): number {
    return (this.base?.stringEnd ?? 0) + this.names.length;
  }
  private nameOffset(name: string): number {
    const known = this.base?.known.get(name) ?? this.known.get(name);
    if (known !== undefined) return known;
    const offset = this.stringEnd;
    this.known.set(name, offset);
    this.names.push(...new TextEncoder().encode(name), 0);
    return offset;
  }
}

/** A small kernel: structs with every kind of member that typed access knows. */
export function makeKernelTypes(byteOrder: 'little' | 'big' = 'little') {
  const btf = new BtfMaker(byteOrder);
  const ulong = btf.int('long unsigned int', 8);
  const int = btf.int('int', 4, true);
  const char = btf.int('char', 1, true);
  const listId = 5;
  const listPtr = btf.refer('ptr', listId);
  btf.composite('struct', 'list_head', 16, [
    { name: 'next', type: listPtr, bitOffset: 0 },
    { name: 'prev', type: listPtr, bitOffset: 64 },
  ]);
  const comm = btf.array(char, 16);
  const inner = btf.composite('struct', '', 8, [
    { name: 'pid', type: int, bitOffset: 0 },
    { name: 'tgid', type: int, bitOffset: 32 },
  ]);
  const union = btf.composite('union', '', 8, [
    { name: 'both', type: ulong, bitOffset: 0 },
    { name: '', type: inner, bitOffset: 0 },
  ]);
  const slots = btf.array(listId, 2);
  const constInt = btf.refer('const', int);
  const pidT = btf.refer('typedef', constInt, 'pid_t');
  const tail = btf.array(ulong, 0);
  const next = btf.refer('ptr', pidT + 3);
  const task = btf.composite(
    'struct',
    'task_struct',
    112,
    [
      { name: 'list', type: listId, bitOffset: 0 },
      { name: '', type: union, bitOffset: 128 },
      { name: 'comm', type: comm, bitOffset: 192 },
      { name: 'slots', type: slots, bitOffset: 320 },
      { name: 'ppid', type: pidT, bitOffset: 576 },
      { name: 'low', type: int, bitOffset: 608, bits: 3 },
      { name: 'wide', type: ulong, bitOffset: 611, bits: 17 },
      { name: 'parent', type: next, bitOffset: 704 },
      { name: 'state', type: ulong, bitOffset: 768 },
      { name: 'tail', type: tail, bitOffset: 896 },
    ],
    true,
  );
  btf.enum('pageflags', { PG_locked: 0, PG_writeback: 1, PG_head: 6 });
  btf.enum('errno', { EPERM: -1 }, true);
  btf.enum64('wide', { BIG: 0x1_0000_0002n, MINUS: -2n }, true);
  return { btf, task, ids: { ulong, int, char, listId, comm, pidT, next } };
}
