export { type CheckOptions, type CheckReport, check } from './check.js';
export {
  FINDINGS,
  type Finding,
  type FindingEvidence,
  type FindingId,
  type Severity,
} from './finding.js';
