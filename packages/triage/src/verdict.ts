import {
  type FrameKind,
  frameOfKind,
  makeKernel,
  mappedEntry,
  normalPage,
  type Rule,
  type Verdict,
  virtAddr,
} from '@pagewright/core';
import type { LogMachine } from './diagnose/diagnosis.js';
import type { LogReport, LogVma } from './incident.js';
import { reportedEntry } from './tie/same.js';

/** Whether the kernel takes the reported entry for one of an ordinary page, and why. */
export interface LogVerdict {
  /** Revision whose rules these are. */
  readonly kernel: string;
  readonly answer: Verdict['answer'];
  readonly because: readonly Rule[];
  /** What the log does not say and is taken for granted. */
  readonly assumed: readonly string[];
}

/** The revision that is asked where the log says no release: the one that most reports are like. */
const WITHOUT_RELEASE = 'v6.12';

/**
 * Asks core's decision about the reported entry in a VMA of the reported flags. Undefined where it
 * maps nothing, no VMA is printed, or no backend has the architecture.
 */
export function verdictOf(report: LogReport, machine: LogMachine): LogVerdict | undefined {
  const reported = reportedEntry(report);
  const { form } = machine;
  const { vma } = report;
  if (form === undefined || reported === undefined || vma?.flags === undefined) return undefined;
  const { level } = reported;
  if (level !== 'pte' && level !== 'pmd' && level !== 'pud') return undefined;
  const id = machine.kernel ?? WITHOUT_RELEASE;
  const kernel = makeKernel({ revision: id, form: form.definition });
  const entry = mappedEntry(form, level, reported.raw.value);
  if (!kernel.ok || !entry.ok) return undefined;
  const frame = frameIn(report);
  const pageBytes = 1n << BigInt(form.definition.pageShift);
  const start = virtAddr(((vma.addr?.value ?? 0n) / pageBytes) * pageBytes);
  const verdict = normalPage({
    kernel: kernel.value,
    level,
    entry: entry.value,
    addr: start,
    frames: frameOfKind(frame.kind, entry.value.pfn),
    vma: {
      start,
      end: virtAddr(BigInt.asUintN(64, start + pageBytes)),
      flags: vma.flags.value,
      // The printed index is that of the page at the address, where this VMA begins.
      pgoff: vma.index?.value ?? 0n,
      ops: isAnonymous(vma) ? null : {},
    },
  });
  const assumed = [
    ...(machine.kernel === undefined ? [`a kernel like ${id}`] : []),
    ...(frame.assumed === undefined ? [] : [frame.assumed]),
  ];
  return { kernel: id, answer: verdict.answer, because: verdict.because, assumed };
}

/** Nothing of a file or a driver is printed. */
const isAnonymous = ({ file, mapping, handlers }: LogVma): boolean =>
  file === undefined && mapping?.value === 0n && Object.keys(handlers).length === 0;

/** What the report says of the frame. One without a page was made since there is none to take. */
function frameIn({ page }: LogReport): { kind: FrameKind; assumed?: string } {
  if (page === undefined) {
    const assumed = 'no page is printed: the frame has no struct page, if the entry is not special';
    return { kind: 'beyond', assumed };
  }
  if (page.flagNames.includes('reserved')) return { kind: 'reserved' };
  if (page.flagNames.includes('slab')) return { kind: 'slab' };
  return { kind: page.kinds.includes('anon') ? 'anon' : 'file' };
}
