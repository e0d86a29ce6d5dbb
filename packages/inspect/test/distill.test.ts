import { fail, ok, type PhysicalMemory, physAddr } from '@pagewright/core';
import { bytesSource, type Decompressors, type Dump, openDump } from '@pagewright/dump';
import { nodeDecompressors } from '@pagewright/dump/node';
import { beforeAll, describe, expect, test } from 'vitest';
import { recording } from '../src/distill/recording.js';
import { userFrames } from '../src/distill/user-data.js';
import { addressSpace, distill, openJudge, openKernel, tasks } from '../src/index.js';
import { answersOf } from './distill-answers.js';
import { fileOf } from './distill-file.js';
import { type ImageShape, MadeImage } from './make-image.js';
import { ANON_START, addProcess } from './make-process.js';

/** PGTY_slab of the made types. */
const SLAB = 0xf5;

let decompressors: Decompressors;
beforeAll(async () => {
  decompressors = await nodeDecompressors();
});

function dumpOf(bytes: Uint8Array): Dump {
  const dump = openDump(bytesSource('made', bytes), { decompressors });
  if (!dump.ok) throw new Error(dump.problem.message);
  return dump.value;
}

function madeDump(shape: ImageShape = {}) {
  const image = new MadeImage(shape);
  addProcess(image);
  const architectures = [image.machine.architecture];
  return { image, dump: dumpOf(image.elf()), architectures };
}

type Options = Parameters<typeof distill>[1];

function answers(dump: Dump, options: Options): string[] {
  const kernel = openKernel(dump, options);
  if (!kernel.ok) throw new Error(kernel.problem.message);
  const judge = openJudge(kernel.value);
  if (!judge.ok) throw new Error(judge.problem.message);
  return [...answersOf(kernel.value, judge.value, options.pids)];
}

function distilled(dump: Dump, options: Options) {
  const made = distill(dump, options);
  if (!made.ok) throw new Error(made.problem.message);
  return { ...made.value, file: fileOf(made.value.pieces) };
}

describe('inspecting a distilled dump answers what inspecting the dump answers', () => {
  test.each([
    {},
    { release: '5.15' },
    { release: '6.1', machine: 'arm64, 64K' },
    { release: '7.2', machine: 'x86_64, 5 levels' },
    { release: '7.2', machine: 's390x, 3 levels' },
    { memoryModel: 'sparse' },
    { memoryModel: 'flat' },
  ] as const satisfies readonly ImageShape[])('%o', (shape) => {
    const { dump, architectures } = madeDump(shape);
    const { file, pages, pageBytes } = distilled(dump, { architectures });
    const small = dumpOf(file);
    expect(small.container).toBe('kdump');
    expect(answers(small, { architectures })).toEqual(answers(dump, { architectures }));
    expect(BigInt(pages * pageBytes)).toBe(small.memory.byteCount);
    expect(small.memory.byteCount).toBeLessThanOrEqual(dump.memory.byteCount);
  });
});

test('chosen processes alone: the same answers about them, and what is missing is said', () => {
  const { dump, architectures } = madeDump();
  const { file, processes, others } = distilled(dump, { architectures, pids: [1] });
  expect(processes.map(({ pid, comm }) => [pid, comm])).toEqual([[1, 'init']]);
  expect(others).toBe(1);
  const options = { architectures, pids: [1] };
  expect(answers(dumpOf(file), options)).toEqual(answers(dump, options));

  const none = distilled(dump, { architectures, pids: [] });
  expect(none.pages).toBeLessThan(distilled(dump, { architectures }).pages);
  const kernel = openKernel(dumpOf(none.file), { architectures });
  const list = kernel.ok ? tasks(kernel.value) : kernel;
  const mm = list.ok ? list.value.tasks[0]?.mm : undefined;
  if (!kernel.ok || mm === undefined) throw new Error('the tasks are gone');
  expect(addressSpace(kernel.value, mm)).toMatchObject({
    ok: false,
    problem: { code: 'excluded' },
  });
});

test('a pid that is not there, and more frames than a kdump can have', () => {
  const { dump, architectures } = madeDump();
  const missing = distill(dump, { architectures, pids: [1, 4711] });
  expect(missing).toMatchObject({ ok: false, problem: { code: 'no-process' } });
  expect(missing.ok ? '' : missing.problem.message).toContain('4711');
});

test('pages of users are left out: by their owner, or because a process maps them as pages', () => {
  const image = new MadeImage();
  const { root } = addProcess(image);
  const page = BigInt(image.pageBytes);
  const offsetOf = (index: number) =>
    Number(image.frame(index) * page - image.machine.addresses.memory);
  // The frames must be memory of the image to hold anything.
  const used = image.room(0, 1);
  image.room(Math.max(0, offsetOf(64) - used), 1);
  image.string('ring of a socket', offsetOf(9));
  image.page(9, { refcount: 2 }).page(10, { refcount: 2 });
  image.page(11, { type: SLAB, mapping: 0xffff_8000_0000_1000n });
  image.setEntry(root, ANON_START + 4n * page, image.leaf(image.frame(9)));
  image.setEntry(root, ANON_START + 5n * page, image.leaf(image.frame(10)));
  const architectures = [image.machine.architecture];
  const kernel = openKernel(dumpOf(image.elf()), { architectures });
  const judge = kernel.ok ? openJudge(kernel.value) : kernel;
  if (!kernel.ok || !judge.ok) throw new Error('the image cannot be opened');
  const list = tasks(kernel.value);
  if (!list.ok) throw new Error(list.problem.message);
  const all = new Set(Array.from({ length: 64 }, (_, i) => Number(image.frame(i))));
  const found = userFrames(kernel.value, judge.value, list.value.tasks, all);
  const indexes = [...found].map((frame) => frame - Number(image.frame(0)));
  const anonymous = [1, 4, 5, 6, 7];
  expect(indexes.sort((a, b) => a - b)).toEqual([...anonymous, 9]);
});

describe('recording', () => {
  const memory: PhysicalMemory = {
    byteCount: 0x4000n,
    read: (address, length) => {
      for (let at = address & ~0xfffn; at < address + BigInt(length); at += 0x1000n) {
        if (at === 0x2000n) return fail('excluded', 'left out');
        if (at >= 0x4000n) return fail('not-in-dump', 'no memory');
      }
      return ok(new Uint8Array(length));
    },
  };

  test('notes every page of a read, and why others were refused', () => {
    const { memory: recorded, ...noted } = recording(memory, 0x1000);
    recorded.read(physAddr(0xffcn), 8);
    expect([...noted.read]).toEqual([0, 1]);
    expect(recorded.read(physAddr(0x1ff8n), 0x1010).ok).toBe(false);
    expect(recorded.read(physAddr(0x3000n), 0x3000).ok).toBe(false);
    recorded.read(physAddr(0n), 0);
    expect([...noted.read]).toEqual([0, 1, 3]);
    expect([...noted.leftOut]).toEqual([2]);
    expect([...noted.absent]).toEqual([4]);
  });

  test('what is done unrecorded leaves no trace, even when it throws', () => {
    const recorded = recording(memory, 0x1000);
    const throwing = () =>
      recorded.unrecorded(() => {
        recorded.memory.read(physAddr(0n), 8);
        throw new Error('on purpose');
      });
    expect(throwing).toThrow('on purpose');
    expect(recorded.read.size).toBe(0);
    recorded.memory.read(physAddr(0n), 8);
    expect(recorded.read.size).toBe(1);
  });
});
