import { ADDRESS_BITS, type LogArch } from '../arch/names.js';
import { decodeEntry } from '../decode/entry.js';
import type { EntryReading } from '../decode/reading.js';
import type { LogEntry, LogPage, LogReport, LogVma, Sign } from '../incident.js';
import type { NearSign } from '../read/signs.js';
import type { TiedReports } from '../tie/incidents.js';
import { reportedEntry, tableEntry } from '../tie/same.js';
import type { LogMachine } from './diagnosis.js';
import { releaseNumber } from './release-number.js';

/** A reported entry and what it says. */
export interface Word {
  readonly entry: LogEntry;
  readonly reading: EntryReading;
  readonly report: LogReport;
  readonly value: bigint;
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
  /** Release as a number (6.12 is 612), or the oldest that prints so. */
  readonly release: number | undefined;
  /** Entries that were reported, in order of the log; the first is `word`. */
  readonly words: readonly Word[];
  readonly word: Word | undefined;
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
  /** Names of handlers, file operations and address space operations, with modules' names. */
  readonly names: string;
  near(sign: NearSign): Sign | undefined;
  /** A function of the stack whose name matches. */
  inStack(pattern: RegExp): string | undefined;
}

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
  const words = reports.flatMap((each): Word[] => {
    const entry = reportedEntry(each);
    if (entry === undefined) return [];
    return [{ entry, reading: decodeEntry(entry, machine), report: each, value: entry.raw.value }];
  });
  const page = report.page;
  const vma = report.vma;
  const flags = vma?.flags?.value;
  return {
    incident,
    report,
    reports,
    machine,
    addressBits: addressBits(machine.arch, report),
    bigEndian: BIG_ENDIAN.includes(machine.arch),
    release: machine.release === undefined ? undefined : releaseNumber(machine.release),
    words,
    word: words[0],
    table: tableEntry(report),
    vma,
    mayMapRawFrames: flags === undefined ? undefined : (flags & (VM_PFNMAP | VM_MIXEDMAP)) !== 0n,
    page,
    mapcount: page?.mapcount?.value,
    refcount: page?.refcount?.value,
    pageFitsVma: pageFitsVma(page, vma),
    names: namesOf(report),
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
  return [vma?.file?.value, ...handlers, page?.aops?.value]
    .filter((x) => x !== undefined)
    .join(' ');
}
