export * from './address.js';
export * from './entries.js';
export * from './memory.js';
export * from './ranges.js';
export * from './table.js';
export * from './walk.js';
