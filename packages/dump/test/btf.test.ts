import { ok, type Result } from '@pagewright/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KIND } from '../src/btf/kind.js';
import { parseBtf, type Types } from '../src/btf/types.js';
import { BtfMaker, makeKernelTypes } from './make-btf.js';

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}
const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.problem.code);
const kernel = (order: 'little' | 'big' = 'little'): Types =>
  must(parseBtf(makeKernelTypes(order).btf.blob()));

describe.each(['little', 'big'] as const)('types of a %s-endian kernel', (order) => {
  const types = kernel(order);

  it('answers offsets, sizes and lengths by path', () => {
    expect(types.byteOrder).toBe(order);
    expect(types.pointerBytes).toBe(8);
    expect(types.sizeOf('struct task_struct')).toBe(112);
    expect(types.sizeOf('task_struct')).toBe(112);
    expect(types.offset('task_struct.list.prev')).toBe(8);
    expect(types.offset('task_struct.comm')).toBe(24);
    expect(types.offset('task_struct.comm[3]')).toBe(27);
    expect(types.offset('task_struct.slots[1].prev')).toBe(64);
    expect(types.arrayLength('task_struct.comm')).toBe(16);
    expect(types.arrayLength('task_struct.tail')).toBe(0);
    expect(types.sizeOf('task_struct.slots')).toBe(32);
    expect(types.sizeOf('pid_t')).toBe(4);
    expect(types.sizeOf('task_struct.parent')).toBe(8);
  });

  it('searches anonymous structs and unions', () => {
    expect(types.offset('task_struct.both')).toBe(16);
    expect(types.offset('task_struct.tgid')).toBe(20);
    expect(types.has('task_struct.pid')).toBe(true);
  });

  it('tells bitfields from members', () => {
    expect(types.bitfield('task_struct.low')).toEqual({ bitOffset: 608, bitSize: 3 });
    expect(types.offset('task_struct.low')).toBeUndefined();
    expect(types.bitfield('task_struct.state')).toBeUndefined();
  });

  it('knows constants by enum and by name', () => {
    expect(types.enumerators('pageflags').map(({ name }) => name)).toEqual([
      'PG_locked',
      'PG_writeback',
      'PG_head',
    ]);
    expect(types.enumerator('PG_head')).toBe(6n);
    expect(types.enumerator('EPERM')).toBe(-1n);
    expect(types.enumerator('BIG')).toBe(0x1_0000_0002n);
    expect(types.enumerator('MINUS')).toBe(-2n);
    expect(types.enumerator('NONE')).toBeUndefined();
  });
});

describe('what is not there', () => {
  const types = kernel();
  it.each([
    ['mm_struct', 'no-type'],
    ['task_struct.mm_mt', 'no-member'],
    ['task_struct.both.x', 'no-member'],
    ['task_struct.pid[0]', 'not-an-array'],
    ['task_struct.comm[16]', 'beyond-array'],
    ['task_struct..pid', 'bad-path'],
    ['task_struct.comm[x]', 'bad-path'],
    ['task_struct.comm]', 'bad-path'],
    ['union task_struct', 'no-type'],
    ['', 'no-type'],
  ])('%s is %s', (path, expected) => {
    expect(code(types.place(path))).toBe(expected);
    expect(types.has(path)).toBe(false);
    expect(types.offset(path)).toBeUndefined();
  });
  it('takes any index of a flexible array', () => {
    expect(types.offset('task_struct.tail[5]')).toBe(152);
  });
  it('names the type and the member that is missing', () => {
    const place = types.place('task_struct.list.first');
    expect(place.ok ? '' : place.problem.message).toBe('struct list_head has no member first');
  });
});

describe('names that occur twice', () => {
  const btf = new BtfMaker();
  const int = btf.int('int', 4, true);
  const fwd = btf.add(KIND.fwd, 'stat', 0, []);
  const first = btf.composite('struct', 'stat', 4, [{ name: 'a', type: int, bitOffset: 0 }]);
  const second = btf.composite('struct', 'stat', 8, [{ name: 'b', type: int, bitOffset: 32 }]);
  const named = btf.refer('typedef', second, 'stat');
  btf.composite('struct', 'user', 8, [{ name: 's', type: second, bitOffset: 0 }]);
  const types = must(parseBtf(btf.blob()));

  it('finds all of them, the first struct before others, and no forward declaration', () => {
    expect(types.all('stat')).toEqual([first, second, named]);
    expect(types.find('stat')).toBe(first);
    expect(types.all('struct stat')).toEqual([first, second]);
    expect(types.sizeOfType(fwd)).toBeUndefined();
  });
  it('follows numbers, not names', () => {
    expect(types.offset('user.s.b')).toBe(4);
    expect(types.has('user.s.a')).toBe(false);
  });
});

describe('the old form of bitfields', () => {
  it('takes width and position from the integer type', () => {
    const btf = new BtfMaker();
    const three = btf.int('unsigned int', 4, false, 3, 2);
    const whole = btf.int('int', 4, true);
    btf.composite('struct', 'old', 8, [
      { name: 'flags', type: three, bitOffset: 8 },
      { name: 'whole', type: whole, bitOffset: 32 },
    ]);
    const types = must(parseBtf(btf.blob()));
    expect(types.bitfield('old.flags')).toEqual({ bitOffset: 10, bitSize: 3 });
    expect(types.offset('old.whole')).toBe(4);
  });
});

describe('split BTF', () => {
  const { btf, ids } = makeKernelTypes();
  const module = new BtfMaker('little', btf);
  const own = module.composite('struct', 'ext4_inode', 20, [
    { name: 'list', type: ids.listId, bitOffset: 0 },
    { name: 'comm', type: ids.int, bitOffset: 128 },
  ]);
  module.enum('', { PG_module: 9 });
  const base = must(parseBtf(btf.blob()));
  const types = must(parseBtf(module.blob(), base));

  it('goes on where its base ends', () => {
    expect(types.struct('ext4_inode')).toBe(own);
    expect(own).toBe(base.count + 1);
    expect(types.offset('ext4_inode.list.prev')).toBe(8);
    expect(types.offset('ext4_inode.comm')).toBe(16);
    expect(types.offset('task_struct.comm')).toBe(24);
    expect(types.enumerator('PG_module')).toBe(9n);
    expect(types.enumerator('PG_head')).toBe(6n);
    expect(base.has('ext4_inode')).toBe(false);
  });
  it('refuses a base of the other byte order', () => {
    expect(code(parseBtf(module.blob(), kernel('big')))).toBe('bad-btf');
  });
});

describe('kinds', () => {
  it('reads all nineteen and finds what follows them', () => {
    const btf = new BtfMaker();
    const int = btf.int('int', 4, true);
    const proto = btf.funcProto(int, [int, 0]);
    btf.add(KIND.func, 'main', proto, []);
    const variable = btf.add(KIND.var, 'jiffies', int, [1]);
    btf.add(KIND.datasec, '.data', 4, [variable, 0, 4], 1);
    btf.add(KIND.float, 'double', 8, []);
    btf.add(KIND.declTag, 'tag', int, [0]);
    btf.add(KIND.restrict, '', btf.refer('ptr', btf.refer('volatile', int)), []);
    btf.refer('typeTag', int, 'user');
    makeLast(btf, int);
    const types = must(parseBtf(btf.blob()));
    expect(types.sizeOf('last')).toBe(4);
    expect(types.sizeOf('double')).toBe(8);
  });

  it('looks through tags that stand for attributes (kind flag, Linux 6.15 on)', () => {
    const btf = new BtfMaker();
    const int = btf.int('int', 4, true);
    const attributed = btf.add(KIND.typeTag, 'aligned(8)', int, [], 0, 1);
    btf.add(KIND.declTag, 'preserve_access_index', attributed, [0xffff_ffff], 0, 1);
    makeLast(btf, attributed);
    const types = must(parseBtf(btf.blob()));
    expect(types.sizeOf('last.x')).toBe(4);
    expect(types.sizeOf('last')).toBe(4);
  });

  it('steps over kinds of later kernels by the sizes that the blob gives', () => {
    const btf = new BtfMaker();
    const int = btf.int('int', 4, true);
    btf.add(20, 'later', 0, [1, 2, 3, 4, 5], 2);
    makeLast(btf, int);
    const layout = new Array<number>(21 * 4).fill(0);
    layout.splice(20 * 4, 2, 4, 8);
    expect(must(parseBtf(btf.blob(layout))).sizeOf('last')).toBe(4);
    expect(code(parseBtf(btf.blob()))).toBe('bad-btf');
  });

  const makeLast = (btf: BtfMaker, int: number) =>
    btf.composite('struct', 'last', 4, [{ name: 'x', type: int, bitOffset: 0 }]);
});

describe('damaged blobs', () => {
  it('are refused with the reason', () => {
    const blob = makeKernelTypes().btf.blob();
    expect(code(parseBtf(new Uint8Array()))).toBe('not-btf');
    expect(code(parseBtf(blob.slice(0, 20)))).toBe('truncated');
    expect(code(parseBtf(blob.slice(0, 60)))).toBe('truncated');
    expect(code(parseBtf(changed(blob, 2, 2)))).toBe('bad-btf');
    expect(code(parseBtf(changed(blob, 4, 200, 200)))).toBe('bad-btf');
    expect(code(parseBtf(changed(blob, 31, 31)))).toBe('bad-btf');
  });

  it('end typedefs that refer to each other', () => {
    const btf = new BtfMaker();
    btf.refer('typedef', 2, 'a');
    btf.refer('typedef', 1, 'b');
    const types = must(parseBtf(btf.blob()));
    expect(types.sizeOf('a')).toBeUndefined();
    expect(code(types.layout('a'))).toBe('ok');
  });

  it('end structs that hold themselves, arrays of themselves and pointers without end', () => {
    const btf = new BtfMaker();
    const members = Array.from({ length: 40 }, () => ({ name: '', type: 1, bitOffset: 0 }));
    btf.composite('struct', 'self', 8, members);
    btf.array(2, 1000);
    btf.composite('struct', 'holder', 8, [{ name: 'a', type: 2, bitOffset: 0 }]);
    btf.refer('ptr', 4);
    btf.refer('typedef', 4, 'endless');
    const types = must(parseBtf(btf.blob()));
    expect(code(types.place('self.x'))).toBe('no-member');
    expect(types.sizeOf('holder.a')).toBeUndefined();
    expect(code(types.place('holder.a[1]'))).toBe('beyond-array');
    expect(must(types.layout('self')).members.length).toBeGreaterThan(0);
    expect(must(types.layout('endless')).type).toBe('endless');
  });

  it('have their names cut where no kernel has longer ones', () => {
    const btf = new BtfMaker();
    const id = btf.int('n'.repeat(100_000), 4);
    expect(must(parseBtf(btf.blob())).table.name(id).length).toBe(512);
  });

  it('never break the reader: 500 mutated blobs', () => {
    const blob = makeKernelTypes().btf.blob();
    let refused = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(blob.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(blob.length),
        fc.boolean(),
        (edits, cut, cuts) => {
          const bytes = cuts ? blob.slice(0, cut) : blob.slice();
          for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
          const parsed = parseBtf(bytes);
          if (parsed.ok) exercise(parsed.value);
          else {
            refused++;
            expect(['not-btf', 'bad-btf', 'truncated']).toContain(parsed.problem.code);
          }
        },
      ),
      { numRuns: 500, seed: 3 },
    );
    expect(refused).toBeGreaterThan(50);
    expect(refused).toBeLessThan(450);
  });
});

/** Asks a possibly damaged blob everything; answers do not matter, that there are some does. */
function exercise(types: Types): void {
  const memory = { read: (_: bigint, length: number) => ok(new Uint8Array(length)) };
  for (const name of ['task_struct', 'list_head', 'pid_t', 'pageflags', 'int']) {
    types.layout(name);
    types.enumerators(name);
    const view = types.view(memory, 0n as never, name);
    for (const member of ['list.next', 'pid', 'comm', 'slots[1].prev', 'low', 'wide', 'parent']) {
      types.offset(`${name}.${member}`);
      if (!view.ok) continue;
      view.value.int(member);
      view.value.string(member);
      view.value.follow(member);
    }
  }
  for (let id = 0; id <= types.count + 1; id++) types.sizeOfType(id);
  types.enumerator('PG_head');
}

function changed(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const out = bytes.slice();
  out.set(values, at);
  return out;
}
