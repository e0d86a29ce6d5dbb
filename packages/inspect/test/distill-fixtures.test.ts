import { VM_PFNMAP } from '@pagewright/core';
import { describe, expect, test } from 'vitest';
import { AreaReader, addressSpace, areaFields, judgedEntries, Smaps, tasks } from '../src/index.js';
import {
  dumpOfBytes,
  FIXTURES,
  fixtureBytes,
  judgedKernel,
  type Truth,
  type TruthProcess,
  truthOf,
} from './distill-truth.js';

const PRESENT = 1n << 63n;
const SWAPPED = 1n << 62n;
const FRAME = (1n << 55n) - 1n;
const TYPE_BITS = 5n;
const STRUCT_PAGE_BYTES = 64n;
/** Markers are no swap entries to pagemap's readers, but have its bit. */
const word = (kind: bigint, frame: bigint): string => `${(kind | (frame & FRAME)).toString(16)}`;

type Judged = ReturnType<typeof judgedKernel>;

function spaceOf({ kernel }: Judged, pid: bigint) {
  const list = tasks(kernel);
  const task = list.ok ? list.value.tasks.find((each) => BigInt(each.pid) === pid) : undefined;
  if (task?.mm === undefined) throw new Error(`no process ${pid}`);
  const space = addressSpace(kernel, task.mm);
  if (!space.ok) throw new Error(space.problem.message);
  const areas = new AreaReader(kernel).areas(space.value);
  if (!areas.ok) throw new Error(areas.problem.message);
  return { comm: task.comm, space: space.value, areas: areas.value.areas };
}

/** What a process's tables say, in the terms of the truth. */
function found(judged: Judged, pid: bigint) {
  const { comm, space, areas } = spaceOf(judged, pid);
  const context = judged.judge.context(space);
  if (!context.ok) throw new Error(context.problem.message);
  const pages = new Map<bigint, string>();
  const verdicts = new Map<bigint, bigint | undefined>();
  const shift = BigInt(context.value.form.definition.pageShift);
  for (const area of areas) {
    const entries = judgedEntries(context.value, area);
    for (const entry of entries.ok ? entries.value : []) {
      const { start, end, size, decoded, verdict } = entry;
      if (decoded.kind === 'leaf') {
        verdicts.set(start, verdict?.page);
        if ((area.flags & VM_PFNMAP) !== 0n) continue;
        const inside = (start & (size - 1n)) >> shift;
        for (let at: bigint = start; at < end; at += 1n << shift) {
          pages.set(at, word(PRESENT, decoded.pfn + inside + ((at - start) >> shift)));
        }
      } else if (decoded.kind === 'absent' && (area.flags & VM_PFNMAP) === 0n) {
        const frame = decoded.pfn ?? decoded.offset;
        pages.set(start, word(SWAPPED, BigInt(decoded.type) | (frame << TYPE_BITS)));
      }
    }
  }
  const maps = areas.map(({ start, end, name }) => [start, end, name]);
  return { comm, maps, pages, verdicts };
}

function expected({ vmemmap_base: base }: Truth, process: TruthProcess) {
  const returned = [...process.vm_normal_page, ...process.vm_normal_page_pmd];
  return {
    maps: process.vmas.map(({ start, end, path }) => [start, end, path]),
    pages: new Map(
      process.pages
        .filter(([, said]) => (said & (PRESENT | SWAPPED)) !== 0n)
        .map(([at, said]) => [at, word(said & (PRESENT | SWAPPED), said)]),
    ),
    verdicts: new Map(
      returned.map(([at, , page]) => [
        at,
        page === 0n ? undefined : (page - base) / STRUCT_PAGE_BYTES,
      ]),
    ),
  };
}

/**
 * After the account was taken its taker ended and another program began: counts of the pages of
 * their text moved, and with them the lines that are shares of it.
 */
const RACE =
  /^\/bin\/(busybox|mapper) (Pss|Pss_Dirty|Shared_Clean|Private_Clean|Shared_Dirty|Private_Dirty|Referenced):/;

/** At least so many pages and verdicts of the running kernel's are compared. */
const LEAST = {
  'x86_64-6.12': [8000, 2500],
  'arm64-6.12': [22000, 2500],
  's390x-6.12': [1700, 1600],
};

describe.each(FIXTURES)('the distilled dump of %s', (guest) => {
  test('says of its processes what the running kernel said', async () => {
    const truth = truthOf(guest);
    const judged = judgedKernel(await dumpOfBytes([fixtureBytes(guest)]));
    let pages = 0;
    let verdicts = 0;
    for (const process of truth.processes) {
      const told = found(judged, process.pid);
      expect(told.comm).toBe(process.comm);
      const { maps, ...said } = expected(truth, process);
      expect(told.maps).toEqual(maps);
      expect([...told.pages].sort()).toEqual([...said.pages].sort());
      for (const [at, page] of said.verdicts) {
        expect([at, told.verdicts.has(at), told.verdicts.get(at)]).toEqual([at, true, page]);
      }
      pages += said.pages.size;
      verdicts += said.verdicts.size;
    }
    const [leastPages = 0, leastVerdicts = 0] = LEAST[guest];
    expect(pages).toBeGreaterThan(leastPages);
    expect(verdicts).toBeGreaterThan(leastVerdicts);
  });

  test('smaps has what /proc/PID/smaps had, save what a race explains', async () => {
    const truth = truthOf(guest);
    const judged = judgedKernel(await dumpOfBytes([fixtureBytes(guest)]));
    const smaps = new Smaps(judged.kernel, judged.judge);
    let compared = 0;
    const differences: string[] = [];
    for (const process of truth.processes) {
      const { space, areas } = spaceOf(judged, process.pid);
      const counted = smaps.areas(space, areas);
      if (!counted.ok) throw new Error(counted.problem.message);
      for (const [i, mine] of [...counted.value].entries()) {
        const vma = process.vmas[i];
        expect(mine.uncounted).toBeUndefined();
        const fields = new Map<string, string>(
          areaFields(mine, smaps.behaviour).map(({ name, value }) => [name, `${value}`]),
        );
        fields.set('VmFlags', mine.vmFlags.join(' '));
        const said = new Map(Object.entries(vma?.smaps ?? {}).map(([k, v]) => [k, `${v}`]));
        for (const name of new Set([...said.keys(), ...fields.keys()])) {
          compared++;
          if (fields.get(name) === said.get(name)) continue;
          differences.push(`${vma?.path} ${name}: ${said.get(name)}, here ${fields.get(name)}`);
        }
      }
    }
    expect(compared).toBeGreaterThan(2000);
    expect(differences.filter((line) => !RACE.test(line))).toEqual([]);
    expect(differences.length).toBeLessThan(compared * 0.02);
  });
});
