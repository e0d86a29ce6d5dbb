import {
  type EntryForm,
  hex,
  type Level,
  type PhysAddr,
  tableBytes,
  tableLevels,
  type WalkedEntry,
  walkEntries,
} from '@pagewright/core';
import type { Kernel } from '../kernel.js';
import type { KernelPages } from '../pages.js';
import type { WalkContext } from '../stream.js';
import type { MappedArea } from '../vma/vmas.js';
import type { Findings } from './findings.js';
import { isHugetlb } from './is-hugetlb.js';
import type { CheckedSpace } from './spaces.js';
import { isKernelPointer, textOf } from './strange-words.js';

/** Tables of all processes: where they are, and who reached them first. */
export class KnownTables {
  private readonly owners = new Map<bigint, number>();
  private readonly frames = new Set<bigint>();

  constructor(private readonly pageShift: bigint) {}

  add(table: PhysAddr, pid: number): void {
    if (!this.owners.has(table)) this.owners.set(table, pid);
    this.frames.add(table >> this.pageShift);
  }
  ownerOf(table: PhysAddr): number | undefined {
    return this.owners.get(table);
  }
  /** True when the frame has a table in it. */
  hasFrame(frame: bigint): boolean {
    return this.frames.has(frame);
  }
}

/** Tables of one process below its root. */
export interface TableSizes {
  readonly bytes: bigint;
  readonly pteTables: bigint;
  /** Bytes of one table of the lowest level. */
  readonly pteTableBytes: bigint;
  /** Every table could be followed. */
  readonly complete: boolean;
}

/** One past the last address that processes can have in this form. */
export function endOfUserSpace(form: EntryForm, taskSize?: bigint): bigint {
  const { addressBits, canonical } = form.definition;
  const reach = 1n << BigInt(canonical === 'sign-extended' ? addressBits - 1 : addressBits);
  return taskSize === undefined || taskSize > reach || taskSize === 0n ? reach : taskSize;
}

/** What checking tables needs. */
export interface TableCheck {
  readonly kernel: Kernel;
  readonly pages: KernelPages;
  readonly known: KnownTables;
  readonly findings: Findings;
}

/** Levels whose tables mm_inc_nr_ptes(), mm_inc_nr_pmds() and mm_inc_nr_puds() count. */
const COUNTED_LEVELS: readonly Level[] = ['pte', 'pmd', 'pud'];

/** Follows every table of a process, in and between its mappings. */
export function checkTables(
  check: TableCheck,
  context: WalkContext,
  { task, quiet, taskSize }: CheckedSpace,
  areas: readonly MappedArea[],
): TableSizes {
  const { kernel, pages, known, findings } = check;
  const { form, memory, root } = context;
  const { pid, comm } = task;
  const levels = tableLevels(form);
  const shift = BigInt(form.definition.pageShift);
  const own = new Set<PhysAddr>([root]);
  known.add(root, pid);
  let complete = true;
  let bytes = 0n;
  let pteTables = 0n;
  let cursor = 0;

  const place = ({ start, level, table, index, raw }: WalkedEntry) => ({
    pid,
    comm,
    addr: start,
    level,
    table,
    index,
    raw,
  });
  /** Areas and addresses both ascend; a list that does not is found elsewhere. */
  const areaAt = ({ start, end }: WalkedEntry): MappedArea | undefined => {
    while (cursor < areas.length && (areas[cursor] as MappedArea).end <= start) cursor++;
    const area = areas[cursor];
    return area !== undefined && area.start < end ? area : undefined;
  };
  const isStrange = (entry: WalkedEntry): boolean => {
    const text = textOf(form, entry.raw);
    if (text !== undefined) {
      findings.add(
        'entry-is-text',
        `${hex(entry.raw)} reads ${JSON.stringify(text)}`,
        place(entry),
      );
      return true;
    }
    if (!isKernelPointer(kernel.virtual.layout, entry.raw)) return false;
    findings.add('entry-is-pointer', `${hex(entry.raw)} is an address`, place(entry));
    return true;
  };

  const enters = (pointer: WalkedEntry): boolean => {
    if (isStrange(pointer)) return false;
    if (pointer.decoded.kind !== 'table') return false;
    const { next } = pointer.decoded;
    const below = levels[levels.findIndex(({ level }) => level === pointer.level) + 1];
    if (below === undefined) return false;
    // The walk itself stops at ancestors, and says so.
    const others = own.has(next) ? pid : known.ownerOf(next);
    if (others !== undefined && next !== root) {
      const area = areaAt(pointer);
      if (next === pointer.table) {
        findings.add('table-loop', `it points to its own table ${hex(next)}`, place(pointer));
        return false;
      }
      if (area === undefined || !isHugetlb(form, area)) {
        const whose = others === pid ? 'the same process' : `process ${others}`;
        const detail = `the ${below.level} table at ${hex(next)} is one of ${whose} already`;
        findings.add('table-twice', detail, place(pointer));
        return false;
      }
    }
    const facts = pages.facts(next >> shift);
    if (facts.ok && facts.value.type === 'buddy') {
      findings.add('table-in-free-page', `the table at ${hex(next)} is free`, place(pointer));
      return false;
    }
    own.add(next);
    known.add(next, pid);
    if (COUNTED_LEVELS.includes(below.level)) bytes += BigInt(tableBytes(form, below));
    if (below.level === 'pte') pteTables++;
    return true;
  };

  const problemOf = (entry: WalkedEntry): void => {
    const { problem } = entry;
    if (problem === undefined) return;
    complete = false;
    const { code, message } = problem;
    const frame =
      typeof problem.evidence?.table === 'bigint' ? problem.evidence.table >> shift : 0n;
    if (code === 'table-loop') findings.add('table-loop', message, place(entry));
    else if (code === 'too-many-tables') findings.add('table-twice', message, place(entry));
    else if (code === 'not-in-dump' && !pages.memmap(frame as never)) {
      findings.add('table-beyond-memory', message, place(entry));
    } else findings.add('not-in-dump', message, place(entry));
  };

  const end = endOfUserSpace(form, taskSize);
  const walked = walkEntries(form, memory, root, { start: 0n, end }, enters);
  if (!walked.ok) {
    findings.add('not-in-dump', walked.problem.message, { pid, comm, table: root });
    return { bytes, pteTables, pteTableBytes: 0n, complete: false };
  }
  for (const entry of walked.value) {
    const { decoded, raw } = entry;
    if (decoded.kind === 'none' || decoded.kind === 'table') continue;
    if (entry.problem !== undefined) problemOf(entry);
    else if (isStrange(entry)) complete = false;
    else if (decoded.kind === 'invalid') {
      const detail = `${entry.level} ${hex(raw)}: ${decoded.reason}`;
      findings.add('entry-invalid', detail, place(entry));
    } else if (areaAt(entry) === undefined) {
      const detail = `${entry.level} ${hex(raw)} at ${hex(entry.start)}`;
      findings.add('entry-outside-mapping', detail, place(entry), !quiet);
    }
  }
  const lowest = levels.at(-1);
  const pteTableBytes = lowest === undefined ? 0n : BigInt(tableBytes(form, lowest));
  return { bytes, pteTables, pteTableBytes, complete };
}
