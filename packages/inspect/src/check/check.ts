import { type EntryForm, ok, type Result } from '@pagewright/core';
import type { Kernel } from '../kernel.js';
import { type JudgedEntry, judgedEntries, type WalkContext } from '../stream.js';
import type { Judge } from '../stream-context.js';
import { AreaReader, type MappedArea } from '../vma/vmas.js';
import { checkAreas } from './areas.js';
import { checkCounters } from './counters.js';
import type { Finding, FindingEvidence } from './finding.js';
import { Findings } from './findings.js';
import { LeafCheck } from './leaves.js';
import { MappedFrames, type OddFrame } from './mapped-frames.js';
import { type CheckedSpace, spacesOf } from './spaces.js';
import { checkTables, endOfUserSpace, KnownTables } from './tables.js';

/** What is to be checked. */
export interface CheckOptions {
  /** Findings about these processes alone; the others are still counted towards mapcounts. */
  readonly pids?: readonly number[];
  /** Told before each process. */
  readonly onProcess?: (pid: number, comm: string) => void;
}

/** What a check came to. */
export interface CheckReport {
  /** Errors first. */
  readonly findings: readonly Finding[];
  /** Address spaces that were walked, and those whose tables could not be. */
  readonly walked: number;
  readonly notWalked: number;
  /** Thread groups that have an address space, by the leader that was found first. */
  readonly pids: readonly number[];
}

interface WalkedSpace {
  readonly checked: CheckedSpace;
  readonly context: WalkContext;
  readonly areas: readonly MappedArea[];
}

/**
 * Checks the page tables of all processes against the kernel's own account of them: counters, struct
 * pages, mappings (SPEC 14, 16). Reads a process at a time; what is kept between them grows with the
 * frames that are mapped. Codes: those of `tasks` and of types.
 */
export function check(
  kernel: Kernel,
  judge: Judge,
  options: CheckOptions = {},
): Result<CheckReport> {
  const list = spacesOf(kernel);
  if (!list.ok) return list;
  const findings = new Findings();
  for (const { message } of list.value.problems) findings.add('list-broken', message, {});
  const { pageShift } = kernel.form.definition;
  const known = new KnownTables(BigInt(pageShift));
  const mapped = new MappedFrames(judge, wholeSizes(kernel.form));
  const spaces: WalkedSpace[] = [];
  const reader = new AreaReader(kernel);
  const isAsked = (pid: number) => options.pids?.includes(pid) ?? true;
  const silent = new Findings();

  // All tables first: an entry may point to a table of a process that comes later.
  const sizes = list.value.spaces.map((checked) => {
    const { task, space } = checked;
    const reports = isAsked(task.pid) ? findings : silent;
    const context = space.ok ? judge.context(space.value) : space;
    const areas = space.ok ? reader.areas(space.value) : space;
    if (!space.ok || !context.ok || !areas.ok) {
      const broken = [space, context, areas].find((each) => !each.ok);
      if (broken?.ok === false) {
        reports.add('not-in-dump', broken.problem.message, { pid: task.pid, comm: task.comm });
      }
      return undefined;
    }
    const limit = endOfUserSpace(context.value.form, checked.taskSize);
    checkAreas(reports, checked, space.value, areas.value, limit, 1n << BigInt(pageShift));
    const inOrder = [...areas.value.areas].sort((a, b) => (a.start < b.start ? -1 : 1));
    spaces.push({ checked, context: context.value, areas: areas.value.areas });
    const check = { kernel, pages: judge.pages, known, findings: reports };
    return checkTables(check, context.value, checked, inOrder);
  });
  const tables = sizes.filter((each) => each !== undefined);
  const leaves = new LeafCheck(kernel, judge, known, mapped, findings);
  spaces.forEach(({ checked, context, areas }, i) => {
    const { task, space } = checked;
    options.onProcess?.(task.pid, task.comm);
    const recount = leaves.check(context, checked, areas, isAsked(task.pid));
    const table = tables[i];
    if (!space.ok || table === undefined || !isAsked(task.pid)) return;
    checkCounters(findings, checked, space.value, recount, table);
  });
  const notWalked = list.value.spaces.length - spaces.length;
  const complete =
    notWalked === 0 && list.value.problems.length === 0 && tables.every((each) => each.complete);
  if (!complete) {
    findings.add('mapcounts-one-sided', `${notWalked} processes could not be walked`, {});
  }
  reportOdd(findings, spaces, [...mapped.odd(complete)], isAsked);
  const pids = list.value.spaces.map(({ task }) => task.pid);
  return ok({ findings: findings.list(), walked: spaces.length, notWalked, pids });
}

/** Pages that leaves above the lowest table map. */
const wholeSizes = ({ levels, definition }: EntryForm): readonly number[] =>
  levels
    .filter(({ level }) => level === 'pmd' || level === 'pud')
    .map(({ shift }) => 2 ** (shift - definition.pageShift));

/** Frames of which only a number is known are walked for once more: it happens when there are any. */
function reportOdd(
  findings: Findings,
  spaces: readonly WalkedSpace[],
  odd: readonly OddFrame[],
  isAsked: (pid: number) => boolean,
): void {
  if (odd.length === 0) return;
  const wanted = new Map<bigint, FindingEvidence | undefined>();
  for (const { frame } of odd) wanted.set(frame, undefined);
  for (const { checked, context, areas } of spaces) {
    const { pid, comm } = checked.task;
    if (!isAsked(pid)) continue;
    for (const area of areas) {
      const entries = judgedEntries(context, area);
      for (const entry of entries.ok ? entries.value : []) {
        const frame = frameOf(entry);
        if (frame === undefined || !wanted.has(frame) || wanted.get(frame) !== undefined) continue;
        const { start: addr, level, table, index, raw } = entry;
        wanted.set(frame, { pid, comm, vma: area.start, addr, level, table, index, raw });
      }
    }
  }
  for (const { frame, id, detail, kept, counted } of odd) {
    const place = wanted.get(frame);
    if (place === undefined) continue;
    findings.add(id, detail, { ...place, pfn: frame, kept, counted });
  }
}

const frameOf = ({ verdict, decoded }: JudgedEntry): bigint | undefined =>
  verdict?.page ?? (decoded.kind === 'absent' ? decoded.pfn : undefined);
