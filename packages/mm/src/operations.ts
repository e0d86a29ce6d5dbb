/**
 * Operations by their names in the kernel, each with its arguments and what its answer means: for
 * callers that are told by text what to run.
 * @packageDocumentation
 */

import { damageOperations } from './operations/damage.js';
import { daxOperations } from './operations/dax.js';
import { deviceOperations } from './operations/devices.js';
import { entryOperations } from './operations/entries.js';
import { entryBitOperations } from './operations/entry-bits.js';
import { gupOperations } from './operations/gup.js';
import { hugeOperations } from './operations/huge.js';
import { insertOperations } from './operations/insert.js';
import { adviceOperations } from './operations/madvise.js';
import { memoryOperations } from './operations/memory.js';
import type { Operation } from './operations/operation.js';
import { raceOperations } from './operations/race.js';
import { reclaimOperations } from './operations/reclaim.js';
import { rmapOperations } from './operations/rmap.js';
import { walkOperations } from './operations/walk.js';

export { BROUGHT_BY, hasFunction } from './operations/brought-by.js';
export {
  type AnswerKind,
  ARGUMENT_BITS,
  type ArgumentKind,
  type ArgumentTypes,
  type FullAnswer,
  mustWait,
  type Operation,
  type Parameter,
  type Place,
} from './operations/operation.js';

/** Every operation, grouped as the chapters of the specification are. */
export const OPERATIONS: readonly Operation[] = [
  ...insertOperations,
  ...memoryOperations,
  ...adviceOperations,
  ...gupOperations,
  ...daxOperations,
  ...deviceOperations,
  ...rmapOperations,
  ...reclaimOperations,
  ...raceOperations,
  ...hugeOperations,
  ...walkOperations,
  ...entryOperations,
  ...entryBitOperations,
  ...damageOperations,
];
