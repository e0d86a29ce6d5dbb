import { readFileSync } from 'node:fs';
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
import { ANON_START, addProcess, COUNTERS, PFN_START, pfnOffset, SWAPPED } from './make-process.js';

/** How an image is stored, and whether VMCOREINFO is handed in beside it. */
interface Opening {
  readonly container?: ContainerName;
  readonly given?: boolean;
}

let decompressors: Decompressors;
beforeAll(async () => {
  decompressors = await nodeDecompressors();
});

function opened(image: MadeImage, { container = 'ELF', given = false }: Opening) {
  const sources = CONTAINERS[container](image).map((bytes, i) => bytesSource(`made ${i}`, bytes));
  const rawBase = image.machine.addresses.memory;
  const dump = openDump(sources, { decompressors, rawBase });
  if (!dump.ok) throw new Error(dump.problem.message);
  const vmcoreinfo = given ? parseVmcoreinfo(image.vmcoreinfo) : undefined;
  const kernel = openKernel(dump.value, {
    architectures: [image.machine.architecture],
    ...(vmcoreinfo === undefined ? {} : { vmcoreinfo }),
  });
  if (!kernel.ok) throw new Error(`${kernel.problem.code}: ${kernel.problem.message}`);
  return kernel.value;
}

/** What opening an image and following everything in it must answer, whatever its form. */
function expectWhole(shape: ImageShape, how: Opening) {
  const image = new MadeImage(shape);
  addProcess(image);
  const kernel = opened(image, how);
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
    [PFN_START, pfnOffset(image), '/dev/mem'],
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

const REVISIONS = {
  '5.15': 'v5.18',
  '6.1': 'v6.1',
  '6.12': 'v6.12',
  '6.18': 'v6.18',
  '7.2': 'v7.2',
} as const;

/** What is supported, and the image that holds it (`docs/support.md` is made of the same rows). */
interface SupportRow {
  readonly group: string;
  readonly feature: string;
  readonly image?: Opening & { readonly shape?: ImageShape };
}
const ROWS: readonly SupportRow[] = JSON.parse(
  readFileSync(new URL('support.json', import.meta.url), 'utf8'),
);

test.each(ROWS.filter(({ image }) => image !== undefined))(
  '$group: $feature',
  ({ image: { shape = {}, ...how } = {} }) => {
    const { kernel, judge } = expectWhole(shape, how);
    expect(judge.chosen.kernel.revision.id).toBe(REVISIONS[shape.release ?? '6.12']);
    if (shape.kallsyms?.form === undefined) return;
    expect(kernel.symbols.ok && kernel.symbols.value.addressForm).toBe(shape.kallsyms.form);
  },
);
