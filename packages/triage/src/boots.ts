import { type InferredArch, inferArch } from './arch/infer.js';
import { findEra, findRelease } from './arch/release.js';
import type { Sign } from './incident.js';
import { MendedText, type RawLine } from './log/mended.js';
import { Region } from './log/region.js';
import { readReports } from './read/reports.js';
import { type Budget, IncidentTier, type TiedReports } from './tie/incidents.js';

/** Characters around reports that are kept of one boot for what they tell of its machine. */
const MOST_OF_BOOT = 1 << 17;
/** The same of all boots. */
const MOST_OF_ALL = 1 << 24;
/** Reports that are kept of all boots, and of which so much is known of the architecture. */
const MOST_REPORTS = 200;

/** Room that all boots of a log share. */
export interface Room extends Budget {
  characters: number;
}

/** Room for a log. */
export const roomForLog = (): Room => ({
  incidents: 2000,
  reports: 10_000,
  characters: MOST_OF_ALL,
});

/** What a boot's log says of its machine. */
export interface BootMachine {
  readonly region: Region;
  readonly inferred: InferredArch;
  readonly release: Sign | undefined;
  /** Where no release is said: the oldest that prints like this. */
  readonly era: Sign | undefined;
}

/** One run of one machine's kernel: reports are tied within it, and every sign in it counts for all. */
export class Boot {
  private readonly tier: IncidentTier;
  private readonly clues: RawLine[] = [];
  private characters = 0;

  constructor(
    /** The line in which the kernel says what it is, where the log has it. */
    readonly line: RawLine | undefined,
    private readonly room: Room,
  ) {
    this.tier = new IncidentTier(room);
    if (line !== undefined) this.clues.push(line);
  }

  /** Further lines, in order. Those around reports are kept for what they say of the machine. */
  add(lines: readonly RawLine[]): void {
    const reports = readReports(new MendedText(lines));
    this.tier.add(reports);
    if (reports.length === 0) return;
    for (const line of lines) {
      const length = line.text.length + 1;
      if (this.characters + length > MOST_OF_BOOT || this.room.characters < length) return;
      this.characters += length;
      this.room.characters -= length;
      this.clues.push(line);
    }
  }

  /** No report was found. */
  get isEmpty(): boolean {
    return this.tier.isEmpty;
  }

  /** Reports beyond what is kept. */
  get dropped(): number {
    return this.tier.dropped;
  }

  /** What was found, ids counted within the boot. */
  incidents(): readonly TiedReports[] {
    return this.tier.result();
  }

  /** What is known of the machine, now that the log is at its end. */
  machine(incidents: readonly TiedReports[]): BootMachine {
    const text = new MendedText(this.clues);
    const region = new Region(text, 0, text.text.length);
    const reports = incidents.flatMap(({ report, more }) => [report, ...more]);
    const release = findRelease(region);
    return {
      region,
      inferred: inferArch(region, reports.slice(0, MOST_REPORTS)),
      release,
      era: release === undefined ? findEra(region) : undefined,
    };
  }
}
