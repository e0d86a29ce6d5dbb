import type { ModelEvent } from '../events.js';
import { fileOf } from '../files/file-kinds.js';
import type { Model } from '../model.js';
import { Vma } from '../state/columns.js';
import { mmOf, pageIndex } from '../vma/vma.js';
import { pageDump, pointerText } from './page-dump.js';
import { tablePath } from './table-path.js';

/** Names that the model does not have; `(null)` and `0x0` are what the kernel prints without them. */
export interface ReportNames {
  /** Name of the process. */
  readonly comm: string;
  readonly file?: string;
  /** Functions of the driver or file system. */
  readonly fault?: string;
  readonly mmap?: string;
  readonly mmapPrepare?: string;
  readonly readFolio?: string;
}

/** The report as an event tells it. */
export type BadPageMap = Extract<ModelEvent, { readonly kind: 'bad-page-map' }>;

/**
 * print_bad_pte(), from 6.18 on print_bad_page_map(): the lines of a report, but for the stack. The
 * model must be in the state of the moment. Pointers are numbers of the model's records, counted
 * from 1 (mm/memory.c; SPEC 16.1, 16.2).
 */
export function badPageMapLines(model: Model, report: BadPageMap, names: ReportNames): string[] {
  const { level, vma, vpn, frame } = report;
  const entry = hex8(model.machine.space(level).word(report.entry));
  const path = tablePath(model, mmOf(model, vma), vpn);
  const isNew = model.has('bad-page-map-report');
  const lines = [`BUG: Bad page map in process ${names.comm}  ${level}:${entry}`];
  if (isNew) lines.push(path.map((each) => `${each.level}:${hex8(each.word)}`).join(' '));
  else lines[0] += ` pmd:${hex8(path.find((each) => each.level === 'pmd')?.word ?? 0n)}`;
  if (frame >= 0) lines.push(...pageDump(model, frame, isNew ? 'bad page map' : 'bad pte'));
  lines.push(vmaLine(model, vma, vpn), fileLine(model, vma, names));
  return lines;
}

/** `%08llx`. */
const hex8 = (word: bigint): string => word.toString(16).padStart(8, '0');

function vmaLine(model: Model, vma: number, vpn: number): string {
  const { state, machine } = model;
  const { pageShift } = machine.form.definition;
  const address = (BigInt(vpn) << BigInt(pageShift)).toString(16).padStart(16, '0');
  const flags = hex8(machine.flagSets.value(state.get(Vma.flags, vma)));
  const anonVma = pointerText(state.ref(Vma.anonVma, vma));
  const mapping = pointerText(state.ref(Vma.mapping, vma));
  const index = pageIndex(model, vma, vpn).toString(16);
  return `addr:${address} vm_flags:${flags} anon_vma:${anonVma} mapping:${mapping} index:${index}`;
}

function fileLine(model: Model, vma: number, names: ReportNames): string {
  const prepare = names.mmapPrepare ?? '0x0';
  const parts = [
    `file:${names.file ?? fileOf(model, vma)?.name ?? '(null)'}`,
    `fault:${names.fault ?? '0x0'}`,
    `mmap:${names.mmap ?? '0x0'}`,
    ...(model.has('mmap-prepare-in-report') ? [`mmap_prepare: ${prepare}`] : []),
    `read_folio:${names.readFolio ?? '0x0'}`,
  ];
  return parts.join(' ');
}
