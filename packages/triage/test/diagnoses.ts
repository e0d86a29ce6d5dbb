import { arm64 } from '@pagewright/arch-arm64';
import { nopteSpecial } from '@pagewright/arch-nopte-special';
import { s390x } from '@pagewright/arch-s390x';
import { x86 } from '@pagewright/arch-x86';
import { inferArch } from '../src/arch/infer.js';
import { findEra, findRelease } from '../src/arch/release.js';
import { machineOf } from '../src/decode/machine.js';
import { diagnose } from '../src/diagnose/diagnose.js';
import type { Diagnosis, LogMachine } from '../src/diagnose/diagnosis.js';
import { Region } from '../src/log/region.js';
import { readReports } from '../src/read/reports.js';
import { IncidentTier, type TiedReports } from '../src/tie/incidents.js';
import { mended } from './reports.js';

/** An incident of a log, the first, and what it is taken for, from the text of the log alone. */
export function diagnosed(
  log: string,
  which = 0,
): {
  readonly incident: TiedReports;
  readonly machine: LogMachine;
  readonly diagnoses: readonly Diagnosis[];
} {
  const text = mended(log);
  const region = new Region(text, 0, text.text.length);
  const reports = readReports(text);
  const tier = new IncidentTier();
  tier.add(reports);
  const incident = tier.result()[which];
  if (incident === undefined) throw new Error('no report in the log');
  const release = (findRelease(region) ?? findEra(region))?.value;
  const { arch } = inferArch(region, reports);
  const machine = machineOf(arch, release, region, [x86, arm64, s390x, nopteSpecial]);
  return { incident, machine, diagnoses: diagnose(incident, machine) };
}
