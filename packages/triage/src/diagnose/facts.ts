import { ADDRESS_BITS, type LogArch } from '../arch/names.js';
import { decodeEntry } from '../decode/entry.js';
import type { EntryReading } from '../decode/reading.js';
import type { LogEntry, LogPage, LogReport, LogVma, Sign } from '../incident.js';
import type { NearSign } from '../read/signs.js';
import type { TiedReports } from '../tie/incidents.js';
import { reportedEntry, tableEntry } from '../tie/same.js';
import type { LogMachine } from './diagnosis.js';
import { releaseNumber } from './release-number.js';
import { isSound, memoryBits } from './sound.js';

/** A reported entry and what it says. */
export interface Word {
  readonly entry: LogEntry;
  readonly reading: EntryReading;
  readonly report: LogReport;
  readonly value: bigint;
  /** What the kernel writes for memory of a process, by frame and attributes. */
  readonly sound: boolean;
}

/** What rules ask of an incident, computed once. */
export interface Facts {
  readonly incident: TiedReports;
  readonly report: LogReport;
  /** The first report and all that are tied to it. */
  readonly reports: readonly LogReport[];
  readonly machine: LogMachine;
  /** Bits of an address: by the architecture, or by what was printed. */
  readonly addressBits: 32 | 64 | undefined;
  readonly bigEndian: boolean;
  /** Release as a number (6.12 is 612), where the log says it. */
  readonly release: number | undefined;
  /** The same, or the oldest release that prints so. */
  readonly releaseFrom: number | undefined;
  /** Entries that were reported, in order of the log; the first is `word`. */
  readonly words: readonly Word[];
  readonly word: Word | undefined;
  /** Bits of frame numbers that the machine's memory can need. */
  readonly memoryBits: bigint;
  /** The entry above, which says where the table lies. */
  readonly table: LogEntry | undefined;
  readonly vma: LogVma | undefined;
  /** VM_PFNMAP or VM_MIXEDMAP is set; undefined without flags. */
  readonly mayMapRawFrames: boolean | undefined;
  readonly page: LogPage | undefined;
  readonly mapcount: number | undefined;
  readonly refcount: number | undefined;
  /** The page's mapping and index are those of the VMA; undefined where one is not known. */
  readonly pageFitsVma: boolean | undefined;
  /** The first of them that maps frames which are no ordinary pages. */
  readonly rawFrameDriver: string | undefined;
  /** Names of handlers, file operations and address space operations, with modules' names. */
  readonly names: string;
  near(sign: NearSign): Sign | undefined;
  /** A function of the stack whose name matches. */
  inStack(pattern: RegExp): string | undefined;
}

/** Drivers, buffers and areas that map such frames. */
const RAW_FRAME_NAMES =
  /gntdev|privcmd|vfio|dma_?buf|dma_heap|cma_heap|binder|kcov|\buio|infiniband|\bib_|rdma|i915|amdgpu|nouveau|\bdrm|ttm|nvidia|\bfb_|fb_deferred|v4l|vb2|\bpci_|\bmmap_mem|special_mapping|vdso|vvar|\baio|perf_mmap|gpu|snd_/;

/** How a release ends that is known by what it prints alone (findEra()). */
const OR_LATER = ' or later';

const VM_PFNMAP = 0x400n;
const VM_MIXEDMAP = 0x10000000n;

const BIG_ENDIAN: readonly (LogArch | 'unknown')[] = [
  's390x',
  'ppc32',
  'ppc64',
  'parisc',
  'sparc32',
  'sparc64',
  'm68k',
  'openrisc',
  'avr32',
];

/** Computes the facts of an incident. */
export function factsOf(incident: TiedReports, machine: LogMachine): Facts {
  const { report } = incident;
  const reports = [report, ...incident.more];
  const bits = memoryBits(reports);
  const words = reports.flatMap((each): Word[] => {
    const entry = reportedEntry(each);
    if (entry === undefined) return [];
    const reading = decodeEntry(entry, machine);
    const sound = isSound(reading, machine.form, bits);
    return [{ entry, reading, report: each, value: entry.raw.value, sound }];
  });
  const releaseFrom = machine.release === undefined ? undefined : releaseNumber(machine.release);
  const exact = machine.release?.endsWith(OR_LATER) === false;
  const page = report.page;
  const vma = report.vma;
  const flags = vma?.flags?.value;
  const names = namesOf(report);
  return {
    incident,
    report,
    reports,
    machine,
    addressBits: addressBits(machine.arch, report),
    bigEndian: BIG_ENDIAN.includes(machine.arch),
    release: exact ? releaseFrom : undefined,
    releaseFrom,
    words,
    word: words[0],
    memoryBits: bits,
    table: tableEntry(report),
    vma,
    mayMapRawFrames: flags === undefined ? undefined : (flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0n,
    page,
    mapcount: page?.mapcount?.value,
    refcount: page?.refcount?.value,
    pageFitsVma: pageFitsVma(page, vma),
    names,
    rawFrameDriver: names.split(' ').find((name) => RAW_FRAME_NAMES.test(name)),
    near: (sign) => report.signs.find(({ value }) => value === sign),
    inStack: (pattern) => reports.flatMap(({ stack }) => stack).find((name) => pattern.test(name)),
  };
}

function addressBits(arch: LogArch | 'unknown', { vma }: LogReport): 32 | 64 | undefined {
  if (arch !== 'unknown') return ADDRESS_BITS[arch];
  return vma?.addrDigits === 8 ? 32 : vma?.addrDigits === 16 ? 64 : undefined;
}

/** The right page in the right slot: the count is wrong, not the entry (FORMATS 1, field 2). */
function pageFitsVma(page: LogPage | undefined, vma: LogVma | undefined): boolean | undefined {
  const [mapping, expected] = [page?.mapping?.value, vma?.mapping?.value];
  if (mapping === undefined || mapping === null) return undefined;
  if (expected === undefined || expected === null) return undefined;
  const index = page?.index?.value;
  const wanted = vma?.index?.value;
  if (expected === 0n) return undefined;
  return mapping === expected && (index === undefined || wanted === undefined || index === wanted);
}

function namesOf({ vma, page }: LogReport): string {
  const handlers = Object.values(vma?.handlers ?? {}).map(({ value }) => value);
  return [...handlers, page?.aops?.value, vma?.file?.value]
    .filter((x) => x !== undefined)
    .join(' ');
}
