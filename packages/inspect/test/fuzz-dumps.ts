import { ok, type Result, type WalkRange } from '@pagewright/core';
import {
  bytesSource,
  type Decompressors,
  type Dump,
  openDump,
  parseVmcoreinfo,
} from '@pagewright/dump';
import { nodeDecompressors } from '@pagewright/dump/node';
import {
  AreaReader,
  addressSpace,
  areaRanges,
  check,
  distill,
  judgedEntries,
  judgedRanges,
  type KernelArchitecture,
  kernelEntries,
  kernelRanges,
  loadedModules,
  type MappedArea,
  openJudge,
  openKernel,
  type RangeKey,
  Smaps,
  tasks,
  type WalkContext,
} from '../src/index.js';
import { damage, damageFile, damageText, type Target } from './fuzz-damage.js';
import { ENDLESS, type FuzzOutcome, MOST_ENTRIES, named } from './fuzz-outcome.js';
import { Random } from './fuzz-random.js';
import { setTraps } from './fuzz-traps.js';
import { CONTAINERS, type ContainerName } from './make-containers.js';
import { type ImageShape, MadeImage } from './make-image.js';
import { MACHINES } from './make-machine.js';
import { addProcess, type MadePlaces } from './make-process.js';

/** As the command line tries them. */
const ALL_ARCHITECTURES: readonly KernelArchitecture[] = [
  MACHINES['x86_64, 4 levels']().architecture,
  MACHINES['arm64, 4K']().architecture,
  MACHINES['s390x, 3 levels']().architecture,
  MACHINES['um, 3 levels']().architecture,
];

/** Small images of every kind of kernel. */
const SHAPES: readonly ImageShape[] = [
  { release: '5.15' },
  { release: '6.1' },
  { release: '6.12' },
  { release: '6.18' },
  { release: '7.2' },
  { memoryModel: 'sparse', kallsyms: { form: 'place-relative', addressesFirst: false } },
  { kallsyms: { form: 'absolute', addressesFirst: true } },
  { machine: 'arm64, 4K', release: '6.1' },
  { machine: 'arm64, 4K', release: '6.12' },
  { machine: 'arm64, 16K LPA2', release: '7.2' },
  { machine: 'arm64, 64K LPA', release: '7.2' },
  { machine: 's390x, one mapping', release: '6.1', memoryModel: 'flat' },
  { machine: 's390x, 3 levels', release: '6.12' },
  { machine: 's390x, 4 levels', release: '7.2' },
  { machine: 'um, 4 levels', release: '7.2', memoryModel: 'flat' },
];

interface Base {
  readonly image: MadeImage;
  readonly made: MadePlaces;
  readonly target: Omit<Target, 'bytes'>;
}
let bases: readonly Base[] | undefined;

function allBases(): readonly Base[] {
  bases ??= SHAPES.map((shape) => {
    const image = new MadeImage(shape);
    const made = addProcess(image);
    const { mm, leaf, root, tree, tasks: leaders, areas, dentries, mounts } = made;
    const own = [mm, leaf, root, tree, ...leaders, ...areas, ...dentries, ...mounts];
    const places = [...own, ...own, ...image.places()];
    const words = places.flatMap((place) => {
      const frame = image.physical(place) >> BigInt(image.form.definition.pageShift);
      return [image.address(place), image.physical(place) | 0x67n, image.leaf(frame)];
    });
    const little = image.form.definition.byteOrder === 'little';
    return { image, made, target: { little, places, words } };
  });
  return bases;
}

/** Containers by how often they are tried: the slower ones seldom. */
const OFTEN: readonly ContainerName[] = ['ELF', 'ELF with a note', 'kdump, stored', 'LiME', 'raw'];
const ALL = Object.keys(CONTAINERS) as ContainerName[];

/** Ranges of an area that are compared: the first ones. */
const MOST_COMPARED = 500;
const WITHOUT_BITMAP = ALL.filter((name) => !name.startsWith('kdump'));
const MOST_KDUMP_BYTES = 1n << 40n;

/** Makes the dump of a seed, and asks for everything in it. Throws only where the code does. */
export async function dumpFuzzer(): Promise<(seed: number) => FuzzOutcome> {
  const decompressors = await nodeDecompressors();
  return (seed) => fuzzDump(seed, decompressors);
}

function fuzzDump(seed: number, decompressors: Decompressors): FuzzOutcome {
  const random = new Random(seed);
  const { image, made, target } = random.pick(allBases());
  const bytes = image.memory().slice();
  const damaged = { ...target, bytes };
  const ways = random.below(8);
  if (ways > 2) damage(damaged, random);
  if (ways < 4 && ways > 0) setTraps({ image, places: made, bytes }, random);
  const copy: MadeImage = Object.create(image, {
    memory: { value: () => bytes },
    vmcoreinfo: { value: image.vmcoreinfo },
  });
  // The bitmaps of a kdump have a bit for every frame below the last.
  const fitsKdump = image.machine.addresses.memory < MOST_KDUMP_BYTES;
  const container = !fitsKdump
    ? random.pick(WITHOUT_BITMAP)
    : random.pick(random.once(6) ? ALL : OFTEN);
  const files = CONTAINERS[container](copy).map((file) =>
    random.once(3) ? damageFile(file, random) : file,
  );
  const dump = openDump(
    files.map((file, i) => bytesSource(`made ${i}`, file)),
    { decompressors, rawBase: image.machine.addresses.memory },
  );
  if (!dump.ok) return { code: named(dump.problem), entries: 0 };
  const given = random.once(2)
    ? undefined
    : random.once(3)
      ? damageText(image.vmcoreinfo, random)
      : image.vmcoreinfo;
  const outcome = followed(dump.value, given, random);
  if (random.once(10)) distilled(dump.value, given);
  return outcome;
}

/** A small dump of what can be read of a damaged one. */
function distilled(dump: Dump, vmcoreinfo: string | undefined): void {
  const small = distill(dump, {
    architectures: ALL_ARCHITECTURES,
    ...(vmcoreinfo === undefined ? {} : { vmcoreinfo: parseVmcoreinfo(vmcoreinfo) }),
  });
  if (!small.ok) named(small.problem);
  else for (const _ of small.value.pieces);
}

/** Ranges as they are read for people, or of entries one by one. */
function rangesOf(
  context: WalkContext,
  area: MappedArea,
  isFast: boolean,
): Result<Iterable<WalkRange<RangeKey>>> {
  const walked = judgedEntries(context, area);
  const slow = walked.ok ? ok(judgedRanges(walked.value)) : walked;
  if (!isFast) return slow;
  const fast = areaRanges(context, area);
  if (fast.ok && slow.ok) expectSame(fast.value, slow.value);
  return fast;
}

/** Holds the ranges that are read a table at a time against those of entries one by one. */
function expectSame(
  fast: Iterable<WalkRange<RangeKey>>,
  slow: Iterable<WalkRange<RangeKey>>,
): void {
  const others = slow[Symbol.iterator]();
  let left = MOST_COMPARED;
  for (const range of fast) {
    const [one, other] = [range, others.next().value].map(shown);
    if (one !== other) throw new Error(`a range is ${one}, by its entries ${other}`);
    if (left-- === 0) return;
  }
  if (others.next().done !== true) throw new Error('ranges are missing');
}

function shown(range: WalkRange<RangeKey> | undefined): string {
  if (range === undefined) return 'none';
  const { start, end, entries, first, key } = range;
  const { kind, level, verdict, problem } = key;
  const words = [start, end, entries, first.raw, kind, level, verdict?.answer, verdict?.because];
  return `${words.join(' ')} ${problem?.code}`;
}

/** Asks a dump for everything that inspection asks. */
function followed(dump: Dump, vmcoreinfo: string | undefined, random: Random): FuzzOutcome {
  const kernel = openKernel(dump, {
    architectures: ALL_ARCHITECTURES,
    ...(vmcoreinfo === undefined ? {} : { vmcoreinfo: parseVmcoreinfo(vmcoreinfo) }),
  });
  if (!kernel.ok) return { code: named(kernel.problem), entries: 0 };
  if (!kernel.value.symbols.ok) named(kernel.value.symbols.problem);
  let entries = 0;
  const own = kernelEntries(kernel.value);
  if (!own.ok) named(own.problem);
  else for (const range of kernelRanges(own.value)) entries += range.entries;
  if (entries > MOST_ENTRIES) return { code: ENDLESS, entries };
  const list = tasks(kernel.value);
  if (!list.ok) return { code: named(list.problem), entries: 0 };
  let partial = list.value.problem;
  const judge = openJudge(kernel.value);
  if (!judge.ok) return { code: named(judge.problem), entries: 0 };
  const modules = loadedModules(kernel.value);
  if (!modules.ok) named(modules.problem);
  if (random.once(3)) {
    const report = check(kernel.value, judge.value);
    if (!report.ok) named(report.problem);
  }
  const smaps = random.once(3) ? new Smaps(kernel.value, judge.value) : undefined;
  const isFast = random.once(2);
  const reader = new AreaReader(kernel.value);
  for (const task of list.value.tasks) {
    if (task.mm === undefined) continue;
    const space = addressSpace(kernel.value, task.mm);
    const areas = space.ok ? reader.areas(space.value) : space;
    const context = space.ok ? judge.value.context(space.value) : space;
    if (!areas.ok || !context.ok) {
      partial ??= areas.ok ? (context.ok ? undefined : context.problem) : areas.problem;
      continue;
    }
    partial ??= areas.value.problem;
    if (space.ok && smaps !== undefined) {
      const lines = smaps.areas(space.value, areas.value.areas);
      if (!lines.ok) named(lines.problem);
      else for (const { uncounted } of lines.value) if (uncounted?.first) named(uncounted.first);
    }
    for (const area of areas.value.areas) {
      const walked = rangesOf(context.value, area, isFast);
      if (!walked.ok) {
        partial ??= walked.problem;
        continue;
      }
      for (const range of walked.value) {
        entries += range.entries;
        if (entries > MOST_ENTRIES) return { code: ENDLESS, entries };
        const { decoded } = range.first;
        if (decoded.kind === 'leaf') {
          const facts = judge.value.pages.facts(decoded.pfn);
          if (!facts.ok) named(facts.problem);
        }
        partial ??= range.key.problem;
      }
    }
  }
  return { code: partial === undefined ? 'whole' : `partial: ${named(partial)}`, entries };
}
