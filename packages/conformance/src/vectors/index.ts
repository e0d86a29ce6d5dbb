export * from './folder.js';
export * from './form-of-folder.js';
export * from './runner.js';
export * from './tally.js';
