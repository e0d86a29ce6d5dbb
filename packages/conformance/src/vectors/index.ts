export * from './folder.js';
export * from './form-of-folder.js';
export type { Row } from './row.js';
export * from './runner.js';
export * from './tally.js';
