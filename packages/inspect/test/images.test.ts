import { bytesSource, type Decompressors, openDump, parseVmcoreinfo } from '@pagewright/dump';
import { nodeDecompressors } from '@pagewright/dump/node';
import { beforeAll, expect, test } from 'vitest';
import {
  AreaReader,
  addressSpace,
  judgedEntries,
  openJudge,
  openKernel,
  tasks,
} from '../src/index.js';
import { CONTAINERS, type ContainerName } from './make-containers.js';
import { type ImageShape, MadeImage } from './make-image.js';
import type { MachineName } from './make-machine.js';
import { ANON_START, addProcess, COUNTERS, PFN_START, SWAPPED } from './make-process.js';

let decompressors: Decompressors;
beforeAll(async () => {
  decompressors = await nodeDecompressors();
});

/** Containers without VMCOREINFO beside the memory, where it is handed in. */
const GIVEN: ReadonlySet<ContainerName> = new Set(['kdump without VMCOREINFO', 'LiME', 'raw']);

function opened(image: MadeImage, container: ContainerName) {
  const sources = CONTAINERS[container](image).map((bytes, i) => bytesSource(`made ${i}`, bytes));
  const rawBase = image.machine.addresses.memory;
  const dump = openDump(sources, { decompressors, rawBase });
  if (!dump.ok) throw new Error(dump.problem.message);
  const vmcoreinfo = GIVEN.has(container) ? parseVmcoreinfo(image.vmcoreinfo) : undefined;
  const kernel = openKernel(dump.value, {
    architectures: [image.machine.architecture],
    ...(vmcoreinfo === undefined ? {} : { vmcoreinfo }),
  });
  if (!kernel.ok) throw new Error(`${kernel.problem.code}: ${kernel.problem.message}`);
  return kernel.value;
}

/** What opening an image and following everything in it must answer, whatever its form. */
function expectWhole(shape: ImageShape, container: ContainerName = 'ELF') {
  const image = new MadeImage(shape);
  addProcess(image);
  const kernel = opened(image, container);
  expect(kernel.form.name).toBe(image.form.name);
  expect(kernel.form.headers).toBe(image.form.headers);
  expect(kernel.symbols.ok).toBe(true);
  const list = tasks(kernel);
  if (!list.ok) throw new Error(list.problem.message);
  expect(list.value.problem).toBeUndefined();
  expect(list.value.tasks.map(({ pid, comm, kernelThread }) => [pid, comm, kernelThread])).toEqual([
    [1, 'init', false],
    [2, 'kthreadd', true],
    [3, 'shares', false],
  ]);
  const mm = list.value.tasks[0]?.mm;
  if (mm === undefined) throw new Error('init has no memory');
  const space = addressSpace(kernel, mm);
  if (!space.ok) throw new Error(space.problem.message);
  const { rss } = space.value;
  if (!rss.ok) throw new Error(rss.problem.message);
  expect(Object.fromEntries(rss.value.pages)).toMatchObject(COUNTERS);

  const areas = new AreaReader(kernel).areas(space.value);
  if (!areas.ok) throw new Error(areas.problem.message);
  expect(areas.value.problem).toBeUndefined();
  expect(areas.value.areas.map(({ start, pgoff, name }) => [start, pgoff, name])).toEqual([
    [ANON_START, 0n, ''],
    [PFN_START, 9n, '/dev/mem'],
  ]);

  const judge = openJudge(kernel);
  if (!judge.ok) throw new Error(judge.problem.message);
  const context = judge.value.context(space.value);
  if (!context.ok) throw new Error(context.problem.message);
  const entries = areas.value.areas.flatMap((area) => {
    const walked = judgedEntries(context.value, area);
    if (!walked.ok) throw new Error(walked.problem.message);
    return [...walked.value].filter(({ decoded }) => decoded.kind !== 'none');
  });
  const page = BigInt(image.pageBytes);
  expect(entries.map(({ start, level, problem }) => [start, level, problem])).toEqual(
    [ANON_START, ANON_START + page, ANON_START + 2n * page, ANON_START + 3n * page, PFN_START].map(
      (start) => [start, 'pte', undefined],
    ),
  );
  const [anon, zero, swapped, tail, byNumber] = entries;
  expect(anon?.verdict).toMatchObject({ answer: 'page', page: image.frame(1) });
  expect(zero?.verdict).toMatchObject({ answer: 'none' });
  expect(swapped?.decoded).toMatchObject({ kind: 'absent', what: 'swap', ...SWAPPED });
  expect(tail?.verdict).toMatchObject({ answer: 'page', page: image.frame(5) });
  expect(byNumber?.verdict).toMatchObject({ answer: 'none' });
  expect(byNumber?.decoded).toMatchObject({ kind: 'leaf', pfn: image.frame(40) });

  const facts = judge.value.pages.facts(image.frame(5));
  expect(facts).toMatchObject({
    ok: true,
    value: { head: image.frame(4), order: 2, owner: 'anon', refcount: 2, mapcount: 2 },
  });
  const single = judge.value.pages.facts(image.frame(1));
  expect(single).toMatchObject({
    ok: true,
    value: { order: 0, mapcount: 1, refcount: 1, flagNames: ['uptodate'] },
  });
  return { image, kernel, judge: judge.value };
}

const RELEASES = ['5.15', '6.1', '6.12', '6.18', '7.2'] as const;
const REVISIONS = {
  '5.15': 'v6.1',
  '6.1': 'v6.1',
  '6.12': 'v6.12',
  '6.18': 'v6.18',
  '7.2': 'v7.2',
} as const;

test.each(RELEASES)('x86_64, a kernel shaped like %s', (release) => {
  const { judge } = expectWhole({ release });
  expect(judge.chosen.kernel.revision.id).toBe(REVISIONS[release]);
});

test.each([
  ['x86_64, 5 levels', '6.12'],
  ['x86_64, 5 levels', '7.2'],
  ['arm64, 4K', '6.1'],
  ['arm64, 4K', '6.12'],
  ['arm64, 4K', '7.2'],
  ['arm64, 16K', '6.12'],
  ['arm64, 64K', '6.12'],
  ['arm64, 4K LPA2', '6.12'],
  ['arm64, 4K LPA2', '7.2'],
  ['arm64, 16K LPA2', '6.12'],
  ['arm64, 16K LPA2', '7.2'],
  ['arm64, 64K LPA', '6.12'],
  ['arm64, 64K LPA', '7.2'],
  ['arm64, 64K LPA run with 48 bits', '6.12'],
  ['arm64, 4K LPA2 run with 48 bits', '6.12'],
  ['s390x, one mapping', '6.1'],
  ['s390x, 3 levels', '6.12'],
  ['s390x, 4 levels', '6.12'],
  ['s390x, 3 levels', '7.2'],
] as const satisfies readonly (readonly [MachineName, string])[])(
  '%s, a kernel shaped like %s',
  (machine, release) => {
    expectWhole({ machine, release });
  },
);

test.each(['sparse', 'flat'] as const)('struct pages without vmemmap: %s', (memoryModel) => {
  expectWhole({ memoryModel });
  expectWhole({ memoryModel, machine: 's390x, one mapping', release: '6.1' });
});

test.each([
  ['relative', true],
  ['relative', false],
  ['percpu-absolute', true],
  ['percpu-absolute', false],
  ['place-relative', false],
  ['absolute', true],
] as const)('symbols in %s form, addresses before names: %s', (form, addressesFirst) => {
  const { kernel } = expectWhole({ kallsyms: { form, addressesFirst } });
  expect(kernel.symbols.ok && kernel.symbols.value.addressForm).toBe(form);
});

const NAMES = Object.keys(CONTAINERS) as ContainerName[];
test.each(NAMES)('the same memory as %s', (container) => {
  expectWhole({}, container);
});
test.each(NAMES)('big-endian memory as %s', (container) => {
  expectWhole({ machine: 's390x, 3 levels' }, container);
});
