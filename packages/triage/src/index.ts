/**
 * @pagewright/triage: kernel log lines, the page-table entries in them, and what may have happened.
 * @packageDocumentation
 */
export type { ArchCandidate } from './arch/infer.js';
export type { BitRange, EntryLayout } from './arch/layouts.js';
export { LOG_ARCHS, type LogArch } from './arch/names.js';
export type * from './data.js';
export type { EntryReading } from './decode/reading.js';
export {
  CAUSES,
  type Cause,
  type Confidence,
  type Diagnosis,
  type Evidence,
  type KnownFix,
  type LogMachine,
} from './diagnose/diagnosis.js';
export type * from './incident.js';
export { triageData, vmaFlagNames } from './json.js';
export { type JudgedReport, ORIGINS, type Origin, type Score, scoreOf } from './score.js';
export { triageMarkdown } from './score-page.js';
export {
  type Incident,
  type IncidentEntry,
  Triage,
  type TriageChoice,
  type TriageResult,
} from './triage.js';
export type { LogVerdict } from './verdict.js';
