export type { Uncounted } from './area-walk.js';
export * from './behaviour.js';
export * from './fields.js';
export * from './sizes.js';
export * from './smaps.js';
export * from './text.js';
