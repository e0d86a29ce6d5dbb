export * from './all-laws.js';
export * from './law.js';
export * from './name-bits.js';
export * from './run-laws.js';
export type { LevelSweep, Part } from './sweep.js';
