export type { Change } from './change.js';
export * from './change-set.js';
export * from './changes.js';
export * from './config.js';
export * from './kernel.js';
export * from './revision-form.js';
export * from './revisions.js';
