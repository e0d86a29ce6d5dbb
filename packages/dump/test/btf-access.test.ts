import { fail, ok, type Result, type VirtAddr, virtAddr } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { field } from '../src/btf/field.js';
import { parseTypesFile, readBtf } from '../src/btf/read.js';
import { searchBtf } from '../src/btf/search.js';
import { parseBtf, type Types } from '../src/btf/types.js';
import { BtfMaker, makeKernelTypes } from './make-btf.js';
import { makeElfWithSection } from './make-elf-section.js';

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}
const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.problem.code);

/** Memory of one piece, that counts its reads. */
function memoryAt(base: bigint, bytes: Uint8Array) {
  const memory = {
    reads: 0,
    read(address: VirtAddr, length: number): Result<Uint8Array> {
      memory.reads++;
      const start = Number(address - base);
      if (start < 0 || start + length > bytes.length) return fail('not-in-dump', 'not there');
      return ok(bytes.subarray(start, start + length));
    },
  };
  return memory;
}

const BASE = 0xffff_8880_0000_1000n;
const PARENT = BASE + 112n;

function twoTasks(order: 'little' | 'big') {
  const types = must(parseBtf(makeKernelTypes(order).btf.blob()));
  const little = order === 'little';
  const bytes = new Uint8Array(224);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BASE + 16n, little);
  view.setInt32(16, 42, little);
  view.setInt32(20, -7, little);
  bytes.set(new TextEncoder().encode('mapper\0rest'), 24);
  view.setInt32(72, 1, little);
  // low = -3 (0b101), wide = 0x1abcd, beginning at byte 76.
  const packed = little ? 0b101 | (0x1abcd << 3) : ((0b101 << 17) | 0x1abcd) << 12;
  view.setUint32(76, packed >>> 0, little);
  view.setBigUint64(88, PARENT, little);
  view.setBigUint64(96, 0x8000_0000_0000_0001n, little);
  bytes.set(new TextEncoder().encode('init'), 112 + 24);
  return { types, memory: memoryAt(BASE, bytes), bytes };
}

describe.each(['little', 'big'] as const)('typed access, %s-endian', (order) => {
  it('reads chosen members with one read a struct', () => {
    const { types, memory } = twoTasks(order);
    const record = must(
      types.record('task_struct', {
        pid: field.number('pid'),
        tgid: field.number('tgid'),
        ppid: field.int('ppid'),
        comm: field.string('comm'),
        low: field.number('low'),
        wide: field.number('wide'),
        parent: field.pointer('parent'),
        state: field.int('state'),
        list: field.address('slots[1]'),
        gone: field.optional(field.int('mm_mt')),
      }),
    );
    expect(must(record.read(memory, virtAddr(BASE)))).toEqual({
      pid: 42,
      tgid: -7,
      ppid: 1n,
      comm: 'mapper',
      low: -3,
      wide: 0x1abcd,
      parent: PARENT,
      state: 0x8000_0000_0000_0001n,
      list: BASE + 56n,
      gone: undefined,
    });
    expect(memory.reads).toBe(1);
    expect([record.start, record.end]).toEqual([16, 104]);
  });

  it('looks into a struct, into what lies in it and behind its pointers', () => {
    const { types, memory } = twoTasks(order);
    const task = must(types.view(memory, virtAddr(BASE), 'task_struct'));
    expect(memory.reads).toBe(0);
    expect(must(task.string('comm'))).toBe('mapper');
    expect(must(task.number('pid'))).toBe(42);
    expect(must(task.get(field.bytes('comm'))).length).toBe(16);
    expect(memory.reads).toBe(1);
    const list = must(task.inner('list'));
    expect(must(list.pointer('next'))).toBe(BASE + 16n);
    const parent = must(task.follow('parent'));
    expect(parent?.address).toBe(PARENT);
    expect(parent && must(parent.string('comm'))).toBe('init');
  });

  it('keeps what it read when the memory reuses its buffer', () => {
    const { types, memory, bytes } = twoTasks(order);
    const task = must(types.view(memory, virtAddr(BASE), 'task_struct'));
    expect(must(task.number('pid'))).toBe(42);
    bytes.fill(0);
    expect(must(task.number('tgid'))).toBe(-7);
  });
});

describe('pointers', () => {
  it('lead to the type that they point to, NULL to nothing', () => {
    const btf = new BtfMaker();
    btf.int('long unsigned int', 8);
    btf.refer('ptr', 3);
    btf.composite('struct', 'node', 16, [
      { name: 'next', type: 2, bitOffset: 0 },
      { name: 'value', type: 1, bitOffset: 64 },
    ]);
    const types = must(parseBtf(btf.blob()));
    const words = BigUint64Array.of(BASE + 16n, 1n, 0n, 2n);
    const memory = memoryAt(BASE, new Uint8Array(words.buffer));
    const first = must(types.view(memory, virtAddr(BASE), 'node'));
    const second = must(first.follow('next'));
    expect(second === undefined ? 0n : must(second.int('value'))).toBe(2n);
    expect(second === undefined ? 0 : must(second.follow('next'))).toBeUndefined();
  });
});

describe('problems', () => {
  const { types, memory } = twoTasks('little');
  it('are found once, when fields are prepared', () => {
    expect(code(types.record('task_struct', { a: field.int('mm') }))).toBe('no-member');
    expect(code(types.record('task_struct', { a: field.int('comm') }))).toBe('not-a-number');
    expect(code(types.record('task_struct', { a: field.number('state') }))).toBe('too-wide');
    expect(code(types.record('task_struct', { a: field.bytes('low') }))).toBe('no-size');
    expect(code(types.record('mm_struct', {}))).toBe('no-type');
    const far = { a: field.int('state'), b: field.int('tail[1000000]') };
    expect(code(types.record('task_struct', far))).toBe('too-large');
  });
  it('are members that no byte begins with, in a damaged blob', () => {
    const btf = new BtfMaker();
    const int = btf.int('int', 4, true);
    btf.composite('struct', 's', 8, [{ name: 'odd', type: int, bitOffset: 3 }], true);
    const odd = must(parseBtf(btf.blob()));
    expect(odd.offset('s.odd')).toBeUndefined();
    expect(code(odd.record('s', { a: field.int('odd') }))).toBe('not-a-number');
    expect(code(odd.record('s', { a: field.bytes('odd') }))).toBe('no-size');
  });
  it('are those of the memory when a struct is read', () => {
    const record = must(types.record('task_struct', { pid: field.number('pid') }));
    expect(code(record.read(memory, virtAddr(0n)))).toBe('not-in-dump');
  });
  it('do not keep the present part of a struct from being read', () => {
    const half = must(types.view(memory, virtAddr(PARENT + 16n), 'task_struct'));
    expect(code(half.string('comm'))).toBe('ok');
    expect(code(half.int('state'))).toBe('not-in-dump');
  });
});

describe('bitfields', () => {
  it('come back as they were put in, in either byte order', () => {
    const bit = { offset: fc.nat(90), size: fc.integer({ min: 1, max: 64 }) };
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.boolean(),
        bit.offset,
        bit.size,
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        (little, signed, bitOffset, bits, seed) => {
          const btf = new BtfMaker(little ? 'little' : 'big');
          const type = btf.int('long unsigned int', 8, signed);
          btf.composite('struct', 's', 24, [{ name: 'f', type, bitOffset, bits }], true);
          const value = signed ? BigInt.asIntN(bits, seed) : BigInt.asUintN(bits, seed);
          const bytes = new Uint8Array(24).fill(0xa5);
          for (let i = 0; i < bits; i++) {
            const at = bitOffset + i;
            const mask = little ? 1 << (at % 8) : 0x80 >> (at % 8);
            const from = little ? i : bits - 1 - i;
            const set = (BigInt.asUintN(64, value) >> BigInt(from)) & 1n;
            const old = bytes[at >> 3] as number;
            bytes[at >> 3] = set === 1n ? old | mask : old & ~mask;
          }
          const types = must(parseBtf(btf.blob()));
          const view = must(types.view(memoryAt(0n, bytes), virtAddr(0n), 's'));
          expect(must(view.int('f'))).toBe(value);
        },
      ),
    );
  });
});

describe('layouts', () => {
  it('show members, holes and padding', () => {
    const types = must(parseBtf(makeKernelTypes().btf.blob()));
    const layout = must(types.layout('struct task_struct'));
    expect([layout.type, layout.size, layout.paddingBits]).toEqual(['struct task_struct', 112, 0]);
    const rows = layout.members.map((m) => [m.declaration, m.bitOffset, m.bitSize, m.holeBits]);
    expect(rows).toEqual([
      ['struct list_head list', 0, undefined, 0],
      ['union {...}', 128, undefined, 0],
      ['char comm[16]', 192, undefined, 0],
      ['struct list_head slots[2]', 320, undefined, 0],
      ['pid_t ppid', 576, undefined, 0],
      ['int low', 608, 3, 0],
      ['long unsigned int wide', 611, 17, 0],
      ['struct task_struct *parent', 704, undefined, 76],
      ['long unsigned int state', 768, undefined, 0],
      ['long unsigned int tail[]', 896, undefined, 64],
    ]);
    const nested = layout.members[1]?.members.map((m) => m.declaration);
    expect(nested).toEqual(['long unsigned int both', 'struct {...}']);
    expect(layout.members[1]?.members[1]?.members.map((m) => m.bitOffset)).toEqual([128, 160]);
  });

  it('show what a typedef stands for, and the constants of an enum', () => {
    const types = must(parseBtf(makeKernelTypes().btf.blob()));
    expect(must(types.layout('pid_t'))).toMatchObject({ aliasOf: 'const int', size: 4 });
    const flags = must(types.layout('enum pageflags'));
    expect(flags.enumerators.at(-1)).toEqual({ name: 'PG_head', value: 6n });
  });

  it('declare as C does', () => {
    const btf = new BtfMaker();
    const int = btf.int('int', 4, true);
    const handler = btf.refer('ptr', btf.funcProto(int, [btf.refer('ptr', int), 0]));
    const rows = btf.refer('ptr', btf.array(int, 3));
    const constant = btf.refer('const', btf.refer('ptr', btf.refer('const', int)));
    const none = btf.refer('ptr', btf.funcProto(0, []));
    btf.composite('struct', 's', 32, [
      { name: 'handler', type: handler, bitOffset: 0 },
      { name: 'rows', type: rows, bitOffset: 64 },
      { name: 'constant', type: constant, bitOffset: 128 },
      { name: 'none', type: none, bitOffset: 192 },
    ]);
    const layout = must(must(parseBtf(btf.blob())).layout('s'));
    expect(layout.members.map((m) => m.declaration)).toEqual([
      'int (*handler)(int *, ...)',
      'int (*rows)[3]',
      'const int *const constant',
      'void (*none)(void)',
    ]);
  });
});

describe('where types come from', () => {
  const blob = makeKernelTypes('big').btf.blob();
  const has = (types: Result<Types>) => must(types).has('task_struct.comm');

  it('a raw blob', () => {
    expect(has(parseTypesFile(blob))).toBe(true);
  });
  it.each([
    ['64-bit little-endian', 64, 'little'],
    ['64-bit big-endian', 64, 'big'],
    ['32-bit little-endian', 32, 'little'],
  ] as const)('the section .BTF of a %s ELF file', (_, wordBits, byteOrder) => {
    expect(has(parseTypesFile(makeElfWithSection('.BTF', blob, wordBits, byteOrder)))).toBe(true);
    const other = makeElfWithSection('.text', blob, wordBits, byteOrder);
    expect(code(parseTypesFile(other))).toBe('no-section');
    for (let length = 4; length < other.length; length += 7) {
      expect(['truncated', 'no-section', 'bad-elf']).toContain(
        code(parseTypesFile(other.slice(0, length))),
      );
    }
  });
  it('the kernel image, between its two symbols', () => {
    const memory = memoryAt(BASE, blob);
    const symbols = (start?: bigint, stop?: bigint) => ({
      address: (name: string) =>
        (name === '__start_BTF' ? start : name === '__stop_BTF' ? stop : undefined) as
          | VirtAddr
          | undefined,
    });
    const end = BASE + BigInt(blob.length);
    expect(has(readBtf(memory, symbols(BASE, end)))).toBe(true);
    expect(code(readBtf(memory, symbols()))).toBe('no-btf');
    expect(code(readBtf(memory, symbols(end, BASE)))).toBe('no-btf');
    expect(code(readBtf(memory, symbols(BASE, BASE + (1n << 40n))))).toBe('no-btf');
    expect(code(readBtf(memory, symbols(BASE + 4n, end)))).toBe('no-btf');
    expect(code(readBtf(memory, symbols(BASE, end + 4n)))).toBe('not-in-dump');
  });
  it.each(['little', 'big'] as const)('the image searched, %s-endian', (byteOrder) => {
    const [kernel, module] = [new BtfMaker(byteOrder), new BtfMaker(byteOrder)];
    kernel.composite('struct', 'task_struct', 8, []);
    module.composite('struct', 'other', 8, []);
    const image = new Uint8Array(0x30000);
    image.set(module.blob(), 0x1234);
    // The header crosses from one read to the next.
    image.set(kernel.blob(), 0x20000 - 8);
    // Code that has the two bytes in it, more often than would be looked into.
    for (let at = 0x2000; at < 0x4000; at += 4) image.set(kernel.blob().subarray(0, 2), at);
    // What begins like BTF and claims to be longer than memory.
    image.set(kernel.blob().subarray(0, 8), 0x1000);
    image.fill(0x7f, 0x1008, 0x1020);
    const found = searchBtf(memoryAt(BASE, image), virtAddr(BASE + 0x800n));
    expect(found.ok && found.value.sizeOf('task_struct')).toBe(8);
    image.fill(0, 0x20000 - 8);
    expect(code(searchBtf(memoryAt(BASE, image), virtAddr(BASE)))).toBe('no-btf');
  });
});
