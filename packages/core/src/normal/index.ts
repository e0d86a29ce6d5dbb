export * from './normal-folio.js';
export * from './normal-page.js';
export * from './of-entry.js';
export * from './rules.js';
export type {
  MappedEntry,
  NormalPageQuestion,
  Reasons,
  Verdict,
} from './verdict.js';
