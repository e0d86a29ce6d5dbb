/**
 * Searches that take long: in several threads, with checkpoints on disk.
 * @packageDocumentation
 */
export { writeCheckpoint } from './node/checkpoint.js';
export { type LongSearchOptions, searchLong } from './node/search-long.js';
export { lendHand } from './node/thread.js';
export type { Helpers } from './node/threads.js';
