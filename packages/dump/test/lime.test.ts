import { expect, test } from 'vitest';
import { bytesSource, openDump } from '../src/index.js';
import { makeLime } from './make-lime.js';
import { bytesOrCode, madePage } from './make-memory.js';

const ranges = [
  { physical: 0x1000n, bytes: madePage(1) },
  { physical: 0x1_0000_0000n, bytes: madePage(2, 8192) },
];
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test.each(['little', 'big'] as const)(
  'LiME, %s-endian: the ranges and what lies between',
  (order) => {
    const dump = openDump(bytesSource('lime', makeLime(ranges, order)));
    if (!dump.ok) throw new Error(dump.problem.message);
    const { memory } = dump.value;
    expect(dump.value).toMatchObject({ container: 'lime', byteOrder: order, flattened: false });
    expect(memory.byteCount).toBe(12288n);
    expect(bytesOrCode(memory, 0x1000n, 4096)).toBe(hex(madePage(1)));
    expect(bytesOrCode(memory, 0x1_0000_0800n, 4096)).toBe(
      hex(madePage(2, 8192).subarray(2048, 6144)),
    );
    expect(bytesOrCode(memory, 0n, 1)).toBe('not-in-dump');
    expect(bytesOrCode(memory, 0x1ffcn, 8)).toBe('not-in-dump');
  },
);

test('damaged range headers are refused, naming the place', () => {
  const problem = (change: (view: DataView) => void, cut = 0) => {
    const file = makeLime(ranges);
    change(new DataView(file.buffer));
    const dump = openDump(bytesSource('lime', file.subarray(0, file.length - cut)));
    return dump.ok ? undefined : dump.problem;
  };
  const second = 32 + 4096;
  expect(problem((view) => view.setUint32(second, 7, true))).toMatchObject({
    code: 'bad-lime',
    message: 'lime: no range header at byte 4128: magic 0x7, version 1, 0x100000000 to 0x100001fff',
  });
  expect(problem((view) => view.setUint32(4, 2, true))?.code).toBe('bad-lime');
  expect(problem((view) => view.setBigUint64(16, 0n, true))?.code).toBe('bad-lime');
  expect(problem((view) => view.setBigUint64(16, 1n << 40n, true))?.code).toBe('truncated');
  expect(problem(() => {}, 1)?.code).toBe('truncated');
  expect(problem(() => {}, 8192 + 16)?.code).toBe('truncated');
});
