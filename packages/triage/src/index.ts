/**
 * @pagewright/triage: kernel log lines, the page-table entries in them, and what may have happened.
 * @packageDocumentation
 */
export type * from './incident.js';
