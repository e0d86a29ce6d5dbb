export * from './flags.js';
export * from './text.js';
export * from './vma.js';
