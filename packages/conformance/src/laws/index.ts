export * from './all-laws.js';
export {
  type Broken,
  type Check,
  type Input,
  LAW_GROUPS,
  type Law,
  type LawGroup,
  type Over,
} from './law.js';
export * from './name-bits.js';
export * from './run-laws.js';
export type { LevelSweep, Part } from './sweep.js';
