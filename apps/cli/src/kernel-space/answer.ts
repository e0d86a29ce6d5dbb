import { fail, hex, ok, type Result } from '@pagewright/core';
import {
  type KernelEntry,
  type KernelImage,
  kernelEntries,
  kernelRanges,
  openKernelImage,
  regionsOf,
} from '@pagewright/inspect';
import { type DumpChoices, openDumped } from '../input/open-dumped.js';
import type { InspectLine, KernelSpaceOutput } from '../outputs/inspect.js';
import type { Answer, Stream } from '../verb.js';
import { kernelSpaceBlocks } from './blocks.js';
import {
  counted,
  findsKernelFault,
  type KernelTotals,
  kernelEntryData,
  kernelRangeData,
  noKernelTotals,
} from './space-data.js';

/** What is asked of a kernel's own address space, beside its dump. */
export interface KernelSpaceOptions extends DumpChoices {
  readonly entries?: true;
  readonly ndjson?: true;
}

/** Options that choose among processes, of which the kernel is none. */
const OF_PROCESSES = ['pid', 'comm', 'vma', 'kernel', 'config'] as const;

/** `inspect --kernel-space`: the kernel's own tables, region by region. */
export async function inspectKernelSpace(
  paths: readonly string[],
  options: KernelSpaceOptions & Partial<Record<(typeof OF_PROCESSES)[number], unknown>>,
): Promise<Result<Answer | Stream>> {
  const meaningless = OF_PROCESSES.find((name) => options[name] !== undefined);
  if (meaningless !== undefined) {
    return fail(
      'bad-usage',
      `--kernel-space is of no process: --${meaningless} says nothing there`,
    );
  }
  const opened = await openDumped(paths, options, openKernelImage);
  if (!opened.ok) return opened;
  const { dump, kernel } = opened.value;
  const entries = kernelEntries(kernel);
  const withEntries = options.entries === true;
  if (entries.ok && options.ndjson === true) {
    const totals = noKernelTotals();
    return ok({
      // Lines are read from the dump while they are printed.
      lines: lines(entries.value, withEntries, totals, () => dump.close()),
      // Known when the last line has been read.
      get exitCode() {
        return findsKernelFault(totals) ? 1 : 0;
      },
    });
  }
  const answer = entries.ok
    ? ok(wholeAnswer(paths.join(' '), kernel, entries.value, withEntries))
    : entries;
  dump.close();
  return answer;
}

function* lines(
  entries: Iterable<KernelEntry>,
  withEntries: boolean,
  totals: KernelTotals,
  close: () => void,
): Generator<InspectLine> {
  try {
    const all = counted(entries, totals);
    if (withEntries) for (const entry of all) yield kernelEntryData(entry);
    else for (const range of kernelRanges(all)) yield kernelRangeData(range);
  } finally {
    close();
  }
}

function wholeAnswer(
  path: string,
  kernel: KernelImage,
  entries: Iterable<KernelEntry>,
  withEntries: boolean,
): Answer {
  const totals = noKernelTotals();
  const found = [...counted(entries, totals)];
  const ranges = [...kernelRanges(found)].map(kernelRangeData);
  const slots = withEntries ? found.map(kernelEntryData) : [];
  const { form, root } = kernel.virtual.layout;
  const release = kernel.vmcoreinfo.osrelease ?? null;
  const data: KernelSpaceOutput = {
    schema: 'pagewright/inspect/1',
    dump: path,
    release,
    form: form.name,
    headers: form.headers,
    root: hex(root),
    regions: regionsOf(kernel).regions.map(({ name, start, end }) => ({
      name,
      start: hex(start),
      end: hex(end),
    })),
    totals,
    ranges,
    entries: slots,
  };
  const title = `${form.name}, ${release ?? 'a kernel without a release'}: the kernel's own tables`;
  const blocks = kernelSpaceBlocks(ranges, slots, totals);
  return { document: { title, blocks, data }, exitCode: findsKernelFault(totals) ? 1 : 0 };
}
