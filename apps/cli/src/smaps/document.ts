import { hex, type Result } from '@pagewright/core';
import {
  type AreaSmaps,
  areaFields,
  areaHeading,
  rollupFields,
  rollupLines,
  Smaps,
  type SmapsField,
  smapsLines,
} from '@pagewright/inspect';
import type { Block } from '@pagewright/report';
import type { OpenedKernel } from '../inspect/open-judged.js';
import type { FoundProcess } from '../inspect/processes.js';
import type { AnswerDocument } from '../outputs/output.js';
import type { SmapsAreaData, SmapsOutput } from '../outputs/smaps.js';

/** What is asked, beside the process. */
export interface Detail {
  /** All areas in one, as smaps_rollup. */
  readonly rollup: boolean;
}

/** The smaps of a process, and whether something could not be counted. */
export interface SmapsAnswer {
  readonly document: AnswerDocument;
  readonly incomplete: boolean;
}

/** Reads the smaps of a process that has memory of its own. Codes: those of `Smaps.areas`. */
export function smapsDocument(
  path: string,
  opened: OpenedKernel,
  process: FoundProcess & Required<Pick<FoundProcess, 'space'>>,
  { rollup }: Detail,
): Result<SmapsAnswer> {
  const { kernel, judge } = opened;
  const smaps = new Smaps(kernel, judge);
  const found = smaps.areas(process.space, process.areas);
  if (!found.ok) return found;
  const areas = [...found.value];
  const { behaviour } = smaps;
  const lines = rollup
    ? rollupLines(areas, behaviour, kernel)
    : areas.flatMap((area) => smapsLines(area, behaviour, kernel));
  const problems = problemsOf(areas, process);
  const data: SmapsOutput = {
    schema: 'pagewright/smaps/1',
    dump: path,
    release: kernel.vmcoreinfo.osrelease ?? null,
    kernel: judge.chosen.kernel.revision.id,
    pid: process.task.pid,
    comm: process.task.comm,
    vmas: rollup ? [] : areas.map((area) => areaData(area, smaps, opened)),
    rollup: rollup ? numbers(rollupFields(areas, behaviour)) : null,
    problems,
  };
  const notes: Block[] = problems.map((text) => ({ kind: 'note', tone: 'problem', text }));
  const blocks: Block[] = [{ kind: 'verbatim', lines }, ...notes];
  return { ok: true, value: { document: { blocks, data }, incomplete: problems.length > 0 } };
}

const numbers = (fields: readonly SmapsField[]): Readonly<Record<string, number>> =>
  Object.fromEntries(fields.map(({ name, value }) => [name, value]));

/** One mapping; its sizes in KiB under the names that the kernel prints. */
function areaData(area: AreaSmaps, { behaviour }: Smaps, { kernel }: OpenedKernel): SmapsAreaData {
  const { start, end, permissions, offset, device, inode, name } = areaHeading(area.area, kernel);
  return {
    start: hex(start),
    end: hex(end),
    perms: permissions,
    offset: hex(offset),
    dev: device,
    inode: Number(inode),
    path: name,
    smaps: { ...numbers(areaFields(area, behaviour)), VmFlags: area.vmFlags.join(' ') },
    problem: area.uncounted?.first.message ?? null,
  };
}

function problemsOf(areas: readonly AreaSmaps[], { problem }: FoundProcess): readonly string[] {
  const missing = areas.flatMap(({ area, uncounted }) =>
    uncounted === undefined
      ? []
      : `${hex(area.start)}: ${uncounted.entries} entries not counted in full: ${uncounted.first.message}`,
  );
  return problem === undefined ? missing : [problem.message, ...missing];
}
