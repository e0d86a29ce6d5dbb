import {
  type ArchBackend,
  type EntryForm,
  fail,
  findRevision,
  ok,
  type Result,
  type Revision,
  revisionForm,
} from '@pagewright/core';
import type { ArchCandidate } from './arch/infer.js';
import { LOG_ARCHS, type LogArch } from './arch/names.js';
import { Boot, roomForLog } from './boots.js';
import { decodeEntry } from './decode/entry.js';
import { machineOf } from './decode/machine.js';
import type { EntryReading } from './decode/reading.js';
import { diagnose } from './diagnose/diagnose.js';
import type { Diagnosis, LogMachine } from './diagnose/diagnosis.js';
import type { IncidentKind, LogEntry, LogReport, Sign } from './incident.js';
import { hostOf } from './log/host.js';
import type { RawLine } from './log/mended.js';
import { isBoot, LogScanner } from './log/scanner.js';
import type { TiedReports } from './tie/incidents.js';
import { type LogVerdict, verdictOf } from './verdict.js';

/** An entry of an incident, and what it says. */
export interface IncidentEntry {
  readonly printed: LogEntry;
  readonly reading: EntryReading;
}

/** Something that happened to page tables, as far as a log tells. */
export interface Incident {
  /** From 1, in order of the log. */
  readonly id: number;
  /** First and last line of its first report. */
  readonly lines: readonly [number, number];
  readonly kind: IncidentKind;
  readonly machine: LogMachine;
  /** What the log may be of, the likeliest first; the one that was told, if one was. */
  readonly archCandidates: readonly ArchCandidate[];
  /** Where and how the log says which kernel it is. */
  readonly release?: Sign;
  readonly report: LogReport;
  /** Reports of the same damage, and how many more were not kept. */
  readonly more: readonly LogReport[];
  readonly dropped: number;
  /** Id of the incident that explains this one: then no cause is ranked. */
  readonly follows?: number;
  /** Entries of all its reports, each once. */
  readonly entries: readonly IncidentEntry[];
  readonly verdict?: LogVerdict;
  /** What may have happened, the likeliest first; empty when it follows from another. */
  readonly diagnoses: readonly Diagnosis[];
}

/** What was found in a log. */
export interface TriageResult {
  readonly incidents: readonly Incident[];
  /** Lines that were read. */
  readonly lines: number;
  /** Reports beyond what is kept of one log. */
  readonly dropped: number;
}

/** What is known beforehand and need not be found in the log. */
export interface TriageChoice {
  /** Name of an architecture as `LOG_ARCHS` lists them. */
  readonly arch?: string;
  /** Id of a kernel revision. */
  readonly kernel?: string;
}

/** Entries of one incident that are kept. */
const MOST_ENTRIES = 256;
/** Machines of one log that are told apart; later ones count as the first. */
const MOST_HOSTS = 256;

/** Reads a log as its bytes come, and says at its end what happened. */
export class Triage {
  private readonly scanner: LogScanner;
  private readonly room = roomForLog();
  /** Boots with lines that were read, in order. */
  private readonly boots = new Set<Boot>();
  /** The line in which each machine's running kernel said what it is. */
  private readonly booted = new Map<string, RawLine>();
  /** The boot that each machine is in, once it has reports. */
  private readonly running = new Map<string, Boot>();

  private constructor(
    private readonly backends: readonly ArchBackend[],
    private readonly arch: LogArch | undefined,
    private readonly kernel: Revision | undefined,
  ) {
    this.scanner = new LogScanner({
      segment: (lines) => this.segment(lines),
      boot: (line) => this.boot(this.machineName(line), line),
    });
  }

  /** Codes: `unknown-arch`, `unknown-revision`. */
  static of(backends: readonly ArchBackend[], choice: TriageChoice = {}): Result<Triage> {
    const arch = LOG_ARCHS.find((name) => name === choice.arch);
    if (choice.arch !== undefined && arch === undefined) {
      const shown = choice.arch.slice(0, 40);
      const known = LOG_ARCHS.join(', ');
      return fail('unknown-arch', `unknown architecture "${shown}"; known: ${known}`, { shown });
    }
    const revision = choice.kernel === undefined ? undefined : findRevision(choice.kernel);
    if (revision !== undefined && !revision.ok) return revision;
    return ok(new Triage(backends, arch, revision?.value));
  }

  /** The next bytes. */
  write(bytes: Uint8Array): void {
    this.scanner.write(bytes);
  }

  /** The log is at its end: what happened. */
  end(): TriageResult {
    this.scanner.end();
    const boots = [...this.boots];
    const found = boots.flatMap((boot, i) => this.incidentsOf(boot, i));
    // Machines write between each other; ids follow the log.
    found.sort((a, b) => a.incident.lines[0] - b.incident.lines[0]);
    const ids = new Map(found.map(({ key }, i) => [key, i + 1]));
    return {
      incidents: found.map(({ incident, key, follows }) => ({
        ...incident,
        id: ids.get(key) as number,
        ...(follows === undefined ? {} : { follows: ids.get(follows) as number }),
      })),
      lines: this.scanner.lines,
      dropped: boots.reduce((sum, boot) => sum + boot.dropped, 0),
    };
  }

  /** Deals the lines of a segment out to the boots that they are of. */
  private segment(lines: readonly RawLine[]): void {
    const shares = new Map<Boot, RawLine[]>();
    let name = '';
    for (const line of lines) {
      name = hostOf(line.text) === undefined ? name : this.machineName(line);
      if (isBoot(line)) this.boot(name, line);
      // What stood before the kernel's first words is of the boot before.
      if (line.number < (this.booted.get(name)?.number ?? 0)) continue;
      const boot = this.bootOf(name);
      const share = shares.get(boot);
      if (share === undefined) shares.set(boot, [line]);
      else share.push(line);
    }
    for (const [boot, share] of shares) boot.add(share);
  }

  private machineName(line: RawLine): string {
    const name = hostOf(line.text) ?? '';
    return this.booted.size < MOST_HOSTS || this.booted.has(name) ? name : '';
  }

  private boot(name: string, line: RawLine): void {
    const before = this.booted.get(name);
    if (before !== undefined && line.number <= before.number) return;
    this.booted.set(name, line);
    const ended = this.running.get(name);
    if (ended?.isEmpty) this.boots.delete(ended);
    this.running.delete(name);
  }

  private bootOf(name: string): Boot {
    const running = this.running.get(name);
    if (running !== undefined) return running;
    const boot = new Boot(this.booted.get(name), this.room);
    this.running.set(name, boot);
    this.boots.add(boot);
    return boot;
  }

  private incidentsOf(boot: Boot, place: number) {
    const tied = boot.incidents();
    if (tied.length === 0) return [];
    const { region, inferred, release, era } = boot.machine(tied);
    const arch = this.arch ?? inferred.arch;
    const sign = release ?? era;
    const known = machineOf(arch, sign?.value, region, this.backends);
    const machine: LogMachine = { ...known, ...this.asKernel(known.form) };
    const candidates =
      this.arch === undefined
        ? inferred.candidates
        : inferred.candidates.filter(({ arch, weight }) => arch === this.arch && weight > 0);
    const keyOf = (id: number): string => `${place}/${id}`;
    const read = tied.map((each) => {
      const entries = entriesOf([each.report, ...each.more], machine);
      return { tied: each, entries };
    });
    return afterTheirPages(read).map(({ tied: each, entries }) => ({
      key: keyOf(each.id),
      follows: each.follows === undefined ? undefined : keyOf(each.follows),
      incident: {
        ...incidentOf(each, entries, machine),
        archCandidates: candidates,
        ...(sign === undefined ? {} : { release: sign }),
      },
    }));
  }

  /** The revision that was told, and the form as it has it. */
  private asKernel(form: EntryForm | undefined): Pick<LogMachine, 'kernel' | 'form'> {
    if (this.kernel === undefined) return {};
    const kernel = this.kernel.id;
    const owner = this.backends.find(({ forms }) => forms.some(({ name }) => name === form?.name));
    if (owner === undefined || form === undefined) return { kernel };
    const its = revisionForm(owner, form.name, this.kernel);
    return its.ok ? { kernel, form: its.value } : { kernel };
  }
}

/** Reports that belong together, and what their entries say. */
interface ReadReports {
  readonly tied: TiedReports;
  readonly entries: readonly IncidentEntry[];
}

/** A report of a page, without an entry, follows from an earlier one of an entry that maps the page. */
function afterTheirPages(incidents: readonly ReadReports[]): readonly ReadReports[] {
  const mappedBy = new Map<bigint, number>();
  return incidents.map(({ tied, entries }) => {
    const { id, report } = tied;
    const pfn = report.pfn?.value ?? report.page?.pfn?.value;
    const earlier = pfn === undefined || entries.length > 0 ? undefined : mappedBy.get(pfn);
    const follows = tied.follows ?? earlier;
    for (const { printed, reading } of entries) {
      if (!printed.reported || reading.pfn === undefined) continue;
      if (!mappedBy.has(reading.pfn)) mappedBy.set(reading.pfn, follows ?? id);
    }
    return { tied: follows === undefined ? tied : { ...tied, follows }, entries };
  });
}

function incidentOf(
  tied: TiedReports,
  entries: readonly IncidentEntry[],
  machine: LogMachine,
): Omit<Incident, 'archCandidates' | 'follows'> {
  const { id, report, more, dropped, follows } = tied;
  const verdict = verdictOf(report, machine);
  return {
    id,
    lines: report.lines,
    kind: report.kind,
    machine,
    report,
    more,
    dropped,
    entries,
    ...(verdict === undefined ? {} : { verdict }),
    diagnoses: follows === undefined ? diagnose(tied, machine) : [],
  };
}

/** The entries of the reports, each once, in order. */
function entriesOf(reports: readonly LogReport[], machine: LogMachine): readonly IncidentEntry[] {
  const found = new Map<string, IncidentEntry>();
  for (const printed of reports.flatMap(({ entries }) => entries)) {
    const key = `${printed.level} ${printed.raw.value}`;
    if (found.has(key) || found.size >= MOST_ENTRIES) continue;
    found.set(key, { printed, reading: decodeEntry(printed, machine) });
  }
  return [...found.values()];
}
