import { readFileSync } from 'node:fs';
import { ok, type Result } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { addressSpace } from '../src/mm.js';
import type { KernelPages, PageFacts } from '../src/pages.js';
import { areaFields } from '../src/smaps/fields.js';
import { Smaps } from '../src/smaps/smaps.js';
import type { Judge } from '../src/stream-context.js';
import { tasks } from '../src/tasks.js';
import { AreaReader } from '../src/vma/vmas.js';
import { DUMPS, GUESTS, type Guest, guestFile, judgedGuest, openGuest } from './guests.js';

interface Truth {
  readonly processes: readonly {
    readonly pid: number;
    readonly comm: string;
    readonly vmas: readonly {
      /** A text where no double holds it. */
      readonly start: number | string;
      readonly path: string;
      readonly smaps: Readonly<Record<string, number | string>>;
    }[];
    /** Address, pagemap word, kpageflags, kpagecount: decimal texts. */
    readonly pages: readonly (readonly [string, string, string, string])[];
  }[];
}

/** Words of pages reach 2^64 - 1: bare numbers that no double holds become texts. */
const parseTruth = (text: string): Truth =>
  JSON.parse(
    text.replace(
      /("(?:[^"\\]|\\.)*")|(-?\d{15,})/g,
      (_, string, number) => string ?? `"${number}"`,
    ),
  );

async function open(guest: Guest) {
  const dump = await openGuest(guest);
  const { kernel, judge } = judgedGuest(guest, dump);
  const list = tasks(kernel);
  if (!list.ok) throw new Error(list.problem.message);
  const truth = parseTruth(readFileSync(guestFile(guest, 'truth.json'), 'utf8'));
  return { kernel, judge, tasks: list.value.tasks, truth, dump };
}
type Opened = Awaited<ReturnType<typeof open>>;

/** Files of the programs that came and went, and the lines that their pages' counts go into. */
const RACE =
  /^\S+ \w+ \/bin\/(busybox|mapper) (Pss|Pss_Dirty|Shared_Dirty|Private_Dirty|Referenced):/;

/** The program's text, mapped once more in up to 16 pages: shares are at most 4 KiB less. */
function isOwnText(difference: string): boolean {
  const found = /\/bin\/mapper Pss(?:_Dirty)?: kernel (\d+), here (\d+)$/.exec(difference);
  const less = Number(found?.[1]) - Number(found?.[2]);
  return less > 0 && less <= 4;
}

/** Every field of every area of every process held against the kernel's. */
function compare({ kernel, tasks: list, truth }: Opened, judge: Judge) {
  const reader = new AreaReader(kernel);
  const smaps = new Smaps(kernel, judge);
  const differences: string[] = [];
  let compared = 0;
  for (const process of truth.processes) {
    const task = list.find(({ pid }) => pid === process.pid);
    const space = task?.mm === undefined ? undefined : addressSpace(kernel, task.mm);
    if (!space?.ok) throw new Error(`process ${process.pid} was not found`);
    const areas = reader.areas(space.value);
    if (!areas.ok) throw new Error(areas.problem.message);
    const found = smaps.areas(space.value, areas.value.areas);
    if (!found.ok) throw new Error(found.problem.message);
    const byStart = new Map([...found.value].map((each) => [each.area.start as bigint, each]));
    for (const { start, path, smaps: said } of process.vmas) {
      const mine = byStart.get(BigInt(start));
      if (mine === undefined) throw new Error(`no area at ${BigInt(start).toString(16)}`);
      // The symbols of um name no data: of swap slots nobody knows who shares them.
      const code = mine.uncounted?.first.code;
      expect(code).toBe(
        code !== undefined && kernel.symbol('swap_info') === undefined ? 'no-symbol' : undefined,
      );
      const fields: Record<string, number | string> = Object.fromEntries(
        areaFields(mine, smaps.behaviour).map(({ name, value }) => [name, value]),
      );
      fields.VmFlags = mine.vmFlags.join(' ');
      for (const name of new Set([...Object.keys(said), ...Object.keys(fields)])) {
        compared++;
        if (fields[name] === said[name]) continue;
        const at = `${process.comm} ${BigInt(start).toString(16)} ${path} ${name}`;
        differences.push(`${at}: kernel ${said[name]}, here ${fields[name]}`);
      }
    }
  }
  return { compared, differences };
}

const PAGEMAP_PRESENT = 1n << 63n;
const PAGEMAP_FRAME = (1n << 55n) - 1n;
const KPF_REFERENCED = 1n << 2n;
const NOT_TOLD = (1n << 64n) - 1n;

/** The judge, with mapcounts and PG_referenced of files' pages as the kernel told them. */
function asCounted({ judge, truth }: Opened): Judge {
  const told = new Map<bigint, readonly [flags: bigint, count: bigint]>();
  for (const { pages } of truth.processes) {
    for (const [, word, flags, count] of pages) {
      if ((BigInt(word) & PAGEMAP_PRESENT) === 0n || BigInt(count) === NOT_TOLD) continue;
      told.set(BigInt(word) & PAGEMAP_FRAME, [BigInt(flags), BigInt(count)]);
    }
  }
  const pages: KernelPages = Object.create(judge.pages, {
    facts: {
      value: (frame: bigint): Result<PageFacts> => {
        const facts = judge.pages.facts(frame);
        const kernels = told.get(frame);
        if (!facts.ok || kernels === undefined || facts.value.owner !== 'file') return facts;
        const [flags, count] = kernels;
        // Of device memory the kernel tells nothing.
        if (flags === 0n) return facts;
        const flagNames = facts.value.flagNames.filter((name) => name !== 'referenced');
        if ((flags & KPF_REFERENCED) !== 0n) flagNames.push('referenced');
        return ok({ ...facts.value, mapcount: Number(count), flagNames });
      },
    },
  });
  return { ...judge, pages };
}

if (DUMPS === undefined) {
  it('did NOT run on real kernels: PAGEWRIGHT_DUMPS names no folder of dumps', () => {
    console.warn('smaps of real kernels were NOT checked: set PAGEWRIGHT_DUMPS');
    expect(DUMPS).toBeUndefined();
  });
} else {
  describe.each(GUESTS)('%s', (guest) => {
    it('smaps are those that the running kernel printed', async () => {
      const opened = await open(guest);
      const found = compare(opened, opened.judge);
      const share = (100 * (found.compared - found.differences.length)) / found.compared;
      console.log(`${guest}: ${share.toFixed(2)} % of ${found.compared} fields as the kernel's`);
      expect(found.compared).toBeGreaterThan(2000);
      expect(share).toBeGreaterThan(97.5);
      // The collector had ended at the stop and a program had started, both of these files: their
      // pages are mapped once or twice more or less, and may have been referenced in between.
      expect(found.differences.filter((each) => !RACE.test(each))).toEqual([]);
      // With the counts and flags that the kernel gave with it, nothing differs but this: between
      // smaps and /proc/kpagecount the collector, a copy of mapper, mapped some more of its own text.
      const explained = compare(opened, asCounted(opened)).differences;
      expect(explained.filter((each) => !isOwnText(each))).toEqual([]);
      expect(explained.length / found.compared).toBeLessThan(0.005);
      opened.dump.close();
    }, 60_000);
  });
}
