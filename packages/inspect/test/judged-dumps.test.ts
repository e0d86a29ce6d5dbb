import { readFileSync } from 'node:fs';
import { isAbsentHelper, VM_PFNMAP } from '@pagewright/core';
import { describe, expect, it } from 'vitest';
import { type AddressSpace, addressSpace } from '../src/mm.js';
import { type JudgedEntry, judgedEntries } from '../src/stream.js';
import type { Judge } from '../src/stream-context.js';
import { tasks } from '../src/tasks.js';
import { AreaReader } from '../src/vma/vmas.js';
import { DUMPS, type Guest, guestFile, judgedGuest, openGuest } from './guests.js';

/** Guests with the kernel that must be found, and what their own account has at least. */
const GUESTS = [
  ['x86_64-6.12', 'v6.12', { pages: 8000, verdicts: 2500 }],
  ['x86_64-6.1', 'v6.1', { pages: 8000, verdicts: 2500 }],
  ['x86_64-6.18', 'v6.18', { pages: 8000, verdicts: 2500 }],
  ['arm64-6.12', 'v6.12', { pages: 22000, verdicts: 2500 }],
  ['s390x-6.12', 'v6.12', { pages: 1700, verdicts: 1600 }],
  ['uml-6.1', 'v6.1', { pages: 1800, verdicts: 0 }],
] as const;

interface TruthProcess {
  readonly pid: bigint;
  readonly pages: readonly (readonly [bigint, bigint, bigint, bigint])[];
  readonly [trace: string]: unknown;
}
interface Truth {
  readonly processes: readonly TruthProcess[];
  readonly vmemmap_base?: bigint;
  readonly expectations: readonly {
    readonly pid: bigint;
    readonly name: string;
    readonly start: bigint;
    readonly end: bigint;
    readonly vm_normal_page: string;
  }[];
}

/** Numbers reach 2^64 - 1: every bare one becomes a bigint. */
function parseTruth(text: string): Truth {
  const quoted = text.replace(/("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?)/g, (_, string, number) =>
    string !== undefined ? string : number.includes('.') ? number : `"\\u0000${number}"`,
  );
  return JSON.parse(quoted, (_, value) =>
    typeof value === 'string' && value.startsWith('\0') ? BigInt(value.slice(1)) : value,
  );
}

const PAGEMAP = { present: 1n << 63n, swap: 1n << 62n, uffdWp: 1n << 57n, frame: (1n << 55n) - 1n };
const COMPARED = PAGEMAP.present | PAGEMAP.swap | PAGEMAP.uffdWp | PAGEMAP.frame;
const TYPE_BITS = 5n;

async function open(guest: Guest) {
  const dump = await openGuest(guest);
  const { kernel, judge } = judgedGuest(guest, dump);
  const list = tasks(kernel);
  if (!list.ok) throw new Error(list.problem.message);
  const truth = parseTruth(readFileSync(guestFile(guest, 'truth.json'), 'utf8'));
  return { kernel, judge, tasks: list.value.tasks, truth, dump };
}
type Opened = Awaited<ReturnType<typeof open>>;

/** Every entry of a process that is not empty, with its area's flags. */
function entriesOf({ kernel, judge }: Opened, space: AddressSpace, reader: AreaReader) {
  const context = judge.context(space);
  if (!context.ok) throw new Error(context.problem.message);
  const areas = reader.areas(space);
  if (!areas.ok) throw new Error(areas.problem.message);
  const found: { entry: JudgedEntry; flags: bigint }[] = [];
  for (const vma of areas.value.areas) {
    const entries = judgedEntries(context.value, vma);
    // The page of vsyscall and its like lie outside of what tables of processes translate.
    if (!entries.ok) continue;
    for (const entry of entries.value) {
      if (entry.decoded.kind !== 'none') found.push({ entry, flags: vma.flags });
    }
  }
  expect(kernel.form.definition.pageShift).toBe(context.value.form.definition.pageShift);
  return { form: context.value.form, found };
}

function pagemapWords({ form, found }: ReturnType<typeof entriesOf>): Map<bigint, bigint> {
  const words = new Map<bigint, bigint>();
  const shift = BigInt(form.definition.pageShift);
  for (const { entry, flags } of found) {
    const { start, end, level, raw, decoded } = entry;
    if ((flags & VM_PFNMAP) !== 0n) continue;
    const marked = (name: string) =>
      !isAbsentHelper(form.helper(level, name)) && form.is(level, name, raw) ? PAGEMAP.uffdWp : 0n;
    if (decoded.kind === 'absent') {
      const frame = BigInt(decoded.type) | ((decoded.pfn ?? decoded.offset) << TYPE_BITS);
      words.set(start, PAGEMAP.swap | (frame & PAGEMAP.frame) | marked('uffd_wp_any'));
    } else if (decoded.kind === 'leaf') {
      const inside = (start & (entry.size - 1n)) >> shift;
      for (let at: bigint = start; at < end; at += 1n << shift) {
        const frame = decoded.pfn + inside + ((at - start) >> shift);
        words.set(at, PAGEMAP.present | marked('uffd_wp') | frame);
      }
    }
  }
  return words;
}

/** What the running kernel answered, by the name of the traced function. */
const TRACES = [
  ['vm_normal_page', undefined],
  ['vm_normal_page_pmd', 'pmd'],
  ['vm_normal_page_pud', 'pud'],
  ['__vm_normal_page', undefined],
] as const;
const STRUCT_PAGE_BYTES = 64n;

function compareVerdicts(
  process: TruthProcess,
  base: bigint,
  found: ReturnType<typeof entriesOf>['found'],
  differences: string[],
): number {
  const byStart = new Map(found.map(({ entry }) => [entry.start as bigint, entry]));
  let compared = 0;
  for (const [name] of TRACES) {
    const traced = (process[name] ?? []) as readonly (readonly [bigint, bigint, bigint])[];
    for (const [at, word, answer] of traced) {
      compared++;
      const entry = byStart.get(at);
      const page = entry?.verdict?.page;
      const said = answer === 0n ? undefined : (answer - base) / STRUCT_PAGE_BYTES;
      if (entry?.verdict === undefined || said !== page) {
        differences.push(
          `${process.pid} ${at.toString(16)} ${name} ${word.toString(16)}: ${said} not ${page} ` +
            `${entry?.verdict?.because} ${entry?.raw.toString(16)}`,
        );
      }
    }
  }
  return compared;
}

/** What the process that made the mappings expects of each; expectations in prose are passed over. */
const EXPECTED: Readonly<Record<string, string | undefined>> = {
  page: 'page',
  NULL: 'none',
  'not present': undefined,
};

function compareExpectations(
  { expectations }: Truth,
  { pid }: TruthProcess,
  found: ReturnType<typeof entriesOf>['found'],
  differences: string[],
): number {
  let compared = 0;
  for (const { name, start, end, vm_normal_page: said, ...other } of expectations) {
    if (other.pid !== pid || !(said in EXPECTED)) continue;
    for (const { entry } of found) {
      if (entry.start < start || entry.start >= end) continue;
      if (entry.decoded.kind !== 'leaf' && said !== 'not present') continue;
      compared++;
      if (entry.verdict?.answer !== EXPECTED[said]) {
        differences.push(`${pid} ${name}: ${said} not ${entry.verdict?.answer}`);
      }
    }
  }
  return compared;
}

const ALL_ONES = (1n << 64n) - 1n;
const KPF_NOPAGE = 1n << 20n;
/** Bits of /proc/kpageflags that follow from a flag of struct page (fs/proc/page.c). */
const KPF: readonly (readonly [bit: bigint, flag: string])[] = [
  [0n, 'locked'],
  [3n, 'uptodate'],
  [5n, 'lru'],
  [6n, 'active'],
  [8n, 'writeback'],
  [18n, 'unevictable'],
  [32n, 'reserved'],
];

function compareFacts(judge: Judge, process: TruthProcess, seen: Set<bigint>) {
  const counts = { flags: 0, wrongFlags: 0, mapcounts: 0, wrongMapcounts: 0 };
  const wrong: string[] = [];
  const readsTails = judge.chosen.kernel.has('folio-walk');
  for (const [, word, flags, count] of process.pages) {
    const frame = word & PAGEMAP.frame;
    if ((word & PAGEMAP.present) === 0n || seen.has(frame)) continue;
    seen.add(frame);
    if ((flags & KPF_NOPAGE) !== 0n || count === ALL_ONES) continue;
    const facts = judge.pages.facts(frame);
    if (!facts.ok) {
      wrong.push(`${frame}: ${facts.problem.message}`);
      continue;
    }
    // Frames of devices have a struct page but are not online: older kernels answer KPF_NOPAGE,
    // newer ones no flag at all.
    if (flags === 0n && facts.value.flagNames.includes('reserved')) continue;
    const { flagNames, owner, mapcount, head, order } = facts.value;
    for (const [bit, flag] of KPF) {
      counts.flags++;
      // Older kernels show what is stored in a tail page itself, where its folio's flags are not.
      const at = judge.pages.layout.flagBit(flag);
      const stored = at !== undefined && ((facts.value.flags >> BigInt(at)) & 1n) === 1n;
      const is = readsTails ? flagNames.includes(flag) : stored;
      if (((flags >> bit) & 1n) === (is ? 1n : 0n)) continue;
      counts.wrongFlags++;
      wrong.push(`${frame} ${flag} not ${flagNames}`);
    }
    const anon = owner === 'anon' || owner === 'ksm';
    const ours: readonly (readonly [bigint, boolean])[] = [
      [12n, anon],
      // From 6.10 on /proc/kpageflags shows KSM for every anonymous page (PAGE_MAPPING_KSM has the
      // bit of PAGE_MAPPING_ANON in it), so it is compared in older kernels alone.
      ...(readsTails ? [] : ([[21n, owner === 'ksm']] as const)),
      [16n, head !== frame],
      [15n, order > 0 && head === frame],
      [17n, facts.value.hugetlb],
    ];
    for (const [bit, is] of ours) {
      counts.flags++;
      if (((flags >> bit) & 1n) === (is ? 1n : 0n)) continue;
      counts.wrongFlags++;
      wrong.push(`${frame} KPF ${bit} not ${is}`);
    }
    counts.mapcounts++;
    // Programs that ran when the account was taken had ended at the stop, others had started: pages
    // of their files are mapped once or twice more or less.
    const isText = owner === 'file' && Math.abs(mapcount - Number(count)) <= 2;
    if (BigInt(mapcount) !== count && !isText) {
      counts.wrongMapcounts++;
      wrong.push(`${frame} mapcount ${count} not ${mapcount}`);
    }
  }
  return { counts, wrong };
}

if (DUMPS === undefined) {
  it('did NOT run on real kernels: PAGEWRIGHT_DUMPS names no folder of dumps', () => {
    console.warn('verdicts of real kernels were NOT checked: set PAGEWRIGHT_DUMPS');
    expect(DUMPS).toBeUndefined();
  });
} else {
  describe.each(GUESTS)('%s', (guest, revision, least) => {
    it('frames, swap entries, verdicts and page facts are those of the running kernel', async () => {
      const opened = await open(guest);
      const { kernel, judge, truth } = opened;
      expect(judge.chosen.kernel.revision.id).toBe(revision);
      const reader = new AreaReader(kernel);
      const differences: string[] = [];
      const seen = new Set<bigint>();
      let expected = 0;
      const facts: string[] = [];
      const totals = {
        pages: 0,
        verdicts: 0,
        flags: 0,
        wrongFlags: 0,
        mapcounts: 0,
        wrongMapcounts: 0,
      };
      for (const process of truth.processes) {
        const task = opened.tasks.find(({ pid }) => BigInt(pid) === process.pid);
        const space = task?.mm === undefined ? undefined : addressSpace(kernel, task.mm);
        if (!space?.ok) throw new Error(`process ${process.pid} was not found`);
        const walked = entriesOf(opened, space.value, reader);
        const words = pagemapWords(walked);
        for (const [at, word] of process.pages) {
          totals.pages++;
          const mine = words.get(at);
          words.delete(at);
          if (mine !== (word & COMPARED)) {
            differences.push(
              `${process.pid} ${at.toString(16)}: ${word.toString(16)} not ${mine?.toString(16)}`,
            );
          }
        }
        for (const at of words.keys())
          differences.push(`${process.pid} ${at.toString(16)}: not in pagemap`);
        const base = truth.vmemmap_base ?? 0n;
        totals.verdicts += compareVerdicts(process, base, walked.found, differences);
        expected += compareExpectations(truth, process, walked.found, differences);
        const { counts, wrong } = compareFacts(judge, process, seen);
        for (const key of Object.keys(counts) as (keyof typeof counts)[])
          totals[key] += counts[key];
        facts.push(...wrong);
      }
      expect(differences).toEqual([]);
      expect(totals.pages).toBeGreaterThan(least.pages);
      expect(totals.verdicts).toBeGreaterThanOrEqual(least.verdicts);
      expect(expected).toBeGreaterThan(150);
      expect(facts).toEqual([]);
    }, 60_000);
  });
}
